public import SpectrimCore

/// Integer codes that learn: numbers in units of one code, which the network sees rounded.
///
/// `value[i, j] = clamp(round(latent[i, j])) · row factor[i] · column factor[j]`, where a tie goes to
/// the even code and no code leaves `±largest`. The factors are frozen. Rounding is taken to have
/// the derivative 1, so that the gradient at a latent number is that at its value times both
/// factors: what is too small for the next code adds up until it is not. A row or column that is
/// absent has the factor 0, so that its codes, all 0, never move.
/// - Source: the straight-through estimator, Bengio, Léonard and Courville 2013.
public struct CodeParameter: Sendable {
  /// The codes before they are rounded, with their gradient.
  /// - Shape: that of the whole matrix, absent rows and columns included.
  public private(set) var latent: Parameter
  /// The largest code, 127 for 8 bits.
  private let largest: Float
  /// - Shape: `[rows]` and `[columns]`.
  private let factors: (rows: [Float], columns: [Float])

  /// Starts from the codes of a matrix.
  init(_ matrix: QuantizedMatrix) {
    let codes = matrix.allCodes
    latent = Parameter(Matrix(codes.shape, codes.elements.map(Float.init)))
    largest = Float(QuantizedMatrix.largestCode(bitsPerWeight: matrix.bitsPerWeight))
    factors = (matrix.rowScales, matrix.columnScales)
  }

  /// Starts from the codes of a bias, each with an exponent of its own.
  init(biasCodes codes: [Int8], exponents: [Int8]) {
    latent = Parameter(Matrix(Shape(1, codes.count), codes.map(Float.init)))
    largest = Float(QuantizedMatrix.largestCode(bitsPerWeight: 8))
    factors = ([1], exponents.map { Float(sign: .plus, exponent: Int($0), significand: 1) })
  }

  /// The codes as they are stored.
  /// - Shape: as `latent`.
  public var codes: Matrix<Int8> {
    Matrix(latent.shape, latent.values.map { Int8(Self.round($0, within: largest)) })
  }

  /// What the network sees.
  var values: Parameter {
    var result = Parameter(Matrix(repeating: 0, latent.shape))
    write(to: &result)
    return result
  }

  /// Puts the numbers that the rounded codes stand for where the network sees them.
  func write(to result: inout Parameter) {
    precondition(result.shape == latent.shape, "\(result.shape) for codes of \(latent.shape)")
    let (rowCount, width) = (latent.shape.rowCount, latent.shape.columnCount)
    let (source, rows, columns) = (latent.values.span, factors.rows.span, factors.columns.span)
    let largest = largest
    var target = result.values.mutableSpan
    // Unchecked: both hold `rowCount · width` numbers, and the factors fit the rows and columns.
    for row in 0..<rowCount {
      let (start, factor) = (row &* width, rows[unchecked: row])
      for column in 0..<width {
        let code = Self.round(source[unchecked: start &+ column], within: largest)
        target[unchecked: start &+ column] = code * factor * columns[unchecked: column]
      }
    }
  }

  /// Adds to `carry` times the earlier gradient at the codes that at their values.
  /// - Shape: as `latent`.
  mutating func accumulate(valueGradient: [Float], carry: Float) {
    let (rowCount, width) = (latent.shape.rowCount, latent.shape.columnCount)
    precondition(valueGradient.count == rowCount * width, "\(valueGradient.count) slopes")
    let factors = factors
    let (source, rows, columns) = (valueGradient.span, factors.rows.span, factors.columns.span)
    var target = latent.gradient.mutableSpan
    // Unchecked for the same reasons.
    for row in 0..<rowCount {
      let (start, factor) = (row &* width, rows[unchecked: row])
      for column in 0..<width {
        let slope = source[unchecked: start &+ column] * factor * columns[unchecked: column]
        target[unchecked: start &+ column] = carry * target[unchecked: start &+ column] + slope
      }
    }
  }

  /// Adds the gradient of `price · Σ log₂(1 + 2 |q|)`, about the bits that an entropy coder spends
  /// on the codes; a code at 0 has none.
  /// - Parameter price: nats of loss per bit.
  mutating func addRatePenalty(price: Float) {
    let scale = price * 2 * Self.log2OfE
    let latentValues = latent.values
    let values = latentValues.span
    var target = latent.gradient.mutableSpan
    // Unchecked: a gradient is as long as its values.
    for index in values.indices {
      let value = values[unchecked: index]
      let slope = scale / (1 + 2 * value.magnitude)
      target[unchecked: index] += value == 0 ? 0 : (value > 0 ? slope : -slope)
    }
  }

  /// Moves the latent numbers.
  mutating func update(_ optimizer: Optimizer, step: Int) {
    latent.update(optimizer, step: step)
  }

  /// The nearest code, a tie to the even one.
  ///
  /// Floats of this size have no fraction, so that adding and subtracting one rounds; unlike a call
  /// of the library it is done for several numbers at a time.
  private static func round(_ value: Float, within largest: Float) -> Float {
    let withoutFraction: Float = 0x1.8p23
    return max(-largest, min(largest, value)) + withoutFraction - withoutFraction
  }

  private static let log2OfE = Float(1.442_695_040_888_963_4)
}
