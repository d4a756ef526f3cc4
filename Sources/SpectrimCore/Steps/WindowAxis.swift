/// A window on a map along one axis.
package struct WindowAxis: Sendable {
  /// Elements of the kernel.
  package let kernel: Int
  /// From one position to the next.
  package let stride: Int
  /// What is put in front of the map.
  package let padding: Int
  /// From one element of the kernel to the next.
  package let dilation: Int
  /// Rows or columns of the map.
  package let side: Int
  /// Positions of the window.
  package let count: Int

  /// Where the first element of the kernel lies; negative in the padding.
  package func origin(at position: Int) -> Int { position &* stride &- padding }

  /// Which elements of the kernel lie on the map; none if all are in the padding.
  package func inside(at position: Int) -> Range<Int> {
    let origin = origin(at: position)
    let lower = origin >= 0 ? 0 : min(kernel, (dilation - 1 - origin) / dilation)
    if origin + (kernel - 1) * dilation < side { return lower..<kernel }
    return lower..<max(lower, (side - origin + dilation - 1) / dilation)
  }
}
