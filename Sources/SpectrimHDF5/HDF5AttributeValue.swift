/// The value of an attribute: of any integer, floating-point or fixed-length string type.
public enum HDF5AttributeValue: Sendable, Equatable {
  /// One integer.
  case integer(Int)
  /// An array of integers, row-major.
  case integers([Int])
  /// One number.
  case real(Double)
  /// An array of numbers, row-major.
  case reals([Double])
  /// One string.
  case string(String)
  /// An array of strings, row-major.
  case strings([String])

  /// What it is, with an article, for messages.
  var kind: String {
    switch self {
    case .integer: "an integer"
    case .integers: "an array of integers"
    case .real: "a real number"
    case .reals: "an array of real numbers"
    case .string: "a string"
    case .strings: "an array of strings"
    }
  }
}
