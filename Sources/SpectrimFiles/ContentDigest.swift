internal import Crypto
internal import SpectrimCore
internal import SpectrimFormat

/// The SHA-256 of the canonical content, built group by group.
struct ContentDigest {
  private var content = SHA256()
  private var tensors: [String: String] = [:]
  private var tensorByteCount = 0

  /// Adds a group and all below it.
  mutating func add(_ node: FormatNode) {
    CanonicalContent.write(node) { content.update(data: $0) }
    node.visit { group in
      for (name, tensor) in group.tensors {
        tensors[group.location(of: name)] = SHA256.hash(data: tensor.bytes).hexadecimal
        tensorByteCount += tensor.bytes.count
      }
    }
  }

  /// The digests as they stand in the record: per tensor only where the file is large.
  var digests: ConversionRecord.Digests {
    ConversionRecord.Digests(
      content: content.finalize().hexadecimal,
      tensors: tensorByteCount > FormatLimit.tensorDigestByteCount ? tensors : nil)
  }
}

extension SHA256Digest {
  fileprivate var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

/// The SHA-256 of whole files.
public enum FileDigest {
  /// The digest of a file in hexadecimal digits, read in pieces.
  /// - Throws: `ModelFileError` when the file cannot be read.
  public static func sha256(ofFileAt path: String) throws -> String {
    var hash = SHA256()
    try FilePieces.forEach(of: path) { hash.update(data: $0) }
    return hash.finalize().hexadecimal
  }

  /// The digest of bytes in hexadecimal digits.
  public static func sha256(of bytes: [UInt8]) -> String { SHA256.hash(data: bytes).hexadecimal }

  /// The digest of a text in hexadecimal digits.
  public static func sha256(of text: String) -> String {
    SHA256.hash(data: Array(text.utf8)).hexadecimal
  }
}
