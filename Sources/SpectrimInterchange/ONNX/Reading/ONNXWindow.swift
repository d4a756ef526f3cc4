internal import SpectrimCore

/// The window of a convolution or pooling, with paddings resolved for the map it lies on.
struct ONNXWindow {
  /// The window.
  let window: Window

  /// Reads `strides`, `dilations`, `pads`, `auto_pad` and `ceil_mode`.
  /// - Throws: `ModelError` when a number is not plausible, `ONNXObstacle` for a form that has no
  ///   window here.
  init(_ node: ONNXNodeProto, kernel: Extent, on map: Extent) throws {
    func pair(_ name: String) throws -> Extent {
      let values = node.integers(name) ?? [1, 1]
      guard values.count == 2 else { throw ONNXObstacle.form(node, "is not over a plane") }
      return Extent(height: values[0], width: values[1])
    }
    let (stride, dilation) = (try pair("strides"), try pair("dilations"))
    // Checks all numbers before anything is computed with them.
    let bare = try Window(kernel: kernel, stride: stride, dilation: dilation)
    let pads = node.integers("pads") ?? [0, 0, 0, 0]
    guard pads.count == 4 else { throw ONNXObstacle.form(node, "is not over a plane") }
    var padding: Padding
    switch node.text("auto_pad") ?? "NOTSET" {
    case "NOTSET", "":
      padding = Padding(top: pads[0], left: pads[1], bottom: pads[2], right: pads[3])
    case "VALID": padding = Padding(0)
    case "SAME_UPPER": padding = bare.samePadding(on: map)
    case "SAME_LOWER": padding = bare.samePadding(on: map, oddFirst: true)
    default: throw ONNXObstacle.form(node, "has a padding of an unknown kind")
    }
    let padded = try Window(kernel: kernel, stride: stride, padding: padding, dilation: dilation)
    if node.integer("ceil_mode", default: 0) != 0 {
      padding = try Self.roundedUp(padded, on: map, node)
    }
    window = try Window(kernel: kernel, stride: stride, padding: padding, dilation: dilation)
  }

  /// The padding with what a last window needs that begins inside the map and ends outside.
  private static func roundedUp(
    _ window: Window, on map: Extent, _ node: ONNXNodeProto
  ) throws -> Padding {
    guard let floor = window.positions(on: map) else {
      throw ONNXObstacle.form(node, "has a window that does not fit its map")
    }
    let padding = window.padding
    func missing(
      _ count: Int, _ stride: Int, _ reach: Int, _ length: Int, before: Int, after: Int
    ) throws -> Int {
      let start = count * stride
      let rest = start - stride + reach - (length + before + after)
      guard rest != 0 else { return 0 }
      guard start < length + before, node.integer("count_include_pad", default: 0) == 0 else {
        throw ONNXObstacle.form(node, "rounds the number of its windows up")
      }
      return start + reach - (length + before + after)
    }
    let (kernel, dilation) = (window.kernel, window.dilation)
    let bottom = try missing(
      floor.height, window.stride.height, (kernel.height - 1) * dilation.height + 1, map.height,
      before: padding.top, after: padding.bottom)
    let right = try missing(
      floor.width, window.stride.width, (kernel.width - 1) * dilation.width + 1, map.width,
      before: padding.left, after: padding.right)
    return Padding(
      top: padding.top, left: padding.left, bottom: padding.bottom + bottom,
      right: padding.right + right)
  }
}
