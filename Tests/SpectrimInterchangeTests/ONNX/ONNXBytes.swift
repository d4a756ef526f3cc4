import Foundation
import SpectrimTestSupport

/// ONNX files byte by byte, with whatever defect a test needs.
enum ONNXBytes {
  static func varint(_ value: Int) -> [UInt8] {
    var (rest, bytes) = (UInt64(bitPattern: Int64(value)), [UInt8]())
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
  static func integer(_ field: Int, _ value: Int) -> [UInt8] { varint(field << 3) + varint(value) }
  static func message(_ field: Int, _ content: [UInt8]) -> [UInt8] {
    varint(field << 3 | 2) + varint(content.count) + content
  }
  static func text(_ field: Int, _ text: String) -> [UInt8] { message(field, Array(text.utf8)) }

  /// A tensor of 32-bit floats.
  static func tensor(_ name: String, _ sides: [Int], _ values: [Float], type: Int = 1) -> [UInt8] {
    let bytes = values.flatMap { value in
      withUnsafeBytes(of: value.bitPattern.littleEndian) { [UInt8]($0) }
    }
    return sides.flatMap { integer(1, $0) } + integer(2, type) + text(8, name) + message(9, bytes)
  }

  /// A tensor of one byte per element: type 2 has no sign, 3 has.
  static func codes(_ name: String, _ sides: [Int], _ codes: [Int], type: Int) -> [UInt8] {
    sides.flatMap { integer(1, $0) } + integer(2, type) + text(8, name)
      + message(9, codes.map { UInt8(truncatingIfNeeded: $0) })
  }

  /// A tensor in another file.
  static func external(_ name: String, _ sides: [Int], _ keys: [String: String]) -> [UInt8] {
    sides.flatMap { integer(1, $0) } + integer(2, 1) + text(8, name) + integer(14, 1)
      + keys.sorted { $0.key < $1.key }.flatMap { message(13, text(1, $0.key) + text(2, $0.value)) }
  }

  static func node(
    _ operation: String, _ inputs: [String], _ output: String, attributes: [[UInt8]] = []
  ) -> [UInt8] {
    inputs.flatMap { text(1, $0) } + text(2, output) + text(4, operation)
      + attributes.flatMap { message(5, $0) }
  }

  static func value(_ name: String, _ sides: [Int?]) -> [UInt8] {
    let dimensions = sides.flatMap { side in
      message(1, side.map { integer(1, $0) } ?? text(2, "n"))
    }
    return text(1, name) + message(2, message(1, integer(1, 1) + message(2, dimensions)))
  }

  static func model(
    _ nodes: [[UInt8]], _ tensors: [[UInt8]], input: [Int?] = [nil, 2], output: String = "y",
    operatorSet: Int = 17
  ) -> [UInt8] {
    let graph =
      nodes.flatMap { message(1, $0) } + tensors.flatMap { message(5, $0) }
      + message(11, value("x", input)) + message(12, value(output, []))
    return integer(1, 8) + message(7, graph) + message(8, integer(2, operatorSet))
  }

  /// Writes a file into a folder.
  static func file(_ bytes: [UInt8], in folder: TemporaryDirectory) throws -> String {
    let path = folder.path("model.onnx")
    try Data(bytes).write(to: URL(filePath: path))
    return path
  }
}
