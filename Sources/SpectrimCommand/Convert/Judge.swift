internal import Foundation
internal import SpectrimCore
internal import SpectrimData
internal import SpectrimInference

/// Compares compact models with the dense one, on images with labels.
struct Judge {
  private let images: ImageSet
  /// Logarithms of the softmax of the dense model's scores.
  /// - Shape: `[count, classes]`.
  private let logShares: Matrix<Double>
  private let classes: [Int]

  /// Runs the dense model once.
  init(_ dense: Model, on images: ImageSet) throws(ModelError) {
    self.images = images
    let scores = Engine(try dense.givingScores).scores(pixels: images.pixels, count: images.count)
    logShares = scores.logSoftmax
    classes = scores.largestColumns()
  }

  /// How near a compact model comes.
  func agreement(of model: Model) throws(ModelError) -> Agreement {
    let scores = Engine(try model.givingScores).scores(pixels: images.pixels, count: images.count)
    let others = scores.logSoftmax
    var divergence = 0.0
    for (share, other) in zip(logShares.elements, others.elements) where share > -700 {
      divergence += exp(share) * (share - other)
    }
    var (agreeing, lost, gained) = (0, 0, 0)
    for (index, found) in scores.largestColumns().enumerated() {
      let label = Int(images.labels[index])
      agreeing += found == classes[index] ? 1 : 0
      lost += classes[index] == label && found != label ? 1 : 0
      gained += classes[index] != label && found == label ? 1 : 0
    }
    return Agreement(
      count: images.count, agreeing: agreeing, lost: lost, gained: gained,
      divergence: divergence / Double(images.count))
  }
}

extension Model {
  /// The model without a softmax at its end, which would blur small differences of scores.
  fileprivate var givingScores: Model {
    get throws(ModelError) {
      var steps = steps
      switch steps.last {
      case .transform(let transform) where transform.operation == .activation(.softmax):
        steps.removeLast()
      case .layer(let layer) where layer.activation == .softmax:
        steps[steps.count - 1] = .layer(
          try Layer(
            name: layer.name, operation: layer.operation, weight: layer.weight, bias: layer.bias))
      default: return self
      }
      return try Model(name: name, input: input, steps: steps)
    }
  }
}

extension Matrix<Float> {
  /// `log softmax` of every row.
  fileprivate var logSoftmax: Matrix<Double> {
    var result: [Double] = []
    result.reserveCapacity(elements.count)
    for index in 0..<rowCount {
      let scores = row(index).map { Double($0) }
      let largest = scores.max() ?? 0
      let sum = log(scores.reduce(0) { $0 + exp($1 - largest) }) + largest
      result += scores.map { $0 - sum }
    }
    return Matrix<Double>(shape, result)
  }
}
