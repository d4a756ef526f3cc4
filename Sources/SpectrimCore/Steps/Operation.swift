/// What a layer does with its weight.
public enum Operation: Sendable, Hashable {
  /// `y = W x + b`.
  case linear
  /// The same at every position of a window, where `x` is what the window sees.
  case conv2d(Convolution)

  /// The word on disk and in reports.
  public var kind: Step.Kind {
    switch self {
    case .linear: .linear
    case .conv2d: .conv2d
    }
  }
}

/// A convolution, whose weight is the matrix `[out, in / groups · height · width]` with the input
/// channel first, then the row, then the column of the kernel.
public struct Convolution: Sendable, Hashable {
  /// How the kernel moves.
  public let window: Window
  /// Into how many parts inputs and outputs are divided that do not see one another; as many as
  /// input channels make a depthwise convolution.
  public let groups: Int

  /// Describes a convolution.
  /// - Throws: `ModelError.invalid` when there is not at least one group.
  public init(window: Window, groups: Int = 1) throws(ModelError) {
    guard groups >= 1 else { throw .invalid("\(groups) groups; expected 1 or more") }
    self.window = window
    self.groups = groups
  }
}
