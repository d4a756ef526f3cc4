public import SpectrimCore

/// The element types that a model file may hold; the raw value names the pool and is canonical.
public enum TensorType: String, Sendable, CaseIterable {
  case int8
  case float16 = "f16"
  case bfloat16 = "bf16"
  case float32 = "f32"

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .int8: 1
    case .float16, .bfloat16: 2
    case .float32: 4
    }
  }

  /// The float type of the same layout, `nil` for codes.
  public var elementType: ElementType? {
    switch self {
    case .int8: nil
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .float32: .float32
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
  public let type: TensorType
  /// The sides.
  public let shape: [Int]
  /// The elements, little-endian, row-major.
  public let bytes: [UInt8]

  /// Wraps bytes whose count is that of the shape.
  public init(type: TensorType, shape: [Int], bytes: [UInt8]) {
    precondition(bytes.count == shape.reduce(type.byteCount, *), "bytes do not match the shape")
    self.type = type
    self.shape = shape
    self.bytes = bytes
  }

  /// The bytes of a tensor of these sides; `nil` if that is more than a tensor may have.
  ///
  /// A side of 0 counts as 1 for the limit, so that the others are bounded too.
  public static func byteCount(_ type: TensorType, _ shape: [Int]) -> Int? {
    var bound = type.byteCount
    for side in shape {
      let (product, overflow) = bound.multipliedReportingOverflow(by: max(side, 1))
      guard !overflow, product <= FormatLimit.tensorByteCount else { return nil }
      bound = product
    }
    return shape.contains(0) ? 0 : bound
  }

  /// Codes or exponents.
  public init(_ values: [Int8], shape: [Int]) {
    self.init(type: .int8, shape: shape, bytes: values.map(UInt8.init(bitPattern:)))
  }

  /// Floats that are representable in the stored type.
  public init(_ values: [Float], storedAs elementType: ElementType, shape: [Int]) {
    self.init(
      type: TensorType(elementType), shape: shape,
      bytes: Self.littleEndianBytes(of: values, storedAs: elementType))
  }

  private static func littleEndianBytes(
    of values: [Float], storedAs elementType: ElementType
  ) -> [UInt8] {
    switch elementType {
    case .float32: bytes(of: values.map { $0.bitPattern.littleEndian })
    case .float16: bytes(of: values.map { Float16($0).bitPattern.littleEndian })
    case .bfloat16: bytes(of: values.map { ElementType.bfloat16Bits($0).littleEndian })
    }
  }

  private static func bytes(of elements: [some FixedWidthInteger]) -> [UInt8] {
    elements.withUnsafeBytes { Array($0) }
  }

  /// The elements of a tensor of codes.
  public var codes: [Int8] { bytes.map(Int8.init(bitPattern:)) }

  /// The elements of a tensor of floats; empty for codes, which have no float type.
  public var floats: [Float] {
    switch type {
    case .int8: []
    case .float32: elements(UInt32.self).map(Float.init(bitPattern:))
    case .float16: elements(UInt16.self).map { Float(Float16(bitPattern: $0)) }
    case .bfloat16: elements(UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
    }
  }

  private func elements<Bits: FixedWidthInteger & BitwiseCopyable>(_: Bits.Type) -> [Bits] {
    bytes.withUnsafeBytes { raw in
      (0..<bytes.count / MemoryLayout<Bits>.size).map {
        Bits(
          littleEndian: raw.loadUnaligned(
            fromByteOffset: $0 * MemoryLayout<Bits>.size, as: Bits.self))
      }
    }
  }
}
