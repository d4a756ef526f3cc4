#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The function applied to the outputs of a layer.
/// - Source: chapter 3 of the course, whose GELU is `geluTanh`; `gelu` is the exact form.
public enum Activation: Sendable, Hashable {
  case none
  case relu
  /// `x` above zero, `slope · x` below.
  case leakyReLU(slope: Float)
  case gelu
  case geluTanh
  case swish
  case sigmoid
  case tanh
  case softmax

  /// The names of the functions; the raw value is the word on disk and in reports.
  public enum Kind: String, Sendable, CaseIterable, Codable {
    case none
    case relu
    case leakyReLU = "leaky_relu"
    case gelu
    case geluTanh = "gelu_tanh"
    case swish
    case sigmoid
    case tanh
    case softmax
  }

  /// Which function this is.
  public var kind: Kind {
    switch self {
    case .none: .none
    case .relu: .relu
    case .leakyReLU: .leakyReLU
    case .gelu: .gelu
    case .geluTanh: .geluTanh
    case .swish: .swish
    case .sigmoid: .sigmoid
    case .tanh: .tanh
    case .softmax: .softmax
    }
  }

  /// The function of that name.
  /// - Parameter slope: that of `leakyReLU` below zero.
  public init(_ kind: Kind, slope: Float = Self.leakySlope) {
    switch kind {
    case .none: self = .none
    case .relu: self = .relu
    case .leakyReLU: self = .leakyReLU(slope: slope)
    case .gelu: self = .gelu
    case .geluTanh: self = .geluTanh
    case .swish: self = .swish
    case .sigmoid: self = .sigmoid
    case .tanh: self = .tanh
    case .softmax: self = .softmax
    }
  }

  /// The slope of `leakyReLU` where none is said: that of chapter 3, PyTorch and ONNX.
  public static let leakySlope: Float = 0.01

  /// Applies the function to every row of a batch; `softmax` works within a row.
  /// - Shape: `[count, out]` before and after.
  public func apply(to batch: inout Matrix<Float>) {
    let columnCount = batch.columnCount
    var values = batch.elements.mutableSpan
    apply(to: &values, columnCount: columnCount)
  }

  /// Applies the function in place to whole rows of `columnCount` elements each.
  public func apply(to values: inout MutableSpan<Float>, columnCount: Int) {
    switch self {
    case .none: break
    case .relu:
      // Unlike `max`, the comparison keeps a NaN.
      for index in values.indices { values[index] = values[index] < 0 ? 0 : values[index] }
    case .softmax:
      for start in stride(from: 0, to: values.count, by: max(columnCount, 1)) {
        Self.softmax(&values, start..<start + columnCount)
      }
    default: for index in values.indices { values[index] = value(values[index]) }
    }
  }

  /// The function of one number; `softmax`, which needs a whole row, has none.
  private func value(_ x: Float) -> Float {
    switch self {
    case .none, .softmax: x
    case .relu: x < 0 ? 0 : x
    case .leakyReLU(let slope): x > 0 ? x : slope * x
    case .gelu: 0.5 * x * (1 + erff(x * Float(0.5).squareRoot()))
    case .geluTanh: 0.5 * x * (1 + tanhf(Self.geluScale * (x + 0.044715 * x * x * x)))
    case .swish: x * Self.logistic(x)
    case .sigmoid: Self.logistic(x)
    case .tanh: tanhf(x)
    }
  }

  /// `√(2/π)`.
  static let geluScale: Float = 0.797_884_56

  /// `1 / (1 + e⁻ˣ)`; the exponential may overflow to infinity, which gives the right limit 0, so
  /// that the clipping to ±500 of chapter 3 is not needed.
  private static func logistic(_ x: Float) -> Float { 1 / (1 + expf(-x)) }

  /// `e^(xᵢ − max x) / Σ`, which cannot overflow.
  private static func softmax(_ values: inout MutableSpan<Float>, _ row: Range<Int>) {
    var largest = -Float.infinity
    for index in row { largest = max(largest, values[index]) }
    var sum: Float = 0
    for index in row {
      values[index] = expf(values[index] - largest)
      sum += values[index]
    }
    for index in row { values[index] /= sum }
  }
}

extension Activation: CaseIterable {
  /// Every function, `leakyReLU` with its usual slope.
  public static var allCases: [Activation] { Kind.allCases.map { Activation($0) } }
}
