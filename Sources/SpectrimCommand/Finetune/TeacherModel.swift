internal import Foundation
internal import SpectrimCore
internal import SpectrimFiles
internal import SpectrimInference

/// The model that a compact one learns from.
struct TeacherModel {
  /// What a person should know.
  let warnings: [String]
  private let engine: Engine
  /// Whether its scores are shares already.
  private let givesShares: Bool

  /// Compiles a model that sees what the student sees.
  ///
  /// A file of another program does not say what is done to pixels; it sees what the student sees.
  /// - Throws: `Failure` when it takes or gives something else than the student.
  init(_ source: ModelSource, for student: Model, at file: String) throws {
    let model = try source.runnable()
    let path = source.path
    func check(_ found: Int, _ expected: Int, _ what: String) throws {
      guard found != expected else { return }
      throw Failure(
        .badData,
        "\(path): \(what) \(found) numbers, but \(file) \(what) \(expected); name the model that it "
          + "was made from", path: path, found: "\(found)", expected: "\(expected)")
    }
    try check(model.input.elementCount, student.input.elementCount, "takes")
    try check(model.outputCount, student.outputCount, "gives")
    let isForeign = source.format != ModelFile.format
    if model.input.normalization == student.input.normalization {
      warnings = []
    } else if isForeign {
      warnings = ["\(path): says nothing of pixels; it sees what \(file) sees"]
    } else {
      throw Failure(
        .badData,
        "\(path): normalizes pixels by \(model.input.normalization.words), but \(file) by "
          + "\(student.input.normalization.words); name the model that it was made from",
        path: path, found: model.input.normalization.words,
        expected: student.input.normalization.words)
    }
    engine = Engine(model)
    givesShares = model.steps.last?.activation == .softmax
  }

  /// The scores before a softmax, or numbers that differ from them by the same amount for all
  /// classes, which changes no softmax.
  func scores(for batch: Matrix<Float>) -> Matrix<Float> {
    let scores = engine.scores(for: batch)
    guard givesShares else { return scores }
    // A share below the smallest number is 0, of which there is no logarithm.
    return Matrix(
      scores.shape, scores.elements.map { logf(max($0, Float.leastNormalMagnitude)) })
  }
}

extension Step {
  /// What is applied last.
  fileprivate var activation: Activation? {
    switch self {
    case .layer(let layer): layer.activation
    case .transform(let transform):
      if case .activation(let activation) = transform.operation { activation } else { nil }
    }
  }
}

extension Normalization {
  /// The normalization in the words of the command.
  fileprivate var words: String { "scale=\(scale),mean=\(mean),std=\(deviation)" }
}
