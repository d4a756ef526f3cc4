/// The type of one element of a dataset or attribute.
public enum HDF5ElementType: Sendable, Hashable {
  case int8, uint8, int16, uint16, int32, uint32, int64, uint64
  /// IEEE 754 binary16.
  case float16
  /// The upper half of an IEEE 754 binary32.
  case bfloat16
  case float32, float64
  /// A string of this many bytes, at least 1, padded with zeros.
  case fixedString(byteCount: Int)
  /// Two bytes without a meaning: what h5py makes of a number type that HDF5 does not know, such as
  /// the bfloat16 of Python.
  case opaquePair

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .int8, .uint8: 1
    case .int16, .uint16, .float16, .bfloat16, .opaquePair: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    case .fixedString(let byteCount): byteCount
    }
  }

  /// Whether it is one of the eight integer types.
  public var isInteger: Bool {
    switch self {
    case .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64: true
    case .float16, .bfloat16, .float32, .float64, .fixedString, .opaquePair: false
    }
  }

  /// Whether it is an integer type with negative values.
  var isSignedInteger: Bool {
    switch self {
    case .int8, .int16, .int32, .int64: true
    default: false
    }
  }
}

/// The order in which the bytes of one element stand in the file; in memory it is always little.
public enum HDF5ByteOrder: String, Sendable {
  case little
  case big
}

extension HDF5ElementType: CustomStringConvertible {
  /// The name of the case.
  public var description: String {
    switch self {
    case .int8: "int8"
    case .uint8: "uint8"
    case .int16: "int16"
    case .uint16: "uint16"
    case .int32: "int32"
    case .uint32: "uint32"
    case .int64: "int64"
    case .uint64: "uint64"
    case .float16: "float16"
    case .bfloat16: "bfloat16"
    case .float32: "float32"
    case .float64: "float64"
    case .fixedString(let byteCount): "fixedString(\(byteCount))"
    case .opaquePair: "opaque(2)"
    }
  }
}
