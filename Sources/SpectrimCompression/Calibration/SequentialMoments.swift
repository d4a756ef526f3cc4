package import SpectrimCore
internal import SpectrimLinearAlgebra
internal import SpectrimTraining

/// What a layer sees in the dense network, `x`, and behind the layers that are compressed already,
/// `x̂`, image by image and position by position.
package struct SequentialMoments: Sendable {
  /// `E[x]`.
  /// - Shape: `[groups · in]`, one group after the other.
  let denseMean: [Double]
  /// The moments of `x̂`.
  let compressed: InputMoments
  /// `E[x x̂ᵀ] − μ μ̂ᵀ`, the mean of that of the groups; `nil` where both are the same, as in front of the first layer.
  /// - Shape: `[in, in]`.
  let cross: Matrix<Double>?

  /// Joins what was measured elsewhere.
  package init(
    denseMean: [Double], compressedMean: [Double], compressedCovariance: Matrix<Double>,
    cross: Matrix<Double>?
  ) {
    self.denseMean = denseMean
    compressed = InputMoments(mean: compressedMean, covariance: compressedCovariance)
    self.cross = cross
  }

  /// What a layer sees behind layers that are as they were.
  init(_ statistics: LayerStatistics) {
    denseMean = statistics.mean
    compressed = InputMoments(mean: statistics.mean, covariance: statistics.covariance)
    cross = nil
  }

  /// Measures both inputs of one layer.
  /// - Parameter kept: what the dense network gives, from an earlier measurement or for later ones.
  init(
    ofLayer layer: Int, dense: Network, compressed: Network, _ pass: CalibrationPass,
    kept: inout DenseRows
  ) throws {
    let groups = dense.layers[layer].inputs
    let width = groups.partWidth
    var moments = InputMoments.Accumulator(groups)
    var denseSum = [Double](repeating: 0, count: groups.width)
    var cross = SecondMoments(Shape(width, width))
    let known = kept.blocks[layer]
    let keeps = known == nil && kept.layers.contains(layer)
    try pass.run([compressed] + (known == nil ? [dense] : [])) { workers, block in
      for worker in workers {
        worker.tape.load(block.inputs)
        worker.network.forward(&worker.tape, toInputOfLayer: layer)
      }
      let rowCount = workers[0].tape.rowCount(ofLayer: layer)
      let rows = workers[0].tape.input(ofLayer: layer)
      let denseRows = known?[block.index] ?? workers[1].tape.input(ofLayer: layer)
      return Part(
        compressed: InputMoments.Part(rows, rowCount: rowCount, groups),
        denseSum: InputMoments.Part.sum(of: denseRows, rowCount: rowCount, groups),
        cross: groups.product(denseRows, rows, rowCount: rowCount),
        denseRows: keeps ? Array(denseRows.prefix(rowCount * groups.width)) : [])
    } collect: { part in
      moments.add(part.compressed)
      kept.append(part.denseRows, ofLayer: layer)
      for (index, value) in part.denseSum.enumerated() { denseSum[index] += value }
      cross.add(part.cross)
    }
    let order = dense.layers[layer].columnOrder ?? Array(0..<width)
    let denseMean = denseSum.map { $0 / Double(moments.rowCount) }
    self.cross = cross.divided(by: moments.rowCount * groups.count)
      .subtractingMeans(denseMean, moments.mean)
      .placed(rows: order, columns: order)
    self.denseMean = denseMean.placed(order)
    self.compressed = moments.moments(columnOrder: dense.layers[layer].columnOrder)
  }

  private struct Part: Sendable {
    let compressed: InputMoments.Part
    let denseSum: [Double]
    let cross: Matrix<Float>
    let denseRows: [Float]
  }
}

/// What layers see in the dense network, kept where it is small: it is the same for every θ.
struct DenseRows: Sendable {
  /// By layer, one entry per block of the pass.
  private(set) var blocks: [Int: [[Float]]] = [:]
  /// The layers whose rows are kept.
  let layers: Set<Int>

  /// Numbers that are kept at most, 256 MiB.
  private static let largestCount = 1 << 26

  /// Chooses the layers, the first one being cheap to run again.
  init(_ network: Network, exampleCount: Int) {
    let tape = Tape(for: network, capacity: 1)
    var (layers, count): (Set<Int>, Int) = ([], 0)
    for index in network.layers.indices.dropFirst() {
      let rowCount = exampleCount * tape.rowsPerExample(ofLayer: index)
      let size = rowCount * network.layers[index].inputs.width
      guard size <= Self.largestCount - count else { continue }
      count += size
      layers.insert(index)
    }
    self.layers = layers
  }

  /// Adds what the next block gave, without the unused end of its buffer.
  mutating func append(_ rows: [Float], ofLayer layer: Int) {
    if !rows.isEmpty { blocks[layer, default: []].append(rows) }
  }
}

extension ChannelGroups {
  /// `Σ Xᵀ Y` over the groups of the leading rows.
  /// - Shape: result `[partWidth, partWidth]`.
  fileprivate func product(_ left: [Float], _ right: [Float], rowCount: Int) -> Matrix<Float> {
    let shape = Shape(partWidth, partWidth)
    var sum = Matrix<Float>(repeating: 0, shape)
    for group in 0..<count {
      let product = SecondMoments.product(
        part(group, of: left, rowCount: rowCount), part(group, of: right, rowCount: rowCount),
        count: rowCount, shape: shape)
      guard count > 1 else { return product }
      for index in sum.elements.indices { sum.elements[index] += product.elements[index] }
    }
    return sum
  }
}
