internal import Foundation
internal import SpectrimCore

/// Reads the tensors of one model, wherever their elements stand.
struct ONNXTensorReader: Sendable {
  /// The model.
  let file: String

  /// The type and sides of a tensor whose elements can be counted; `nil` for a type Spectrim does
  /// not know.
  func header(_ tensor: ONNXTensorProto) throws -> (type: ScalarType, shape: [Int])? {
    guard let type = ScalarType(onnxType: tensor.dataType) else { return nil }
    let shape = tensor.dims.map(Int.init)
    guard countedBytes(shape, type) != nil else {
      throw invalid(tensor, "sides \(shape) are not counts that can be multiplied")
    }
    return (type, shape)
  }

  /// Reads a tensor.
  /// - Throws: `InterchangeError` when its bytes do not match its sides.
  func tensor(_ tensor: ONNXTensorProto) throws -> Tensor {
    guard let (type, shape) = try header(tensor) else {
      throw InterchangeError(
        .unsupported, file: file,
        "\(owner(tensor)): data type \(tensor.dataType) is not one that Spectrim reads",
        found: "\(tensor.dataType)")
    }
    let byteCount = shape.reduce(type.byteCount, *)
    let bytes =
      if tensor.dataLocation == .external {
        try ExternalData(tensor, owner: owner(tensor), file: file).bytes(count: byteCount)
      } else if tensor.hasRawData {
        [UInt8](tensor.rawData)
      } else {
        try typedBytes(of: tensor, type)
      }
    guard bytes.count == byteCount else {
      throw invalid(
        tensor, "\(bytes.count) bytes for \(type.rawValue) of shape \(shape); expected \(byteCount)"
      )
    }
    return Tensor(type: type, shape: shape, bytes: bytes)
  }

  /// The elements that stand in one of the fields of numbers.
  private func typedBytes(of tensor: ONNXTensorProto, _ type: ScalarType) throws -> [UInt8] {
    switch type {
    case .float32: Self.littleEndian(tensor.floatData.map(\.bitPattern))
    case .float64: Self.littleEndian(tensor.doubleData.map(\.bitPattern))
    case .int64: Self.littleEndian(tensor.int64Data)
    case .uint64: Self.littleEndian(tensor.uint64Data)
    case .uint32: try narrowed(tensor, tensor.uint64Data, UInt32.self)
    case .int32: Self.littleEndian(tensor.int32Data)
    case .int16: try narrowed(tensor, tensor.int32Data, Int16.self)
    case .uint16, .float16, .bfloat16: try narrowed(tensor, tensor.int32Data, UInt16.self)
    case .int8: try narrowed(tensor, tensor.int32Data, Int8.self)
    case .uint8, .bool: try narrowed(tensor, tensor.int32Data, UInt8.self)
    }
  }

  private func narrowed<Wide: FixedWidthInteger, Narrow: FixedWidthInteger>(
    _ tensor: ONNXTensorProto, _ values: [Wide], _ type: Narrow.Type
  ) throws -> [UInt8] {
    Self.littleEndian(
      try values.map { value in
        guard let narrow = Narrow(exactly: value) else {
          throw invalid(tensor, "\(value) does not fit its type")
        }
        return narrow
      })
  }

  private static func littleEndian<Number: FixedWidthInteger>(_ values: [Number]) -> [UInt8] {
    values.map(\.littleEndian).withUnsafeBytes { [UInt8]($0) }
  }

  private func owner(_ tensor: ONNXTensorProto) -> String { "tensor `\(tensor.name)`" }

  private func invalid(_ tensor: ONNXTensorProto, _ message: String) -> InterchangeError {
    InterchangeError(.invalid, file: file, "\(owner(tensor)): \(message)")
  }
}
