internal import Foundation
internal import SpectrimCore

/// Writes the tensors of a safetensors file one behind the other, the same bytes every time.
/// - Source: `safetensors/src/tensor.rs`: types by falling alignment, then names; the header is
///   filled with spaces to a multiple of 8 bytes.
enum SafetensorsWriter {
  /// A tensor before its bytes are there.
  struct Part {
    let name: String
    let type: ScalarType
    let shape: [Int]
  }

  static func write(
    _ parts: [Part], metadata: [String: String], to path: String,
    bytes: (Part) throws -> [UInt8]
  ) throws {
    let ordered = parts.sorted {
      let ranks = ($0.type.safetensorsRank, $1.type.safetensorsRank)
      return ranks.0 != ranks.1
        ? ranks.0 > ranks.1 : $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
    }
    try ArchiveName.checkUnique(parts.map(\.name), file: path)
    let header = try header(ordered, metadata: metadata, path: path)
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let file = FileHandle(forWritingAtPath: path)
    else { throw InterchangeError(.cannotWrite, file: path, "the file cannot be created") }
    defer { try? file.close() }
    try append(header, to: file, path)
    for part in ordered { try append(try bytes(part), to: file, path) }
  }

  private static func append(
    _ bytes: [UInt8], to file: FileHandle, _ path: String
  ) throws(InterchangeError) {
    do {
      try file.write(contentsOf: Data(bytes))
    } catch {
      throw InterchangeError(.cannotWrite, file: path, "the disk took no more; is it full?")
    }
  }

  private static func header(
    _ parts: [Part], metadata: [String: String], path: String
  ) throws(InterchangeError) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }
        .map { "\(quoted($0.key)):\(quoted($0.value))" }
      members.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
    }
    var offset = 0
    for part in parts {
      guard part.name != "__metadata__" else {
        throw InterchangeError(.cannotWrite, file: path, "a tensor named `__metadata__`; rename it")
      }
      let end = offset + part.shape.reduce(part.type.byteCount, *)
      let sides = part.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(quoted(part.name)):{\"dtype\":\"\(part.type.safetensorsWord)\",\"shape\":[\(sides)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var text = Array("{\(members.joined(separator: ","))}".utf8)
    while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
    guard text.count <= SafetensorsHeader.largestByteCount else {
      throw InterchangeError(
        .cannotWrite, file: path, "a header of \(text.count) bytes; safetensors takes 100 MB")
    }
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
