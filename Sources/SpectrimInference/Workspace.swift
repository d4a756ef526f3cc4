/// The memory in which an `Engine` runs: one for each caller, grown on first use, then reused.
///
/// A call with a workspace that a call of the same or a greater count has used before allocates
/// nothing. A copy costs its own memory, so pass it `inout`.
public struct Workspace: Sendable {
  /// Normalized pixels of one block.
  /// - Shape: `[rows, in]`.
  var pixels: [Float] = []
  var buffers = StepBuffers()

  /// Creates an empty workspace, good for every engine.
  public init() {}

  /// Bytes of all buffers.
  package var byteCount: Int {
    let scratch = buffers.scratch
    let arrays = [
      pixels, buffers.current, buffers.next, scratch.patches, scratch.part, scratch.kernel.first,
      scratch.kernel.second,
    ]
    return arrays.reduce(0) { $0 + 4 * $1.count }
  }
}

/// What stands between the steps while a block runs.
struct StepBuffers: Sendable {
  /// What the step reads.
  var current: [Float] = []
  /// What the step writes.
  var next: [Float] = []
  /// What it needs besides.
  var scratch = StepScratch()
}
