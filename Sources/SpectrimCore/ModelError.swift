/// What is wrong with the parts of a model.
///
/// The text names what was found and expected; whoever reads a file adds where it stands.
public enum ModelError: Error, Sendable, Equatable {
  /// Two neighbouring factors do not share a rank, which is the column count of both shapes.
  case ranksDiffer(left: String, Shape, right: String, Shape)
  /// A part has another shape than its neighbours ask for.
  case shapeMismatch(String, found: Shape, expected: Shape)
  /// A rule of the model is broken, in words.
  case invalid(String)
}

extension ModelError: CustomStringConvertible {
  /// The text for people.
  public var description: String {
    switch self {
    case .ranksDiffer(let left, let leftShape, let right, let rightShape):
      "rank \(leftShape.columnCount) of \(left) differs from rank "
        + "\(rightShape.columnCount) of \(right); re-convert the model"
    case .shapeMismatch(let part, let found, let expected):
      "\(part) has shape \(found), expected \(expected)"
    case .invalid(let text): text
    }
  }
}
