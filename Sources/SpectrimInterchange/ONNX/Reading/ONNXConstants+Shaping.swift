internal import SpectrimCore

/// Operators that arrange or scale constants.
extension ONNXConstants {
  /// Types do not matter where values stay what they are: a weight of 16 bits remains one.
  func cast(_ value: inout ONNXConstant, _ node: ONNXNodeProto) throws {
    guard case .tensor(let tensor) = value.elements,
      let target = ScalarType(onnxType: Int32(clamping: node.integer("to", default: 0)))
    else { throw ONNXObstacle.unknown(node) }
    switch (tensor.type.elementType, target.elementType) {
    case (.some(let source), .some(let elementType)):
      guard source != elementType, elementType != .float32 else { return }
      value.elements = .tensor(
        Tensor(tensor.floats, storedAs: elementType, shape: value.shape))
    case (nil, nil):
      guard let integers = tensor.integers else { throw ONNXObstacle.unknown(node) }
      value.elements = .tensor(Tensor(onnxIntegers: integers.map(Int64.init), shape: value.shape))
    default: throw ONNXObstacle.form(node, "changes the kind of `\(value.name)`")
    }
  }

  func transpose(_ value: inout ONNXConstant, _ node: ONNXNodeProto) throws {
    let rank = value.shape.count
    let order = node.integers("perm") ?? Array((0..<rank).reversed())
    guard order.sorted() == Array(0..<rank), value.copyCount == 1 else {
      throw ONNXObstacle.form(node, "has an order \(order) that does not fit \(value.shape)")
    }
    switch value.elements {
    case _ where order == Array(0..<rank): break
    case .quantized(let matrix) where rank == 2 && matrix.shape.rowCount == value.shape[0]:
      guard let transposed = matrix.transposed else { throw ONNXObstacle.unknown(node) }
      value.elements = .quantized(transposed)
    case .quantized(let matrix):
      value.elements = .tensor(
        Tensor(matrix.materialized().elements, storedAs: .float32, shape: value.shape)
          .transposed(order))
    case .tensor(let tensor): value.elements = .tensor(tensor.transposed(order))
    }
    value.shape = order.map { value.shape[$0] }
  }

  mutating func reshape(_ value: inout ONNXConstant, _ node: ONNXNodeProto) throws {
    let given = try node.input(1).map { try self.value(of: $0) }?.integers ?? node.integers("axes")
    let shape: [Int]
    switch (node.opType, given) {
    case ("Squeeze", let axes):
      let places = axes?.map { $0 < 0 ? $0 + value.shape.count : $0 }
      shape = value.shape.enumerated().filter { places?.contains($0.offset) != true }
        .map(\.element).filter { places != nil || $0 != 1 }
    case ("Unsqueeze", .some(let axes)) where axes.count <= 8:
      var sides = value.shape
      for axis in axes.map({ $0 < 0 ? $0 + value.shape.count + axes.count : $0 }).sorted() {
        guard 0...sides.count ~= axis else { throw ONNXObstacle.unknown(node) }
        sides.insert(1, at: axis)
      }
      shape = sides
    case ("Reshape", .some(let target)): shape = Self.resolved(target, from: value.shape)
    default: throw ONNXObstacle.unknown(node)
    }
    guard value.copyCount == 1, shape.elementCount == value.count else {
      throw ONNXObstacle.form(node, "does not fit `\(value.name)`")
    }
    value.shape = shape
    if case .tensor(let tensor) = value.elements {
      value.elements = .tensor(Tensor(type: tensor.type, shape: shape, bytes: tensor.bytes))
    }
  }

  /// The sides that a target means, 0 being that of the source and −1 the rest.
  private static func resolved(_ target: [Int], from source: [Int]) -> [Int] {
    var shape = target.enumerated().map {
      $0.element == 0 && $0.offset < source.count ? source[$0.offset] : $0.element
    }
    if let rest = shape.firstIndex(of: -1) {
      let known = shape.filter { $0 != -1 }.elementCount ?? 0
      shape[rest] = known > 0 ? source.reduce(1, *) / known : -1
    }
    return shape
  }

  /// Copies along the first axis are counted, not made.
  mutating func tile(_ value: inout ONNXConstant, _ node: ONNXNodeProto) throws {
    let repeats = try node.input(1).map { try self.value(of: $0) }?.integers ?? []
    guard repeats.count == value.shape.count, let count = repeats.first, count >= 1,
      count <= 1 << 20, repeats.dropFirst().allSatisfy({ $0 == 1 }), value.copyCount == 1
    else { throw ONNXObstacle.unknown(node) }
    value.copyCount = count
  }

  /// Codes times a row of factors, or a column of them.
  mutating func multiply(_ value: inout ONNXConstant, _ node: ONNXNodeProto) throws {
    guard let second = node.input(1), case .quantized(let matrix) = value.elements,
      value.shape.count == 2
    else { throw ONNXObstacle.unknown(node) }
    let factor = try self.value(of: second)
    guard let scales = factor.floats, factor.shape == [1, matrix.shape.columnCount],
      matrix.columnFactors == nil, matrix.shape.rowCount == value.shape[0]
    else { throw ONNXObstacle.unknown(node) }
    let (factors, kept) = QuantizedTensor.factors(scales, of: matrix.codes.transposed)
    guard
      let scaled = try? QuantizedMatrix(
        codes: kept.transposed, bitsPerWeight: matrix.bitsPerWeight, rowFactors: matrix.rowFactors,
        columnFactors: factors)
    else { throw ONNXObstacle.unknown(node) }
    value.elements = .quantized(scaled)
  }
}

extension Tensor {
  /// The tensor with its axes in another order, which names every axis once.
  fileprivate func transposed(_ order: [Int]) -> Tensor {
    let strides = StridedBytes.strides(of: shape)
    let view = StridedBytes(
      shape: order.map { shape[$0] }, strides: order.map { strides[$0] }, offset: 0,
      elementByteCount: type.byteCount)
    return Tensor(
      type: type, shape: view.shape, bytes: view.gathered(from: bytes, isBigEndian: false))
  }
}
