import Foundation
import SpectrimCore
import SpectrimData
import SpectrimTestSupport
import SpectrimTraining
import Testing

/// Real training takes seconds in a release build and minutes without optimization.
private let isOptimized: Bool = {
  #if DEBUG
    return false
  #else
    return true
  #endif
}()

@Suite(
  .serialized, .needsMNIST,
  .enabled(if: isOptimized, "training takes minutes without optimization; use make test"))
struct DigitTests {
  private func examples(
    _ split: IDXFolder.Split, _ normalization: Normalization
  ) throws -> Examples {
    let set = try IDXFolder(try #require(Places.mnist).path).load(split)
    return try Examples(
      pixels: set.pixels, width: set.pixelCount, normalization: normalization, labels: set.labels)
  }

  private func accuracy(of recipe: Recipe, form: WeightForm = .dense) throws -> Double {
    let start = ContinuousClock.now
    let outcome = try Trainer(recipe.settings).train(
      try recipe.initialModel(name: "digits", form: form),
      on: try examples(.train, recipe.normalization),
      tests: try examples(.test, recipe.normalization))
    print("trained \(recipe.topology) in \(ContinuousClock.now - start): \(outcome.history)")
    return try #require(outcome.history.last?.testAccuracy)
  }

  @Test func softmaxRegressionReaches92Percent() throws {
    #expect(try accuracy(of: .softmaxRegression) >= 0.92)
  }

  @Test func thePerceptronReaches97Point7Percent() throws {
    #expect(try accuracy(of: try .perceptron()) >= 0.977)
  }

  @Test func lenetReaches98PercentInOneEpoch() throws {
    var recipe = try Recipe.lenet5()
    recipe.settings.epochs = 1
    recipe.settings.seed = 1
    #expect(try accuracy(of: recipe) >= 0.98)
  }

  @Test func factorsLearnAsWell() throws {
    var recipe = try Recipe.perceptron()
    recipe.initial = .drawn(.glorot)
    recipe.settings.epochs = 2
    // A floor well below what two epochs gave (0.966), far above what no learning gives (0.1).
    #expect(try accuracy(of: recipe, form: .factorized(rank: 40)) >= 0.95)
  }
}
