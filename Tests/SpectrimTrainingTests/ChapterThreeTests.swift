import SpectrimCore
import SpectrimTraining
import Testing

/// The exercises of chapter 3 of the course.
struct ChapterThreeTests {
  private func exerciseModel() throws -> Model {
    try Model.multilayerPerceptron(
      name: "exercise", widths: [1000, 500, 200, 50, 10], initial: .zero,
      input: try ModelInput(shape: [1000]), seed: 0)
  }

  @Test func exercise1CountsParameters() throws {
    // 1000·500 + 500 + 500·200 + 200 + 200·50 + 50 + 50·10 + 10
    #expect(try exerciseModel().parameterCount == 611_260)
  }

  @Test func exercise2WeighsTenMillionParameters() throws {
    let shape = Shape(2500, 4000)
    let floats = WeightMatrix(Matrix(repeating: 0, shape))
    #expect(floats.parameterCount == 10_000_000)
    #expect(floats.byteCount == 40_000_000)
    let codes = try QuantizedMatrix(codes: Matrix(repeating: 0, shape), bitsPerWeight: 8)
    #expect(codes.byteCount == 10_000_000)
  }

  @Test func exercise3CountsOperations() throws {
    let model = try exerciseModel()
    #expect(model.multiplyAccumulateCount == 610_500)
    // One multiplication and one addition each, the bias included in place of the first addition.
    #expect(2 * model.multiplyAccumulateCount == 1_221_000)
  }

  @Test func theExamplesOfTheChapterHaveTheirCounts() throws {
    let model = try Model.multilayerPerceptron(
      name: "m", widths: [784, 512, 256, 128, 10], initial: .zero,
      input: try ModelInput(shape: [784]), seed: 0)
    #expect(model.parameterCount == 567_434)
  }
}
