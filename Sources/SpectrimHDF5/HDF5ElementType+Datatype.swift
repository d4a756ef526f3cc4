internal import CHDF5

/// Where the parts of a floating-point number stand, in bits from the lowest.
private struct FloatFields: Equatable {
  let sign, exponent, exponentWidth, mantissa, mantissaWidth, bias: Int

  /// - Source: IEEE 754-2008 table 3.5; bfloat16 is binary32 without its lower 16 bits.
  static let known: [(HDF5ElementType, FloatFields)] = [
    (.float16, FloatFields(15, 10, 5, 0, 10, 15)),
    (.bfloat16, FloatFields(15, 7, 8, 0, 7, 127)),
    (.float32, FloatFields(31, 23, 8, 0, 23, 127)),
    (.float64, FloatFields(63, 52, 11, 0, 52, 1023)),
  ]

  init(
    _ sign: Int, _ exponent: Int, _ exponentWidth: Int, _ mantissa: Int, _ mantissaWidth: Int,
    _ bias: Int
  ) {
    (self.sign, self.exponent, self.exponentWidth) = (sign, exponent, exponentWidth)
    (self.mantissa, self.mantissaWidth, self.bias) = (mantissa, mantissaWidth, bias)
  }
}

extension HDF5ElementType {
  /// Runs `body` with the little-endian HDF5 type.
  func withDatatype<Value>(
    at place: HDF5Place, _ body: (hid_t) throws -> Value
  ) throws -> Value {
    let type = try HDF5Library.call("H5Tcopy", at: place, otherwise: .libraryUnusable) {
      H5Tcopy(datatypeToCopy)
    }
    defer { HDF5Library.release(type) }
    func set(_ operation: String, _ body: () -> herr_t) throws {
      try HDF5Library.call(operation, at: place, otherwise: .libraryUnusable, body)
    }
    switch self {
    case .float16, .bfloat16:
      guard let fields = FloatFields.known.first(where: { $0.0 == self })?.1 else { break }
      // In this order: the size can only shrink once the fields leave the upper half.
      try set("H5Tset_fields") {
        H5Tset_fields(
          type, fields.sign, fields.exponent, fields.exponentWidth, fields.mantissa,
          fields.mantissaWidth)
      }
      try set("H5Tset_size") { H5Tset_size(type, 2) }
      try set("H5Tset_ebias") { H5Tset_ebias(type, fields.bias) }
    case .fixedString(let byteCount):
      try set("H5Tset_size") { H5Tset_size(type, byteCount) }
      try set("H5Tset_strpad") { H5Tset_strpad(type, H5T_STR_NULLPAD) }
      try set("H5Tset_cset") { H5Tset_cset(type, H5T_CSET_UTF8) }
    case .opaquePair: try set("H5Tset_size") { H5Tset_size(type, 2) }
    default: break
    }
    return try body(type)
  }

  /// The predefined type that this one is or is made from.
  private var datatypeToCopy: hid_t {
    switch self {
    case .int8: chdf5_type_int8()
    case .uint8: chdf5_type_uint8()
    case .int16: chdf5_type_int16()
    case .uint16: chdf5_type_uint16()
    case .int32: chdf5_type_int32()
    case .uint32: chdf5_type_uint32()
    case .int64: chdf5_type_int64()
    case .uint64: chdf5_type_uint64()
    case .float16, .bfloat16, .float32: chdf5_type_float32()
    case .float64: chdf5_type_float64()
    case .fixedString: chdf5_type_string()
    case .opaquePair: chdf5_type_opaque()
    }
  }

  /// Finds out what a type in a file is.
  ///
  /// - Throws: `HDF5Error` with `unsupported` and the name of what it is instead.
  static func recognize(
    _ type: hid_t, at place: HDF5Place
  ) throws -> (type: HDF5ElementType, order: HDF5ByteOrder) {
    try HDF5Library.locked {
      if H5Tcommitted(type) > 0 { throw refusal("a committed datatype", at: place) }
      switch H5Tget_class(type) {
      case H5T_INTEGER: return (try integer(type, at: place), try order(of: type, at: place))
      case H5T_FLOAT: return (try float(type, at: place), try order(of: type, at: place))
      case H5T_STRING: return (try string(type, at: place), .little)
      case H5T_ENUM:
        // NumPy's bool is an enumeration on int8.
        let base = try HDF5Library.call("H5Tget_super", at: place, otherwise: .damaged) {
          H5Tget_super(type)
        }
        defer { HDF5Library.release(base) }
        return (try integer(base, at: place), try order(of: base, at: place))
      case H5T_VLEN: throw refusal("variable-length data; store an array", at: place)
      case H5T_COMPOUND: throw refusal("a compound type", at: place)
      case H5T_REFERENCE: throw refusal("a reference", at: place)
      case H5T_OPAQUE where H5Tget_size(type) == 2: return (.opaquePair, .little)
      case H5T_OPAQUE: throw refusal("an opaque type", at: place)
      case H5T_BITFIELD: throw refusal("a bit field", at: place)
      case H5T_ARRAY: throw refusal("an array type; use a further dimension", at: place)
      case H5T_TIME: throw refusal("a time", at: place)
      default: throw refusal("a type of unknown class", at: place)
      }
    }
  }

  private static func refusal(_ what: String, at place: HDF5Place) -> HDF5Error {
    HDF5Error(.unsupported, at: place, "the element type is not supported: it is \(what)")
  }

  private static func order(of type: hid_t, at place: HDF5Place) throws -> HDF5ByteOrder {
    switch H5Tget_order(type) {
    case H5T_ORDER_LE, H5T_ORDER_NONE: return .little
    case H5T_ORDER_BE: return .big
    default: throw refusal("a number of mixed byte order", at: place)
    }
  }

  private static func integer(_ type: hid_t, at place: HDF5Place) throws -> HDF5ElementType {
    let byteCount = H5Tget_size(type)
    guard H5Tget_precision(type) == 8 * byteCount else {
      throw refusal("an integer that does not fill its bytes", at: place)
    }
    let isSigned = H5Tget_sign(type) == H5T_SGN_2
    switch byteCount {
    case 1: return isSigned ? .int8 : .uint8
    case 2: return isSigned ? .int16 : .uint16
    case 4: return isSigned ? .int32 : .uint32
    case 8: return isSigned ? .int64 : .uint64
    default: throw refusal("an integer of \(byteCount) bytes", at: place)
    }
  }

  private static func float(_ type: hid_t, at place: HDF5Place) throws -> HDF5ElementType {
    var (sign, exponent, exponentWidth, mantissa, mantissaWidth) = (0, 0, 0, 0, 0)
    try HDF5Library.call("H5Tget_fields", at: place, otherwise: .damaged) {
      H5Tget_fields(type, &sign, &exponent, &exponentWidth, &mantissa, &mantissaWidth)
    }
    let fields = FloatFields(
      sign, exponent, exponentWidth, mantissa, mantissaWidth, H5Tget_ebias(type))
    let byteCount = H5Tget_size(type)
    for (known, knownFields) in FloatFields.known
    where fields == knownFields && known.byteCount == byteCount {
      if H5Tget_norm(type) == H5T_NORM_IMPLIED { return known }
    }
    throw refusal("a floating-point number of an unknown kind, \(byteCount) bytes", at: place)
  }

  private static func string(_ type: hid_t, at place: HDF5Place) throws -> HDF5ElementType {
    let variable = try HDF5Library.call("H5Tis_variable_str", at: place, otherwise: .damaged) {
      H5Tis_variable_str(type)
    }
    guard variable == 0 else {
      throw refusal(
        "a variable-length string; store it with a fixed length "
          + "(h5py: dtype=h5py.string_dtype('utf-8', length))", at: place)
    }
    let byteCount = H5Tget_size(type)
    guard byteCount > 0, byteCount <= Int(Int32.max) else {
      throw refusal("a string of \(byteCount) bytes", at: place)
    }
    return .fixedString(byteCount: byteCount)
  }
}
