internal import SpectrimCore

/// A layer and the next, of which both lose by a neuron.
struct NeuronPair {
  private let layer: Layer
  private let next: Layer
  private let matrix: Matrix<Float>
  private let nextMatrix: Matrix<Float>
  /// What every neuron gives where its row is zero.
  private let constants: [Float]

  init(of layer: Layer, before next: Layer, transforms: [Activation]) {
    (self.layer, self.next) = (layer, next)
    (matrix, nextMatrix) = (layer.weight.product(), next.weight.product())
    let bias = layer.bias?.values ?? Array(repeating: 0, count: layer.outputCount)
    var values = Matrix(Shape(1, layer.outputCount), bias)
    for activation in [layer.activation] + transforms { activation.apply(to: &values) }
    constants = values.elements
  }

  /// The columns of the next layer that see a neuron: one, or those of all places of its map or of
  /// the kernel.
  func columns(of neuron: Int) -> Range<Int> {
    let count = next.inputCount / layer.outputCount
    return neuron * count..<(neuron + 1) * count
  }

  /// The neurons that are to go; at least one stays, so that there is a layer.
  func weakest(_ share: Double?) -> Set<Int> {
    guard (matrix.elements + nextMatrix.elements).allSatisfy(\.isFinite) else { return [] }
    let transposed = nextMatrix.transposed
    let effects = (0..<layer.outputCount).map { neuron in
      let range = columns(of: neuron)
      let width = transposed.columnCount
      return Frobenius.norm(
        transposed.elements[range.lowerBound * width..<range.upperBound * width])
    }
    let scores = effects.indices.map { Frobenius.norm(matrix.row($0)) * effects[$0] }
    let largestCount = scores.count - 1
    if let share {
      let count = min(Pruning.count(share, of: scores.count), largestCount)
      return Set(Pruning.smallest(count, of: scores))
    }
    let dead = scores.indices.filter {
      scores[$0] == 0 && (effects[$0] == 0 || constants[$0] == 0 || !next.padsWithZeros)
    }
    return Set(dead.prefix(largestCount))
  }

  /// The bias of the next layer with what the neurons gave it at rest.
  func bias(without removed: [Int]) -> Bias? {
    let shifts = (0..<nextMatrix.rowCount).map { row in
      removed.reduce(0.0) { sum, neuron in
        let weights = nextMatrix.row(row)
        return columns(of: neuron).reduce(sum) {
          $0 + Double(weights[weights.startIndex + $1]) * Double(constants[neuron])
        }
      }
    }
    guard shifts.contains(where: { $0 != 0 }) else { return next.bias }
    let values = next.bias?.values ?? Array(repeating: 0, count: shifts.count)
    return Bias(zip(values, shifts).map { Float(Double($0) + $1) })
  }
}

extension Layer {
  /// Whether some positions see zeros instead of what the layer before gives.
  fileprivate var padsWithZeros: Bool {
    if case .conv2d(let convolution) = operation {
      !convolution.window.padding.isEmpty
    } else {
      false
    }
  }
}
