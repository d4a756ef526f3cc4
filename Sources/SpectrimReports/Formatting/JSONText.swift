internal import Foundation

/// The one way in which reports become JSON.
package enum JSONText {
  /// Sorted keys, one field per line, arrays of numbers in one line, slashes as they are.
  /// - Throws: `EncodingError` when a number is not finite.
  package static func encode(_ document: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let pretty = try encoder.encode(document)
    return String(decoding: joiningNumberArrays([UInt8](pretty)), as: UTF8.self) + "\n"
  }

  /// Takes the line ends out of arrays that hold nothing but numbers.
  private static func joiningNumberArrays(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var (index, insideString) = (0, false)
    while index < bytes.count {
      let byte = bytes[index]
      if insideString, byte == UInt8(ascii: "\\") {
        result += bytes[index...min(index + 1, bytes.count - 1)]
        index += 2
        continue
      }
      if byte == UInt8(ascii: "\"") { insideString.toggle() }
      if !insideString, byte == UInt8(ascii: "["),
        let end = endOfNumbers(bytes, from: index + 1)
      {
        let items = bytes[index + 1..<end].filter { !isBlank($0) }
        result.append(byte)
        for item in items { result += item == UInt8(ascii: ",") ? Array(", ".utf8) : [item] }
        index = end
        continue
      }
      result.append(byte)
      index += 1
    }
    return result
  }

  /// The index of the closing bracket, if only numbers stand before it.
  private static func endOfNumbers(_ bytes: [UInt8], from start: Int) -> Int? {
    let numeric = Set("0123456789+-.eE,".utf8)
    let end = bytes[start...].firstIndex { !numeric.contains($0) && !isBlank($0) }
    guard let end, bytes[end] == UInt8(ascii: "]") else { return nil }
    return end
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n")
  }
}
