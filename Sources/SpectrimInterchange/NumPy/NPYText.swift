internal import SpectrimData

/// An array of texts as numpy stores it without pickle: characters of 32 bits, all texts of one
/// length, short ones filled up with zeros.
enum NPYText {
  /// Bytes of a description that is read: far above that of any model.
  private static let largestByteCount = 256 << 20

  static func lines(
    of entry: ZipEntry, _ prefix: [UInt8], in archive: ZipArchive
  ) throws(InterchangeError) -> [String] {
    let preamble = try NPYTensor.preamble(prefix, name: entry.name, file: archive.path)
    let words = preamble.descriptor
    guard words.hasPrefix("<U"), let width = Int(words.dropFirst(2)), width > 0,
      preamble.shape.count == 1, preamble.shape[0] <= largestByteCount, width <= largestByteCount,
      entry.byteCount - preamble.dataOffset == preamble.shape[0] * width * 4
    else {
      throw InterchangeError(
        .invalid, file: archive.path, "`\(entry.name)` is no list of texts; expected type <U",
        found: words, expected: "<U")
    }
    let bytes = try archive.read(entry, atMost: largestByteCount)
    var lines: [String] = []
    for index in 0..<preamble.shape[0] {
      let start = preamble.dataOffset + index * width * 4
      guard let line = line(bytes[start..<start + width * 4]) else {
        throw InterchangeError(
          .invalid, file: archive.path, "`\(entry.name)` has a character beyond Unicode")
      }
      lines.append(line)
    }
    return lines
  }

  private static func line(_ bytes: ArraySlice<UInt8>) -> String? {
    var line = String.UnicodeScalarView()
    for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: 4) {
      let code = bytes[start..<start + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      guard code != 0 else { break }
      guard let scalar = Unicode.Scalar(code) else { return nil }
      line.append(scalar)
    }
    return String(line)
  }

  /// The file of an array of texts.
  static func file(_ lines: [String]) -> [UInt8] {
    let scalars = lines.map { Array($0.unicodeScalars) }
    let width = max(scalars.map(\.count).max() ?? 0, 1)
    var bytes = NPYHeaderText.bytes(descriptor: "<U\(width)", shape: [lines.count])
    for line in scalars {
      for index in 0..<width {
        let code = index < line.count ? line[index].value : 0
        for shift in [0, 8, 16, 24] as [UInt32] {
          bytes.append(UInt8(truncatingIfNeeded: code >> shift))
        }
      }
    }
    return bytes
  }
}

/// The header of a `.npy` file, version 1.
enum NPYHeaderText {
  /// The header for an array, filled up to a multiple of 64 bytes as numpy does.
  static func bytes(descriptor: String, shape: [Int]) -> [UInt8] {
    let sides = shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (\(sides)), }"
    let unpadded = 10 + text.utf8.count + 1
    text += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
    let length = text.utf8.count
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)]
      + Array(text.utf8)
  }
}
