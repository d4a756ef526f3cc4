public import SpectrimCore

/// A model made ready to run: weights unpacked once, factors applied one after another.
///
/// An engine never changes, so that any number of threads may share it, each with a workspace of
/// its own, and get what one thread alone would get. How many threads BLAS uses within one call is
/// a setting of the process that the engine leaves alone.
public struct Engine: Sendable {
  /// How many examples, at most, go through the whole network before the next ones, so that what stands
  /// between the layers stays in the cache.
  /// - Source: measured on 10 000 rows of 784-500-300-10 with one thread. 64 to 512 rows take the
  ///   same time within a tenth; factors of rank 40/30 take 1.2 times as long with 16 rows and 1.3
  ///   times as long layer by layer.
  public static let blockRowCount = 64

  /// How many numbers of maps may stand between two steps, 1 MiB of floats: of large maps fewer
  /// go through the network at a time.
  private static let mapBudget = 1 << 18

  /// What the first layer expects.
  public let input: ModelInput
  /// How many scores an example gets.
  public let outputCount: Int
  /// The names of the classes, if known.
  public let labels: [String]?

  private let steps: [any CompiledStep]
  private let byteTable: [Float]
  /// The widest output of a step that another one reads.
  private let hiddenWidth: Int
  /// How many examples go through the network at a time.
  private let blockCount: Int

  /// Compiles a model.
  public init(_ model: Model) {
    input = model.input
    outputCount = model.outputCount
    labels = model.labels
    steps = compile(model)
    byteTable = model.input.normalization.byteTable
    hiddenWidth = steps.dropLast().map(\.outputWidth).max() ?? 0
    let mapWidth = model.featureShapes.map(\.mapWidth).max() ?? 0
    blockCount = max(1, min(Self.blockRowCount, Self.mapBudget / max(mapWidth, 1)))
  }

  /// Writes the scores of a batch of normalized examples to memory of the caller.
  /// - Shape: batch `[count, input.elementCount]`, scores `[count, outputCount]`.
  public func score(
    _ batch: Span<Float>, count: Int, into scores: inout MutableSpan<Float>,
    workspace: inout Workspace
  ) {
    checkCounts(inputs: batch.count, scores: scores.count, count)
    prepare(&workspace.buffers, count)
    let width = input.elementCount
    for start in stride(from: 0, to: count, by: blockCount) {
      let end = min(start + blockCount, count)
      var block = scores._mutatingExtracting(start * outputCount..<end * outputCount)
      run(
        batch.extracting(start * width..<end * width), count: end - start, into: &block,
        &workspace.buffers)
    }
  }

  /// Writes the scores of images to memory of the caller; the model's normalization is applied.
  /// - Shape: pixels `[count, input.elementCount]`, scores `[count, outputCount]`.
  public func score(
    pixels: Span<UInt8>, count: Int, into scores: inout MutableSpan<Float>,
    workspace: inout Workspace
  ) {
    checkCounts(inputs: pixels.count, scores: scores.count, count)
    prepare(&workspace.buffers, count)
    let width = input.elementCount
    workspace.pixels.grow(to: min(count, blockCount) * width)
    for start in stride(from: 0, to: count, by: blockCount) {
      let end = min(start + blockCount, count)
      normalize(pixels.extracting(start * width..<end * width), into: &workspace.pixels)
      var block = scores._mutatingExtracting(start * outputCount..<end * outputCount)
      run(workspace.pixels, count: end - start, into: &block, &workspace.buffers)
    }
  }

  private func checkCounts(inputs: Int, scores: Int, _ count: Int) {
    precondition(
      inputs == count * input.elementCount,
      "\(inputs) inputs for \(count) examples of \(input.elementCount)")
    precondition(
      scores == count * outputCount, "room for \(scores) scores, not \(count) × \(outputCount)")
  }

  private func prepare(_ buffers: inout StepBuffers, _ count: Int) {
    let count = min(count, blockCount)
    buffers.current.grow(to: count * hiddenWidth)
    buffers.next.grow(to: count * hiddenWidth)
    for step in steps { step.reserve(&buffers.scratch, count: count) }
  }

  private func normalize(_ pixels: Span<UInt8>, into values: inout [Float]) {
    var values = values.mutableSpan
    let table = byteTable.span
    for index in pixels.indices { values[index] = table[Int(pixels[index])] }
  }

  /// Runs one block of normalized pixels through all steps.
  private func run(
    _ block: [Float], count: Int, into scores: inout MutableSpan<Float>,
    _ buffers: inout StepBuffers
  ) {
    run(block.span, count: count, into: &scores, &buffers)
  }

  /// Runs one block through all steps.
  private func run(
    _ block: Span<Float>, count: Int, into scores: inout MutableSpan<Float>,
    _ buffers: inout StepBuffers
  ) {
    let last = steps.count - 1
    if last == 0 {
      steps[0].run(block, count: count, into: &scores, scratch: &buffers.scratch)
      return
    }
    steps[0].run(block, count: count, into: &buffers.current, scratch: &buffers.scratch)
    for step in steps[1..<last] {
      step.run(buffers.current, count: count, into: &buffers.next, scratch: &buffers.scratch)
      swap(&buffers.current, &buffers.next)
    }
    steps[last].run(buffers.current, count: count, into: &scores, scratch: &buffers.scratch)
  }
}

extension FeatureShape {
  /// Numbers of a map; 0 for a vector.
  fileprivate var mapWidth: Int {
    switch self {
    case .vector: 0
    case .map: elementCount
    }
  }
}
