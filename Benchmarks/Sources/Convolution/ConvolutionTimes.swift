import Spectrim
import SpectrimTraining

/// Runs LeNet-5 on a batch again and again and prints the median of the seconds per image.
///
/// The weights are drawn, not learned: the time does not depend on them.
@main
struct ConvolutionTimes {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, let rank = Int(arguments[1]), let count = Int(arguments[2]),
      let rounds = Int(arguments[3])
    else {
      print("usage: ConvolutionTimes RANK|0 IMAGES ROUNDS")
      return
    }
    let form: WeightForm = rank == 0 ? .dense : .factorized(rank: rank)
    let engine = Engine(try Recipe.lenet5().initialModel(name: "lenet5", form: form))
    let batch = [Float](repeating: 0.5, count: count * engine.input.elementCount)
    var scores = [Float](repeating: 0, count: count * engine.outputCount)
    var workspace = Workspace()
    let clock = ContinuousClock()
    var seconds: [Double] = []
    for _ in 0..<rounds {
      let start = clock.now
      var output = scores.mutableSpan
      engine.score(batch.span, count: count, into: &output, workspace: &workspace)
      seconds.append((clock.now - start) / .seconds(1) / Double(count))
    }
    print(seconds.sorted()[rounds / 2])
  }
}
