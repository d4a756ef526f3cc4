/// The memory in which an `Engine` runs: one for each caller, grown on first use, then reused.
///
/// A call with a workspace that a call of the same or a greater count has used before allocates
/// nothing. A copy costs its own memory, so pass it `inout`.
public struct Workspace: Sendable {
  /// Normalized pixels of one block.
  /// - Shape: `[rows, in]`.
  var pixels: [Float] = []
  var buffers = LayerBuffers()

  /// Creates an empty workspace, good for every engine.
  public init() {}
}

/// What stands between the layers while a block runs.
struct LayerBuffers: Sendable {
  /// What the layer reads.
  var current: [Float] = []
  /// What the layer writes.
  var next: [Float] = []
  /// What its kernel needs.
  var scratch = Scratch()

  mutating func reserve(rowCount: Int, width: Int, scratchWidth: Int) {
    current.grow(to: rowCount * width)
    next.grow(to: rowCount * width)
    scratch.reserve(rowCount * scratchWidth)
  }
}
