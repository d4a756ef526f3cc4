internal import CHDF5

/// Little-endian elements in memory, and their values.
///
/// Only for attributes and strings, which are small; the numbers of a dataset are the reader's.
struct HDF5Elements {
  let bytes: [UInt8]
  let type: HDF5ElementType

  private var count: Int { bytes.count / type.byteCount }

  /// The bits of one element.
  private func bits(at index: Int) -> UInt64 {
    let start = index * type.byteCount
    return bytes[start..<start + type.byteCount].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The values of elements of an integer type.
  func integers(at place: HDF5Place) throws -> [Int] {
    try (0..<count).map { index in
      let bits = bits(at: index)
      if type.isSignedInteger {
        let unused = 64 - 8 * type.byteCount
        return Int(Int64(bitPattern: bits << unused) >> unused)
      }
      guard let value = Int(exactly: bits) else {
        throw HDF5Error(.tooLarge, at: place, "the value \(bits) is above \(Int.max)")
      }
      return value
    }
  }

  /// The values of elements of a floating-point type, exactly.
  func reals() -> [Double] {
    (0..<count).map { index in
      let bits = bits(at: index)
      return switch type {
      case .float16: Double(Float16(bitPattern: UInt16(truncatingIfNeeded: bits)))
      case .bfloat16: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits) << 16))
      case .float32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
      default: Double(bitPattern: bits)
      }
    }
  }

  /// The values of strings of `byteCount` bytes each, without the zeros at their end.
  func strings(of byteCount: Int, at place: HDF5Place) throws -> [String] {
    try stride(from: 0, to: bytes.count, by: byteCount).map { start in
      let padded = bytes[start..<start + byteCount]
      let end = padded.lastIndex { $0 != 0 }.map { $0 + 1 } ?? start
      guard let string = String(validating: bytes[start..<end], as: UTF8.self) else {
        throw HDF5Error(.damaged, at: place, "a string is not UTF-8")
      }
      return string
    }
  }

  /// Runs `body` with a copy of a string type whose padding is zeros, whatever it is in the file.
  static func withZeroPadded<Value>(
    _ type: hid_t, at place: HDF5Place, _ body: (hid_t) throws -> Value
  ) throws -> Value {
    let copy = try HDF5Library.call("H5Tcopy", at: place, otherwise: .damaged) { H5Tcopy(type) }
    defer { HDF5Library.release(copy) }
    try HDF5Library.call("H5Tset_strpad", at: place, otherwise: .damaged) {
      H5Tset_strpad(copy, H5T_STR_NULLPAD)
    }
    return try body(copy)
  }
}
