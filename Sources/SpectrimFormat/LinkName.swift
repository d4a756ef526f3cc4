/// Names of people's layers as names of HDF5 links.
///
/// `%`, `/`, `=`, control characters and a leading `.` are percent-encoded as UTF-8 bytes, so that
/// every name has one link, one path and one line in the pooled form.
public enum LinkName {
  /// The link for a name.
  public static func encoded(_ name: String) -> String {
    var bytes: [UInt8] = []
    for (index, byte) in name.utf8.enumerated() {
      if mustBeEncoded(byte) || (index == 0 && byte == UInt8(ascii: ".")) {
        bytes.append(UInt8(ascii: "%"))
        bytes.append(contentsOf: [digit(byte >> 4), digit(byte & 15)])
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The name behind a link; `nil` when an escape is cut off or has no hexadecimal digits.
  public static func decoded(_ link: String) -> String? {
    var bytes: [UInt8] = []
    var rest = link.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(value), let low = rest.popFirst().flatMap(value)
      else { return nil }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func mustBeEncoded(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == 0x7F || "%/=".utf8.contains(byte)
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    Character(UnicodeScalar(digit)).hexDigitValue.map(UInt8.init)
  }
}
