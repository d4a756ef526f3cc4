/// What is asked for the weight of a layer, before anything is measured.
public enum LayerTreatment: Sendable, Equatable {
  /// A rank by a rule, stored in the smallest form.
  case rank(RankRule)
  /// A chain of factors with these sides between them, from the output to the input.
  case stages([Int])
  /// One matrix without factors.
  case keepDense
  /// The layer as it is.
  case skip

  /// Reads `--stages r1,r2`.
  /// - Throws: `CompressionError.usage` unless there are whole numbers of at least 1.
  public init(stages text: String) throws(CompressionError) {
    let sides = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard sides.allSatisfy({ $0 >= 1 }) else {
      throw .usage(
        argument: "stages", found: text,
        expected: "whole ranks of at least 1, separated by commas", example: "64,32")
    }
    self = .stages(sides)
  }
}

extension LayerTreatment: CustomStringConvertible {
  /// How it stands in a plan: `mp`, `stages=64,32`, `keep:dense`, `skip`.
  public var description: String {
    switch self {
    case .rank(let rule): rule.description
    case .stages(let sides): "stages=" + sides.map { "\($0)" }.joined(separator: ",")
    case .keepDense: "keep:dense"
    case .skip: "skip"
    }
  }
}
