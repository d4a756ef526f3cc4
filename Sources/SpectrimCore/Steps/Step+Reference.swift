/// The reference by which faster implementations are judged: plain loops, sums in `Double`.
extension Step {
  /// What the step makes of a batch; maps stand in rows as channel, row, column.
  /// - Shape: batch `[count, shape.elementCount]`, result `[count, output elements]`.
  func apply(to batch: Matrix<Float>, shape: FeatureShape) -> Matrix<Float> {
    switch (self, shape) {
    case (.layer(let layer), .vector): layer.apply(toRows: batch)
    case (.layer(let layer), .map(let channels, let height, let width)):
      if case .conv2d(let convolution) = layer.operation {
        layer.convolve(
          batch, convolution, channels: channels, map: Extent(height: height, width: width))
      } else {
        preconditionFailure("a linear layer takes a vector")
      }
    case (.transform(let transform), _): transform.apply(to: batch, shape: shape)
    }
  }
}

extension Layer {
  /// `activation(X Wᵀ + b)`.
  /// - Shape: batch `[count, in]`, result `[count, out]`.
  package func apply(toRows batch: Matrix<Float>) -> Matrix<Float> {
    var result = weight.apply(to: batch)
    if let bias = bias?.values {
      for index in result.elements.indices { result.elements[index] += bias[index % bias.count] }
    }
    activation.apply(to: &result)
    return result
  }

  /// `activation(P Wᵀ + b)` for the patches `P` that every window sees, group by group.
  fileprivate func convolve(
    _ batch: Matrix<Float>, _ convolution: Convolution, channels: Int, map: Extent
  ) -> Matrix<Float> {
    let (window, groups) = (convolution.window, convolution.groups)
    guard let positions = window.positions(on: map) else { preconditionFailure("no position") }
    let (planeCount, groupOutputs) = (positions.height * positions.width, outputCount / groups)
    var result = Matrix<Float>(
      repeating: 0, Shape(batch.rowCount, outputCount * planeCount))
    for (group, part) in parts.enumerated() {
      let rows = group * groupOutputs..<(group + 1) * groupOutputs
      let groupChannels = group * channels / groups..<(group + 1) * channels / groups
      for example in 0..<batch.rowCount {
        let patches = window.patches(
          of: batch.row(example), channels: groupChannels, map: map, positions: positions)
        let products = part.apply(to: patches)
        for (index, row) in rows.enumerated() {
          let constant = bias?.values[row] ?? 0
          for position in 0..<planeCount {
            result[example, row * planeCount + position] = products[position, index] + constant
          }
        }
      }
    }
    activation.apply(to: &result)
    return result
  }
}

extension Window {
  /// What the window sees at every position, zeros in the padding.
  /// - Shape: `[positions, channels · kernel elements]`, channel, then row, then column.
  fileprivate func patches(
    of example: ArraySlice<Float>, channels: Range<Int>, map: Extent, positions: Extent
  ) -> Matrix<Float> {
    var patches: [Float] = []
    for row in 0..<positions.height {
      for column in 0..<positions.width {
        for channel in channels {
          for y in rows(at: row) {
            for x in columns(at: column) {
              let isInside = 0..<map.height ~= y && 0..<map.width ~= x
              let place = (channel * map.height + y) * map.width + x
              patches.append(isInside ? example[example.startIndex + place] : 0)
            }
          }
        }
      }
    }
    return Matrix(
      Shape(positions.height * positions.width, channels.count * elementCount), patches)
  }

  /// The rows of the map below the kernel at a position, some of them perhaps in the padding.
  fileprivate func rows(at position: Int) -> StrideTo<Int> {
    let start = position * stride.height - padding.top
    return Swift.stride(
      from: start, to: start + kernel.height * dilation.height, by: dilation.height)
  }

  /// The columns of the map below the kernel at a position, some of them perhaps in the padding.
  fileprivate func columns(at position: Int) -> StrideTo<Int> {
    let start = position * stride.width - padding.left
    return Swift.stride(
      from: start, to: start + kernel.width * dilation.width, by: dilation.width)
  }
}

extension Transform {
  fileprivate func apply(to batch: Matrix<Float>, shape: FeatureShape) -> Matrix<Float> {
    switch (operation, shape) {
    case (.pool(let pooling), .map(let channels, let height, let width)):
      return pooling.apply(
        to: batch, channels: channels, map: Extent(height: height, width: width))
    case (.pool, .vector): preconditionFailure("a pooling takes a map")
    case (.flatten, _): return batch
    case (.activation(let activation), _):
      var result = batch
      activation.apply(to: &result)
      return result
    case (.layerNormalization(let norm), _): return norm.apply(to: batch)
    case (.affine(let affine), _):
      var result = batch
      let planeCount = shape.elementCount / max(affine.scale.count, 1)
      for index in result.elements.indices {
        let channel = index % batch.columnCount / planeCount
        result.elements[index] =
          affine.scale[channel] * batch.elements[index] + affine.shift[channel]
      }
      return result
    }
  }
}

extension Pooling {
  fileprivate func apply(
    to batch: Matrix<Float>, channels: Int, map: Extent
  ) -> Matrix<Float> {
    guard let positions = window.positions(on: map) else { preconditionFailure("no position") }
    var pooled: [Float] = []
    for example in 0..<batch.rowCount {
      for channel in 0..<channels {
        let plane = batch.row(example).dropFirst(channel * map.height * map.width)
        for row in 0..<positions.height {
          for column in 0..<positions.width {
            let rows = window.rows(at: row).filter { 0..<map.height ~= $0 }
            let columns = window.columns(at: column).filter { 0..<map.width ~= $0 }
            let seen = rows.flatMap { y in
              columns.map { plane[plane.startIndex + y * map.width + $0] }
            }
            pooled.append(value(of: seen))
          }
        }
      }
    }
    return Matrix(
      Shape(batch.rowCount, channels * positions.height * positions.width), pooled)
  }

  private func value(of seen: [Float]) -> Float {
    switch kind {
    case .maximum: return seen.reduce(-.infinity) { $1 > $0 || $1.isNaN ? $1 : $0 }
    case .average:
      let count = countsPadding ? window.elementCount : seen.count
      return Float(seen.reduce(0.0) { $0 + Double($1) } / Double(count))
    }
  }
}

extension LayerNormalization {
  fileprivate func apply(to batch: Matrix<Float>) -> Matrix<Float> {
    var result = batch
    for row in 0..<batch.rowCount {
      let values = batch.row(row).map(Double.init)
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      let root = (variance + Double(epsilon)).squareRoot()
      for column in values.indices {
        result[row, column] =
          Float((values[column] - mean) / root) * scale[column] + shift[column]
      }
    }
    return result
  }
}
