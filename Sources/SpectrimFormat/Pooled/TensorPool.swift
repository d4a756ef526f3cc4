public import SpectrimCore

/// One of the datasets of `/pool` that hold tensors; the raw value is its name.
public enum TensorPool: String, Sendable, CaseIterable {
  /// Codes and exponents.
  case int8
  /// Codes in zigzag order, bit-shuffled: what is stored for −1, 1, −2, 2 is 1, 2, 3, 4.
  ///
  /// The name differs from that of the type, so that a reader that does not know the order finds
  /// no pool instead of wrong codes.
  case zigzag8
  case float16 = "f16"
  case bfloat16 = "bf16"
  case float32 = "f32"

  /// The type of its tensors.
  public var tensorType: ScalarType {
    switch self {
    case .int8, .zigzag8: .int8
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .float32: .float32
    }
  }

  /// The type of the elements of the dataset.
  public var storedType: ScalarType { self == .zigzag8 ? .uint8 : tensorType }

  /// The pool of a type without any packing; `nil` if no weight has the type.
  init?(_ type: ScalarType) {
    switch type {
    case .int8: self = .int8
    case .float16: self = .float16
    case .bfloat16: self = .bfloat16
    case .float32: self = .float32
    default: return nil
    }
  }
}
