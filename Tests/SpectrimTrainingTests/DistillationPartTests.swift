import Foundation
import SpectrimCore
import SpectrimTraining
import Testing

/// The loss in double precision, written as the formula stands.
private func loss(
  _ z: [Double], teacher t: [Double], label: Int, temperature: Double, share: Double
) -> Double {
  func softmax(_ z: [Double]) -> [Double] {
    let total = z.reduce(0) { $0 + exp($1) }
    return z.map { exp($0) / total }
  }
  let p = softmax(t.map { $0 / temperature })
  let q = softmax(z.map { $0 / temperature })
  let divergence = zip(p, q).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) }
  return share * temperature * temperature * divergence - (1 - share) * log(softmax(z)[label])
}

@Test(arguments: [(2.0, 0.7), (1.0, 1.0), (4.0, 0.0)])
func theLossAndItsGradientAreThoseOfTheFormula(temperature: Double, share: Double) {
  let scores = [1.5, -2, 0.25, 3, 0, -1.0]
  let teacher = [2.0, -1, 0.5, 1, 5, -3]
  let labels = [2, 0]
  func total(_ scores: [Double]) -> Double {
    (0..<2).reduce(0) { sum, row in
      let places = row * 3..<row * 3 + 3
      return sum
        + loss(
          Array(scores[places]), teacher: Array(teacher[places]), label: labels[row],
          temperature: temperature, share: share)
    }
  }
  var gradient = [Float](repeating: .nan, count: 6)
  let sum = DistillationLoss(temperature: Float(temperature), teacherShare: Float(share)).evaluate(
    scores: scores.map(Float.init), teacher: teacher.map(Float.init), labels: labels, count: 2,
    width: 3, gradient: &gradient)
  #expect(abs(sum - total(scores)) < 1e-5 * total(scores))
  for index in scores.indices {
    var (up, down) = (scores, scores)
    up[index] += 1e-5
    down[index] -= 1e-5
    // The gradient is that of the mean of two examples.
    let expected = (total(up) - total(down)) / 2e-5 / 2
    #expect(abs(Double(gradient[index]) - expected) < 1e-5)
  }
}

@Test func aStudentThatAgreesHasNothingToLearnFromTheTeacher() {
  var gradient = [Float](repeating: .nan, count: 3)
  let sum = DistillationLoss(temperature: 2, teacherShare: 1).evaluate(
    scores: [1, 2, 3], teacher: [11, 12, 13], labels: [0], count: 1, width: 3,
    gradient: &gradient)
  #expect(abs(sum) < 1e-6)
  #expect(gradient.allSatisfy { abs($0) < 1e-6 })
}

@Test func imagesAreRolledInBothDirections() {
  let shift = ImageShift(distance: 1, rowCount: 2, columnCount: 3)
  let images: [Float] = [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16]
  func rolled(_ down: Int, _ right: Int) -> [Float] {
    var result = [Float](repeating: 0, count: 12)
    shift.apply((down, right), to: images, count: 2, into: &result)
    return result
  }
  #expect(rolled(0, 0) == images)
  #expect(rolled(0, 1) == [3, 1, 2, 6, 4, 5, 13, 11, 12, 16, 14, 15])
  #expect(rolled(0, -1) == [2, 3, 1, 5, 6, 4, 12, 13, 11, 15, 16, 14])
  #expect(rolled(1, 0) == [4, 5, 6, 1, 2, 3, 14, 15, 16, 11, 12, 13])
  #expect(rolled(-1, 1) == [6, 4, 5, 3, 1, 2, 16, 14, 15, 13, 11, 12])
}

@Test func shiftsAreDrawnFromAllDistances() {
  let shift = ImageShift(distance: 2, rowCount: 9, columnCount: 9)
  var generator = SeededGenerator(seed: 1)
  let drawn = (0..<500).map { _ in shift.draw(using: &generator) }
  #expect(Set(drawn.map(\.down)) == [-2, -1, 0, 1, 2])
  #expect(Set(drawn.map(\.right)) == [-2, -1, 0, 1, 2])
}

@Test func thePriceRisesWhileTheStepsShrink() {
  let settings = DistillationSettings(codeRate: 0.03, floatRate: 0.001, rate: 0.5)
  #expect(settings.price(at: 0) == 0)
  #expect(abs(settings.price(at: 0.25) - 0.25e-4) < 1e-9)
  #expect(abs(settings.price(at: 0.5) - 0.5e-4) < 1e-9)
  #expect(settings.price(at: 1) == settings.price(at: 0.5))
  let decays = Optimizer.Decays(mean: 0.9, square: 0.99)
  #expect(settings.optimizers(at: 0).codes == .adam(rate: 0.03, decays: decays))
  #expect(settings.optimizers(at: 0).floats == .adam(rate: 0.001, decays: decays))
  #expect(settings.optimizers(at: 0.5).codes == .adam(rate: 0.015, decays: decays))
  #expect(settings.optimizers(at: 1).codes == .adam(rate: 0, decays: decays))
}

@Test func aShiftOfOtherImagesIsRefused() throws {
  let settings = DistillationSettings(
    epochs: 1, shift: ImageShift(distance: 1, rowCount: 2, columnCount: 2))
  #expect(
    throws: TrainingError.examples(
      found: "5 numbers each", expected: "images of 2×2, which can be shifted")
  ) {
    _ = try Distiller(settings).train(
      SmallCodes.model(.quantized, seed: 1), on: SmallNetworks.examples(count: 9, seed: 1)
    ) { Matrix(repeating: 0, Shape($0.rowCount, 3)) }
  }
}
