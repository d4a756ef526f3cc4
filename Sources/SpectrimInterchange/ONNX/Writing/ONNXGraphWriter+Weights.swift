internal import SpectrimCore

/// A matrix of a layer, and how it stands in the representation.
struct ONNXFactor {
  /// How the elements are stored.
  enum Elements {
    case floats(WeightMatrix)
    case codes(QuantizedMatrix)
  }
  /// The place of a factor in its layer, from the input side.
  enum Place {
    case only
    case first
    case middle
    case last
  }

  let elements: Elements
  /// Whether the matrix is `[in, out]`, as `V` is stored.
  var isTransposed = false
  let place: Place

  /// Rows and columns as stored.
  private var storedShape: Shape {
    switch elements {
    case .floats(let matrix): matrix.shape
    case .codes(let matrix): matrix.shape
    }
  }
  /// `[out, in]`.
  var shape: Shape { isTransposed ? storedShape.transposed : storedShape }
}

/// Weights as they are stored: codes stay codes, 16 bits stay 16 bits.
extension ONNXGraphWriter {
  /// Multiplies a vector with a factor.
  mutating func linear(
    _ input: String, _ factor: ONNXFactor, named name: String, layer: String, bias: Bias?
  ) throws -> String {
    let weight: String
    var isTransposed = factor.isTransposed
    switch factor.elements {
    case .floats(let matrix):
      weight = try floats(
        name, matrix.values.elements, storedAs: matrix.elementType,
        sides: [matrix.shape.rowCount, matrix.shape.columnCount])
    case .codes(let matrix):
      isTransposed = isTransposed != matrix.hasColumnFactorsOnly
      weight = try self.matrix(matrix, named: name)
    }
    let constants = try bias.map { [try add($0, named: "\(layer).bias")] } ?? []
    return node(
      "Gemm", [input, weight] + constants, named: layer,
      [.init("transB", isTransposed ? 0 : 1)])
  }

  /// Moves a factor over a map: the first with the kernel, those behind it point by point.
  mutating func convolve(
    _ input: String, _ factor: ONNXFactor, _ convolution: Convolution, named name: String,
    layer: String, bias: Bias?
  ) throws -> String {
    let isWide = factor.place == .only || factor.place == .first
    let window = isWide ? convolution.window : try Window(kernel: Extent(1))
    let (kernel, groups) = (window.kernel, convolution.groups)
    let sides = [
      factor.shape.rowCount, factor.shape.columnCount / window.elementCount, kernel.height,
      kernel.width,
    ]
    var weight = try self.kernel(factor, named: name, sides: sides)
    if groups > 1, factor.place == .first || factor.place == .middle {
      // Every group multiplies with the same factor, which is stored once.
      weight = node(
        "Tile", [weight, try integers("\(name).groups", [groups, 1, 1, 1])], named: name)
    }
    let constants = try bias.map { [try add($0, named: "\(layer).bias")] } ?? []
    return node(
      "Conv", [input, weight] + constants, named: layer,
      window.attributes + [.init("group", groups)])
  }

  /// The matrix of a factor with the sides of a kernel.
  private mutating func kernel(
    _ factor: ONNXFactor, named name: String, sides: [Int]
  ) throws -> String {
    switch factor.elements {
    case .floats(let matrix):
      let values = factor.isTransposed ? matrix.values.transposed : matrix.values
      return try floats(name, values.elements, storedAs: matrix.elementType, sides: sides)
    case .codes(let matrix) where matrix.columnFactors == nil && !factor.isTransposed:
      return try self.matrix(matrix, named: name, sides: sides)
    case .codes(let matrix):
      var value = try self.matrix(matrix, named: name)
      if factor.isTransposed != matrix.hasColumnFactorsOnly {
        value = node("Transpose", [value], named: name, [.init("perm", [1, 0])])
      }
      return node(
        "Reshape", [value, try integers("\(name).sides", sides)], named: name)
    }
  }

  /// The values that codes stand for: along the rows by `DequantizeLinear`, along the columns by a
  /// multiplication, so that no code is stored as a float. A matrix with factors along its columns
  /// only is transposed, since ONNX Runtime is several times faster along the first axis.
  private mutating func matrix(
    _ matrix: QuantizedMatrix, named name: String, sides: [Int]? = nil
  ) throws -> String {
    let isTransposed = matrix.hasColumnFactorsOnly
    let complete = matrix.completeCodes
    let stored = isTransposed ? complete.transposed : complete
    let codes = try initializer(
      name, Tensor(stored.elements, shape: sides ?? [stored.rowCount, stored.columnCount]))
    let rows = (isTransposed ? matrix.columnFactors : matrix.rowFactors)?.values ?? [1]
    let scales = try floats("\(name).scale", rows, sides: rows.count == 1 ? [] : [rows.count])
    let value = node("DequantizeLinear", [codes, scales], named: name, [.init("axis", 0)])
    guard !isTransposed, let second = matrix.columnFactors?.values else { return value }
    let columns =
      second.count == 1 ? Array(repeating: second[0], count: stored.columnCount) : second
    return node(
      "Mul", [value, try floats("\(name).columns", columns, sides: [1, columns.count])],
      named: name)
  }

  /// The constant of a layer.
  private mutating func add(_ bias: Bias, named name: String) throws -> String {
    switch bias {
    case .values(let values, let elementType):
      return try floats(name, values, storedAs: elementType, sides: [values.count])
    case .codes(let codes, let exponents):
      let stored = try initializer(name, Tensor(codes, shape: [codes.count]))
      let scales = exponents.map { Float(sign: .plus, exponent: Int($0), significand: 1) }
      return node(
        "DequantizeLinear",
        [
          stored,
          try floats("\(name).scale", scales, sides: scales.count == 1 ? [] : [scales.count]),
        ],
        named: name, [.init("axis", 0)])
    }
  }
}

extension ScaleFactors {
  /// The factors as floats, 0 for what is absent.
  fileprivate var values: [Float] {
    switch self {
    case .scales(let values, _): values
    case .exponents(let exponents):
      exponents.map {
        $0 == Self.absent ? 0 : Float(sign: .plus, exponent: Int($0), significand: 1)
      }
    }
  }

  /// Which rows (columns) are there; `nil` if all are.
  fileprivate var presence: [Bool]? {
    guard case .exponents(let exponents) = self, exponents.contains(Self.absent) else { return nil }
    return exponents.map { $0 != Self.absent }
  }
}

extension QuantizedMatrix {
  /// Whether there are factors along the columns and none along the rows.
  fileprivate var hasColumnFactorsOnly: Bool { rowFactors == nil && columnFactors != nil }

  /// The codes with zeros in the rows and columns that are absent.
  fileprivate var completeCodes: Matrix<Int8> {
    let (rows, columns) = (rowFactors?.presence, columnFactors?.presence)
    guard rows != nil || columns != nil else { return codes }
    var (complete, next) = (Matrix<Int8>(repeating: 0, shape), 0)
    for row in 0..<shape.rowCount where rows?[row] ?? true {
      for column in 0..<shape.columnCount where columns?[column] ?? true {
        complete[row, column] = codes.elements[next]
        next += 1
      }
    }
    return complete
  }
}

extension Window {
  /// The numbers of a convolution or pooling without its kernel.
  var attributes: [ONNXAttributeProto] {
    [
      .init("kernel_shape", [kernel.height, kernel.width]),
      .init("strides", [stride.height, stride.width]),
      .init("pads", [padding.top, padding.left, padding.bottom, padding.right]),
      .init("dilations", [dilation.height, dilation.width]),
    ]
  }
}
