/// The types of the elements of a tensor; the raw value is the word on disk and canonical.
public enum ScalarType: String, Sendable, CaseIterable {
  case bool
  case int8
  case uint8
  case int16
  case uint16
  case int32
  case uint32
  case int64
  case uint64
  case float16 = "f16"
  case bfloat16 = "bf16"
  case float32 = "f32"
  case float64 = "f64"

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  /// The types that the parts of a representation have: codes and floats.
  public static let weightTypes: [ScalarType] = [.int8, .float16, .bfloat16, .float32]

  /// The type of weights that holds such floats; 64 bits are rounded to 32. `nil` for integers.
  public var elementType: ElementType? {
    switch self {
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .float32, .float64: .float32
    default: nil
    }
  }

  /// The stored type of floats.
  public init(_ elementType: ElementType) {
    switch elementType {
    case .float32: self = .float32
    case .float16: self = .float16
    case .bfloat16: self = .bfloat16
    }
  }
}

/// A tensor as it stands in a file: logical little-endian bytes, row-major.
public struct Tensor: Sendable, Hashable {
  /// The type of an element.
  public let type: ScalarType
  /// The sides.
  public let shape: [Int]
  /// The elements, little-endian, row-major.
  public let bytes: [UInt8]

  /// Wraps bytes whose count is that of the shape.
  public init(type: ScalarType, shape: [Int], bytes: [UInt8]) {
    // Beside a side of 0 a file may claim others whose product overflows.
    let byteCount = shape.contains(0) ? 0 : shape.reduce(type.byteCount, *)
    precondition(bytes.count == byteCount, "bytes do not match the shape")
    self.type = type
    self.shape = shape
    self.bytes = bytes
  }

  /// Codes or exponents.
  public init(_ values: [Int8], shape: [Int]) {
    self.init(type: .int8, shape: shape, bytes: values.map(UInt8.init(bitPattern:)))
  }

  /// Floats that are representable in the stored type.
  public init(_ values: [Float], storedAs elementType: ElementType, shape: [Int]) {
    self.init(
      type: ScalarType(elementType), shape: shape,
      bytes: Self.littleEndianBytes(of: values, storedAs: elementType))
  }

  /// Doubles, as statistics hold them.
  package init(doubles values: [Double], shape: [Int]) {
    self.init(type: .float64, shape: shape, bytes: Self.bytes(of: values) { $0.bitPattern })
  }

  private static func littleEndianBytes(
    of values: [Float], storedAs elementType: ElementType
  ) -> [UInt8] {
    switch elementType {
    case .float32: bytes(of: values) { $0.bitPattern }
    case .float16: bytes(of: values) { Float16($0).bitPattern }
    case .bfloat16: bytes(of: values) { ElementType.bfloat16Bits($0) }
    }
  }

  /// The elements of a tensor of `int8`.
  public var codes: [Int8] { bytes.map(Int8.init(bitPattern:)) }

  /// The elements of a tensor of floats, 64 bits rounded to 32; empty for integers.
  public var floats: [Float] {
    switch type {
    case .float64: elements { (bits: UInt64) in Float(Double(bitPattern: bits)) }
    case .float32: elements { (bits: UInt32) in Float(bitPattern: bits) }
    case .float16: elements { (bits: UInt16) in Float(Float16(bitPattern: bits)) }
    case .bfloat16: elements { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
    default: []
    }
  }

  /// The elements of a tensor of `float64`, empty for others.
  package var doubles: [Double] {
    type == .float64 ? elements { (bits: UInt64) in Double(bitPattern: bits) } : []
  }

  /// The first element that is NaN or infinite, which is one whose exponent has no zero bit.
  package var firstNonFiniteIndex: Int? {
    switch type {
    case .float64: firstIndex(withAllBits: 0x7FF0_0000_0000_0000 as UInt64)
    case .float32: firstIndex(withAllBits: 0x7F80_0000 as UInt32)
    case .float16: firstIndex(withAllBits: 0x7C00 as UInt16)
    case .bfloat16: firstIndex(withAllBits: 0x7F80 as UInt16)
    default: nil
    }
  }
}

/// Bytes from and to numbers in one pass, without an array between: weights are the large part of
/// a file. The unsafe accesses stay within the buffers because every offset is an index below the
/// count of whole elements times their size.
extension Tensor {
  private static func bytes<Value, Bits: FixedWidthInteger & BitwiseCopyable>(
    of values: [Value], _ bits: (Value) -> Bits
  ) -> [UInt8] {
    let (size, byteCount) = (MemoryLayout<Bits>.size, values.count * MemoryLayout<Bits>.size)
    return [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initializedCount in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      for index in values.indices {
        raw.storeBytes(
          of: bits(values[index]).littleEndian, toByteOffset: index * size, as: Bits.self)
      }
      initializedCount = byteCount
    }
  }

  private func elements<Bits: FixedWidthInteger & BitwiseCopyable, Value>(
    _ value: (Bits) -> Value
  ) -> [Value] {
    let count = bytes.count / MemoryLayout<Bits>.size
    return bytes.withUnsafeBytes { raw in
      [Value](unsafeUninitializedCapacity: count) { buffer, initializedCount in
        for index in 0..<count {
          buffer.initializeElement(at: index, to: value(Self.bits(in: raw, at: index)))
        }
        initializedCount = count
      }
    }
  }

  private func firstIndex<Bits: FixedWidthInteger & BitwiseCopyable>(
    withAllBits mask: Bits
  ) -> Int? {
    bytes.withUnsafeBytes { raw in
      (0..<raw.count / MemoryLayout<Bits>.size).first {
        Self.bits(in: raw, at: $0) & mask == mask
      }
    }
  }

  @inline(__always)
  private static func bits<Bits: FixedWidthInteger & BitwiseCopyable>(
    in raw: UnsafeRawBufferPointer, at index: Int
  ) -> Bits {
    Bits(
      littleEndian: raw.loadUnaligned(
        fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self))
  }
}
