/// How weights become integer codes; `description` is what the command reads.
public enum QuantizationRequest: Sendable, Equatable {
  /// The smallest form whose rounding error is within the limit, 4 to 8 bits.
  case automatic
  /// No codes.
  case floats
  /// Codes of this many bits, 2…8.
  case bits(Int)

  /// The widths that a code can have.
  public static let widths = 2...8
  /// The widths that `auto` chooses from.
  public static let automaticWidths = 4...8

  /// Reads the words of the command.
  /// - Throws: `CompressionError.usage` with what was found, expected, and an example.
  public init(_ text: String) throws(CompressionError) {
    switch text {
    case "auto": self = .automatic
    case "none": self = .floats
    default:
      guard let bits = Int(text), Self.widths.contains(bits) else {
        throw .usage(
          argument: "quantize", found: text, expected: "auto, none or 2 to 8 bits", example: "8")
      }
      self = .bits(bits)
    }
  }
}

extension QuantizationRequest: CustomStringConvertible {
  /// The words that `init(_:)` reads back as this request.
  public var description: String {
    switch self {
    case .automatic: "auto"
    case .floats: "none"
    case .bits(let bits): "\(bits)"
    }
  }
}
