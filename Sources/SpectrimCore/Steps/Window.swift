/// A vertical and a horizontal number.
public struct Extent: Sendable, Hashable {
  /// Along the rows of a map.
  public let height: Int
  /// Along its columns.
  public let width: Int

  /// Pairs two numbers.
  public init(height: Int, width: Int) { (self.height, self.width) = (height, width) }
  /// The same number twice.
  public init(_ side: Int) { (height, width) = (side, side) }
}

/// The rows and columns that are put around a map.
public struct Padding: Sendable, Hashable {
  /// Rows above the map.
  public let top: Int
  /// Columns in front of it.
  public let left: Int
  /// Rows below it.
  public let bottom: Int
  /// Columns behind it.
  public let right: Int

  /// Names the four sides.
  public init(top: Int, left: Int, bottom: Int, right: Int) {
    (self.top, self.left, self.bottom, self.right) = (top, left, bottom, right)
  }
  /// The same on all sides.
  public init(_ count: Int) { self.init(top: count, left: count, bottom: count, right: count) }

  /// Whether nothing is put around the map.
  public var isEmpty: Bool { self == Padding(0) }
}

/// How a kernel moves over a map.
public struct Window: Sendable, Hashable {
  /// Rows and columns of the kernel.
  public let kernel: Extent
  /// Rows and columns from one position to the next.
  public let stride: Extent
  /// What is put around the map; zeros for a convolution, nothing at all for a maximum.
  public let padding: Padding
  /// Rows and columns from one element of the kernel to the next.
  public let dilation: Extent

  /// Describes a window.
  /// - Throws: `ModelError.invalid` when a side, step or padding is not plausible.
  public init(
    kernel: Extent, stride: Extent = Extent(1), padding: Padding = Padding(0),
    dilation: Extent = Extent(1)
  ) throws(ModelError) {
    let positive = [
      kernel.height, kernel.width, stride.height, stride.width, dilation.height, dilation.width,
    ]
    let sides = [padding.top, padding.left, padding.bottom, padding.right]
    guard positive.allSatisfy({ 1...Self.largestSide ~= $0 }),
      sides.allSatisfy({ 0...Self.largestSide ~= $0 })
    else {
      throw .invalid(
        "a window with kernel, stride, dilation \(positive) and padding \(sides); expected 1 to "
          + "\(Self.largestSide), padding from 0")
    }
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
  }

  /// Far above any kernel, so that no product of two numbers overflows.
  static let largestSide = 1 << 20

  /// Elements of the kernel on one channel.
  public var elementCount: Int { kernel.height * kernel.width }

  /// How many positions the window has on a map, or `nil` where it does not fit even once.
  public func positions(on map: Extent) -> Extent? {
    let reach = Extent(
      height: (kernel.height - 1) * dilation.height + 1,
      width: (kernel.width - 1) * dilation.width + 1)
    let rest = Extent(
      height: map.height + padding.top + padding.bottom - reach.height,
      width: map.width + padding.left + padding.right - reach.width)
    guard rest.height >= 0, rest.width >= 0 else { return nil }
    return Extent(height: rest.height / stride.height + 1, width: rest.width / stride.width + 1)
  }
}
