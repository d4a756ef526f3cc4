import SpectrimCore
import SpectrimTestSupport
import Testing

@Suite struct ActivationTests {
  static let values: [Float] =
    [-500, -104, -88.8, -20, -5, -1.5, -1, -1e-3, -1e-30, -0.0, 0, 1e-30, 1e-3, 0.5, 1, 3, 9, 20]
    + [88.8, 104, 500, 1e4, -1e4]

  /// The definitions in double precision; the rows of softmax are all values, then constants.
  static let program = """
    import sys, math
    rows = [[float(x) for x in row.split(",")] for row in sys.argv[2].split(";")]
    def logistic(x): return 1 / (1 + math.exp(-x)) if x > -700 else 0.0
    root = math.sqrt(2 / math.pi)
    functions = {
        "none": lambda x: x,
        "relu": lambda x: max(x, 0),
        "leaky_relu": lambda x: x if x > 0 else 0.01 * x,
        "gelu": lambda x: 0.5 * x * (1 + math.erf(x / math.sqrt(2))),
        "gelu_tanh": lambda x: 0.5 * x * (1 + math.tanh(root * (x + 0.044715 * x ** 3))),
        "swish": lambda x: x * logistic(x),
        "sigmoid": logistic,
        "tanh": math.tanh,
    }
    def softmax(row):
        powers = [math.exp(x - max(row)) for x in row]
        return [p / sum(powers) for p in powers]
    function = functions.get(sys.argv[1])
    for row in rows: print(*(softmax(row) if function is None else map(function, row)))
    """

  @Test(.needsPython, arguments: Activation.allCases)
  func everyFunctionIsItsDefinitionAlsoAtTheExtremes(activation: Activation) throws {
    let rows = [
      Self.values, Self.values.map { $0 / 100 }, Self.values.map { _ in 500 },
      Self.values.map { _ in -500 },
    ]
    let text = rows.map { $0.map { "\(Double($0))" }.joined(separator: ",") }
      .joined(separator: ";")
    let output = try Python.run(Self.program, [activation.kind.rawValue, text])
    let expected = output.split { $0 == " " || $0 == "\n" }.compactMap { Double($0) }
    var batch = Matrix(rows: rows)
    activation.apply(to: &batch)
    #expect(expected.count == batch.elements.count)
    for (index, wanted) in expected.enumerated() {
      let (x, found) = (
        rows[index / Self.values.count][index % Self.values.count], batch.elements[index]
      )
      // A few roundings of 2⁻²⁴ = 6e-8 each; GELU subtracts near its left end, in parts of |x|.
      let tolerance = 1e-6 * max(abs(wanted), activation.cancels ? Double(abs(x)) : 0) + 1e-30
      #expect(abs(Double(found) - wanted) <= tolerance, "\(activation)(\(x)) = \(found)")
    }
  }

  @Test(arguments: Activation.allCases)
  func aNaNStaysVisible(activation: Activation) {
    var batch = Matrix<Float>(rows: [[1, .nan], [.nan, -1]])
    activation.apply(to: &batch)
    #expect(batch[0, 1].isNaN)
    #expect(batch[1, 0].isNaN)
    if activation != .softmax { #expect(!batch[0, 0].isNaN && !batch[1, 1].isNaN) }
  }

  @Test(arguments: Activation.allCases)
  func anEmptyBatchStaysEmpty(activation: Activation) {
    for shape in [Shape(0, 0), Shape(0, 3), Shape(3, 0)] {
      var batch = Matrix<Float>(shape, [])
      activation.apply(to: &batch)
      #expect(batch.shape == shape)
    }
  }

  @Test func softmaxRowsSumToOne() {
    var batch = Matrix<Float>(rows: [[500, -500, 0], [-500, -500, -500]])
    Activation.softmax.apply(to: &batch)
    let third: Float = 1 / 3
    #expect(batch == Matrix(rows: [[1, 0, 0], [third, third, third]]))
  }
}

extension Activation {
  /// Whether the result is a small difference of large numbers for negative x.
  fileprivate var cancels: Bool { self == .gelu || self == .geluTanh }
}
