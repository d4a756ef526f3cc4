internal import SpectrimCore
internal import SpectrimData

/// The header of an array in an `.npz` or `.npy` file, whose elements become those of a tensor.
struct NPYTensor {
  let type: ScalarType
  let shape: [Int]
  /// Where the elements start.
  let dataOffset: Int
  /// How many bytes they take.
  let byteCount: Int
  private let isBigEndian: Bool
  private let isFortranOrder: Bool

  /// Enough for the header of any array; numpy itself refuses to parse more than 10 000 bytes.
  static let prefixByteCount = 1 << 16

  /// Parses the first bytes of an array.
  /// - Parameter name: that of the array, for messages.
  init(_ prefix: [UInt8], name: String, file: String) throws(InterchangeError) {
    let preamble = try Self.preamble(prefix, name: name, file: file)
    let words = Array(preamble.descriptor)
    let code = String(words.dropFirst())
    guard let type = Self.types[code], words.first != "|" || type.byteCount == 1 else {
      throw Self.refusal(of: preamble.descriptor, name: name, file: file)
    }
    guard let byteCount = countedBytes(preamble.shape, type) else {
      throw InterchangeError(
        .invalid, file: file, "`\(name)` has shape \(preamble.shape), which cannot be counted")
    }
    self.type = type
    self.byteCount = byteCount
    shape = preamble.shape
    dataOffset = preamble.dataOffset
    isBigEndian = words.first == ">" && type.byteCount > 1
    isFortranOrder = preamble.isFortranOrder
  }

  /// The header, with its errors as those of this module.
  static func preamble(
    _ prefix: [UInt8], name: String, file: String
  ) throws(InterchangeError) -> NPYPreamble {
    do {
      return try NPYPreamble(prefix, path: file)
    } catch {
      guard case .invalid(_, let found, let expected) = error else {
        throw InterchangeError(.invalid, file: file, "`\(name)`: \(error)")
      }
      throw InterchangeError(
        .invalid, file: file, "`\(name)`: found \(found); expected \(expected)",
        found: found, expected: expected)
    }
  }

  /// The elements in our order, from the bytes behind the header.
  func tensor(_ bytes: [UInt8]) -> Tensor {
    let strides = StridedBytes(
      shape: shape, strides: StridedBytes.strides(of: shape, isFortranOrder: isFortranOrder),
      offset: 0, elementByteCount: type.byteCount)
    return Tensor(
      type: type, shape: shape, bytes: strides.gathered(from: bytes, isBigEndian: isBigEndian))
  }

  /// numpy's words without the byte order.
  static let types: [String: ScalarType] = [
    "b1": .bool, "i1": .int8, "u1": .uint8, "i2": .int16, "u2": .uint16, "i4": .int32,
    "u4": .uint32, "i8": .int64, "u8": .uint64, "f2": .float16, "f4": .float32, "f8": .float64,
  ]

  private static func refusal(of descriptor: String, name: String, file: String) -> InterchangeError
  {
    let reason =
      switch descriptor.dropFirst() {
      case "O": "Python objects, which only unpickling could read; save plain arrays of numbers"
      case "V2": "two bytes without a type, as bfloat16 is saved; save it as float32"
      default: "elements that are not read; save it as float32"
      }
    return InterchangeError(
      .unsupported, file: file, "`\(name)` has type `\(descriptor)`: \(reason)",
      found: descriptor, expected: types.keys.sorted().joined(separator: ", "))
  }
}
