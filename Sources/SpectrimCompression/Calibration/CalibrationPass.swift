internal import SpectrimCore
internal import SpectrimTraining

/// Runs networks over all examples, block by block, several blocks at once.
///
/// Blocks have one size whatever the number of threads, and what they give is put together in
/// their order, so that no bit of a result depends on the threads.
struct CalibrationPass {
  let data: any CalibrationData
  let threadCount: Int
  /// Examples of a block; the last one takes what is left.
  private let blockSize: Int

  /// Numbers in the buffers of one block, 64 MiB; networks of vectors get the largest block.
  private static let tapeElementCount = 1 << 24
  private static let blockSizes = 8...512

  /// Plans blocks for networks of the shape of `network`.
  init(_ network: Network, over data: any CalibrationData, threadCount: Int) {
    self.data = data
    self.threadCount = threadCount
    let perExample = Tape(for: network, capacity: 1).elementCount
    blockSize = min(
      max(Self.tapeElementCount / perExample, Self.blockSizes.lowerBound),
      Self.blockSizes.upperBound, max(data.count, 1))
  }

  /// One network with its buffers, in the hands of one block at a time.
  ///
  /// Unchecked: `run` gives every worker to one task and waits for all of a wave.
  final class Worker: @unchecked Sendable {
    var network: Network
    var tape: Tape

    init(_ network: Network, capacity: Int) {
      self.network = network
      tape = Tape(for: network, capacity: capacity)
    }
  }

  /// Gives every block to `body` and what it made to `collect`, in order.
  /// - Parameter networks: what a worker gets, one for each.
  func run<Part: Sendable>(
    _ networks: [Network], _ body: @Sendable ([Worker], Block) -> Part,
    collect: (Part) -> Void, progress: ((Double) -> Void)? = nil
  ) throws {
    let starts = Array(stride(from: 0, to: data.count, by: blockSize))
    let lanes = (0..<min(threadCount, starts.count)).map { _ in
      networks.map { Worker($0, capacity: blockSize) }
    }
    for wave in stride(from: 0, to: starts.count, by: threadCount) {
      progress?(Double(wave) / Double(starts.count))
      let places = wave..<min(wave + threadCount, starts.count)
      let parts = try SideBySide.map(places) { place in
        let range = starts[place]..<min(starts[place] + blockSize, data.count)
        return body(lanes[place - wave], Block(index: place, inputs: data.inputs(range)))
      }
      parts.forEach(collect)
    }
  }

  /// The examples of one block.
  struct Block: Sendable {
    let index: Int
    let inputs: Matrix<Float>
  }
}
