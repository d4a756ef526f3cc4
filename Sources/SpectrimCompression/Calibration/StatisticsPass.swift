internal import SpectrimCore
internal import SpectrimLinearAlgebra
internal import SpectrimTraining

/// Measures what every layer of a dense network sees and how much its outputs matter.
///
/// One forward pass gives the inputs. Every direction at the scores is then carried back to the
/// outputs `z` of all layers, `d ← Jᵀ d`, and adds `d dᵀ` to their metric; no gradient step is made.
struct StatisticsPass {
  private let network: Network
  private let directions: OutputDirections

  /// - Parameter directionLimit: the most backward passes per example.
  init(_ network: Network, directionLimit: Int) {
    self.network = network
    directions = OutputDirections(scoreCount: network.outputCount, limit: directionLimit)
  }

  /// The statistics of all layers.
  /// - Parameter kept: gets what its layers see, which sequential targets ask for later.
  func run(
    _ pass: CalibrationPass, keeping kept: inout DenseRows, progress: ((Double) -> Void)? = nil
  ) throws -> CalibrationStatistics {
    let layers = network.layers
    var moments = layers.map { InputMoments.Accumulator($0.inputs) }
    var metrics = layers.map { SecondMoments(width: $0.weight.shape.rowCount) }
    let keptLayers = kept.layers
    try pass.run([network]) {
      measure($0[0], $1, keeping: keptLayers)
    } collect: { parts in
      for (index, part) in parts.enumerated() {
        moments[index].add(part.moments)
        metrics[index].add(part.metric)
        kept.append(part.rows, ofLayer: index)
      }
    } progress: {
      progress?($0)
    }
    return CalibrationStatistics(
      exampleCount: pass.data.count,
      layers: layers.indices.map { index in
        let moments = moments[index].moments(columnOrder: layers[index].columnOrder)
        return LayerStatistics(
          name: layers[index].name, mean: moments.mean, covariance: moments.covariance,
          outputMetric: metrics[index].divided(by: pass.data.count)
            .keepingBlocks(layers[index].inputs.count))
      })
  }

  /// What one block says about one layer.
  private struct Part: Sendable {
    let moments: InputMoments.Part
    var metric: Matrix<Float>
    /// What the layer saw, if that is to be kept.
    let rows: [Float]
  }

  private func measure(
    _ worker: CalibrationPass.Worker, _ block: CalibrationPass.Block, keeping kept: Set<Int>
  ) -> [Part] {
    worker.tape.load(block.inputs)
    worker.network.forward(&worker.tape)
    let tape = worker.tape
    var parts = network.layers.enumerated().map { index, layer in
      let (shape, rowCount) = (layer.weight.shape, tape.rowCount(ofLayer: index))
      let rows = tape.input(ofLayer: index)
      return Part(
        moments: InputMoments.Part(rows, rowCount: rowCount, layer.inputs),
        metric: Matrix(repeating: 0, Shape(shape.rowCount, shape.rowCount)),
        rows: kept.contains(index) ? Array(rows.prefix(rowCount * layer.inputs.width)) : [])
    }
    for pass in 0..<directions.count {
      worker.tape.loadOutputGradient(
        directions.batch(pass, exampleCount: block.inputs.rowCount, block: block.index))
      worker.network.backward(&worker.tape, carry: nil)
      for index in parts.indices {
        SecondMoments.addGram(
          of: worker.tape.gradientRows(ofLayer: index), count: worker.tape.rowCount(ofLayer: index),
          to: &parts[index].metric)
      }
    }
    return parts
  }
}

extension Matrix<Double> {
  /// The blocks on the diagonal, zeros elsewhere: what one group of a convolution sees says little of
  /// what another does, so that the errors of one cannot make up for those of another.
  fileprivate func keepingBlocks(_ count: Int) -> Matrix {
    guard count > 1 else { return self }
    var result = self
    let side = rowCount / count
    for row in 0..<rowCount {
      for column in 0..<columnCount where column / side != row / side { result[row, column] = 0 }
    }
    return result
  }
}
