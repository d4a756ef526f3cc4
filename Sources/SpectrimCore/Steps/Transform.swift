/// A step without a weight matrix.
public struct Transform: Sendable, Equatable {
  /// The name, unique within the model.
  public let name: String
  /// What is done.
  public let operation: Operation

  /// What a step without a weight matrix can do.
  public enum Operation: Sendable, Equatable {
    case pool(Pooling)
    /// A map becomes a vector: channel, then row, then column.
    case flatten
    case activation(Activation)
    case layerNormalization(LayerNormalization)
    case affine(ChannelAffine)
  }

  /// Names an operation.
  /// - Throws: `ModelError.invalid` when the name is empty.
  public init(name: String, _ operation: Operation) throws(ModelError) {
    guard !name.isEmpty else { throw .invalid("a step without a name") }
    self.name = name
    self.operation = operation
  }

  /// The word on disk and in reports.
  public var kind: Step.Kind {
    switch operation {
    case .pool(let pooling): pooling.kind == .maximum ? .maxPool2d : .averagePool2d
    case .flatten: .flatten
    case .activation: .activation
    case .layerNormalization: .layerNormalization
    case .affine: .affine
    }
  }

  /// Numbers that the step holds.
  public var parameterCount: Int {
    switch operation {
    case .pool, .flatten, .activation: 0
    case .layerNormalization(let norm): norm.scale.count + norm.shift.count
    case .affine(let affine): affine.scale.count + affine.shift.count
    }
  }
}

/// The maximum or the mean of what a window sees, channel by channel.
public struct Pooling: Sendable, Hashable {
  /// What is taken of the numbers in the window.
  public enum Kind: Sendable, Hashable, CaseIterable {
    case maximum
    case average
  }

  /// What is taken.
  public let kind: Kind
  /// How the window moves.
  public let window: Window
  /// Whether a mean counts the zeros of the padding.
  public let countsPadding: Bool

  /// Describes a pooling.
  /// - Throws: `ModelError.invalid` when a window could lie in the padding alone.
  public init(_ kind: Kind, window: Window, countsPadding: Bool = false) throws(ModelError) {
    let (padding, kernel) = (window.padding, window.kernel)
    guard padding.top < kernel.height, padding.bottom < kernel.height,
      padding.left < kernel.width, padding.right < kernel.width
    else { throw .invalid("a pooling whose padding is as wide as its window") }
    self.kind = kind
    self.window = window
    self.countsPadding = kind == .average && countsPadding
  }
}

/// `y = (x − mean) / √(variance + ε) · scale + shift` over all numbers of an example.
/// - Source: Ba, Kiros and Hinton 2016; the variance divides by the count.
public struct LayerNormalization: Sendable, Equatable {
  /// - Shape: one number per element of an example.
  public let scale: [Float]
  /// - Shape: one number per element of an example.
  public let shift: [Float]
  /// What keeps the root away from zero.
  public let epsilon: Float

  /// Joins the parts.
  /// - Throws: `ModelError.invalid` when the counts differ or ε is not a positive number.
  public init(scale: [Float], shift: [Float], epsilon: Float) throws(ModelError) {
    guard scale.count == shift.count, epsilon.isFinite, epsilon >= 0 else {
      throw .invalid(
        "a layer normalization of \(scale.count) scales, \(shift.count) shifts, epsilon \(epsilon)")
    }
    self.scale = scale
    self.shift = shift
    self.epsilon = epsilon
  }
}

/// `y = scale · x + shift` per channel of a map or element of a vector: a batch normalization that
/// could not be folded into a neighbour.
public struct ChannelAffine: Sendable, Equatable {
  /// - Shape: `[channels]`.
  public let scale: [Float]
  /// - Shape: `[channels]`.
  public let shift: [Float]

  /// Joins the parts.
  /// - Throws: `ModelError.invalid` when the counts differ.
  public init(scale: [Float], shift: [Float]) throws(ModelError) {
    guard scale.count == shift.count else {
      throw .invalid("\(scale.count) scales for \(shift.count) shifts")
    }
    self.scale = scale
    self.shift = shift
  }
}
