/// HDF5's byte shuffle: the first bytes of all elements, then the second ones, and so on.
/// - Source: HDF5 1.10 reference, filter 2.
public enum ByteShuffle {
  /// Groups the bytes of elements by their significance.
  public static func shuffled(_ bytes: [UInt8], elementByteCount: Int) -> [UInt8] {
    ByteMatrix.transposed(
      bytes, rowCount: bytes.count / max(elementByteCount, 1), columnCount: elementByteCount)
  }

  /// Undoes `shuffled`.
  public static func unshuffled(_ bytes: [UInt8], elementByteCount: Int) -> [UInt8] {
    ByteMatrix.transposed(
      bytes, rowCount: elementByteCount, columnCount: bytes.count / max(elementByteCount, 1))
  }
}

/// Rows of bytes, one after another.
public enum ByteMatrix {
  /// The columns, one after another.
  public static func transposed(
    _ bytes: [UInt8], rowCount: Int, columnCount: Int
  ) -> [UInt8] {
    guard rowCount > 1, columnCount > 1 else { return bytes }
    precondition(rowCount * columnCount == bytes.count, "whole elements only")
    return [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, initializedCount in
      for column in 0..<columnCount {
        for row in 0..<rowCount {
          buffer[column * rowCount + row] = bytes[row * columnCount + column]
        }
      }
      initializedCount = bytes.count
    }
  }
}

/// Signed bytes as unsigned ones of the same magnitude: 0, −1, 1, −2, … become 0, 1, 2, 3, ….
///
/// A small code then has zeros in all high bits, which lie together once they are bit-shuffled;
/// in two's complement every sign would reach through all of them.
public enum Zigzag {
  /// The unsigned bytes.
  public static func encoded(_ bytes: [UInt8]) -> [UInt8] {
    bytes.map { byte in
      let sign = UInt8(bitPattern: Int8(bitPattern: byte) >> 7)
      return byte << 1 ^ sign
    }
  }

  /// Undoes `encoded`.
  public static func decoded(_ bytes: [UInt8]) -> [UInt8] {
    bytes.map { byte in byte >> 1 ^ (byte & 1 == 0 ? 0 : 0xFF) }
  }
}

/// The checksum of HDF5's filter 3 over the bytes of a chunk.
/// - Source: HDF5 1.10, `H5_checksum_fletcher32`: 16-bit big-endian words, sums modulo 65535 folded
///   every 360 words, which is how many fit 32 bits.
public enum Fletcher32 {
  /// Words that can be added before a sum of 32 bits overflows.
  private static let foldInterval = 360

  /// The bytes with their checksum behind them, as a chunk has it.
  public static func sealed(_ bytes: [UInt8]) -> [UInt8] {
    bytes + withUnsafeBytes(of: checksum(bytes).littleEndian) { Array($0) }
  }

  /// The checksum; in a chunk it follows the data as four little-endian bytes.
  public static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var (first, second): (UInt32, UInt32) = (0, 0)
    var index = 0
    let wordEnd = bytes.count & ~1
    while index < wordEnd {
      let blockEnd = min(index + 2 * foldInterval, wordEnd)
      while index < blockEnd {
        first += UInt32(bytes[index]) << 8 | UInt32(bytes[index + 1])
        second += first
        index += 2
      }
      (first, second) = (folded(first), folded(second))
    }
    if wordEnd < bytes.count {
      first += UInt32(bytes[wordEnd]) << 8
      second += first
      (first, second) = (folded(first), folded(second))
    }
    return folded(second) << 16 | folded(first)
  }

  private static func folded(_ sum: UInt32) -> UInt32 { (sum & 0xFFFF) + (sum >> 16) }
}
