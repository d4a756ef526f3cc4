import SpectrimCore
import SpectrimData
import SpectrimTraining

/// Trains the perceptron of the Marchenko–Pastur notebook on the MNIST folder that the argument
/// names, and prints the seconds of each of two epochs and the accuracy; the first warms up.
@main
struct TrainingEpoch {
  static func main() throws {
    guard CommandLine.arguments.count == 2 else {
      print("usage: TrainingEpoch MNIST-FOLDER")
      return
    }
    let folder = IDXFolder(CommandLine.arguments[1])
    var recipe = try Recipe.perceptron()
    recipe.settings.epochs = 2
    let examples = try examples(folder.load(.train), recipe.normalization)
    let model = try recipe.initialModel(name: "mlp")
    let clock = ContinuousClock()
    var (start, epoch) = (clock.now, 1)
    var seconds: [Double] = []
    let outcome = try Trainer(recipe.settings).train(model, on: examples) { progress in
      // The last report of an epoch, which comes after its last step.
      let isEpochEnd = progress.fraction * Double(recipe.settings.epochs) >= Double(epoch)
      guard isEpochEnd else { return }
      seconds.append((clock.now - start) / .seconds(1))
      (start, epoch) = (clock.now, epoch + 1)
    }
    var network = try Network(outcome.model)
    let tests = try Self.examples(folder.load(.test), recipe.normalization)
    print(seconds.map { "\($0)" }.joined(separator: " "), network.accuracy(on: tests))
  }

  static func examples(_ set: ImageSet, _ normalization: Normalization) throws -> Examples {
    try Examples(
      pixels: set.pixels, width: set.pixelCount, normalization: normalization, labels: set.labels)
  }
}
