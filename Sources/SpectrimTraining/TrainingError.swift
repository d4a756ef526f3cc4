/// Why a model cannot be trained.
public enum TrainingError: Error, Sendable, Equatable {
  /// A layer has a form or an activation without a backward pass.
  case notTrainable(layer: String, found: String, expected: String)
  /// The examples do not fit the model or one another.
  case examples(found: String, expected: String)
  /// What a teacher gives cannot be learned.
  case teacher(found: String, expected: String)
  /// The loss is no longer finite.
  case diverged(epoch: Int, batch: Int)
}

extension TrainingError: CustomStringConvertible {
  /// Where, what was found, what was expected, what helps.
  public var description: String {
    switch self {
    case .notTrainable(let layer, let found, let expected):
      "layer `\(layer)`: \(found) cannot be trained; expected \(expected)"
    case .examples(let found, let expected):
      "examples: \(found); expected \(expected)"
    case .teacher(let found, let expected):
      "teacher: \(found); expected \(expected)"
    case .diverged(let epoch, let batch):
      "epoch \(epoch), batch \(batch): the loss is not finite; lower the learning rate"
    }
  }
}
