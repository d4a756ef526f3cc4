/// What a window sees at its positions on channel-last maps, and the way back.
///
/// Maps are `[image, row, column, channel]`. A patch is `[kernel row, kernel column, channel]`, with
/// zeros in the padding; patches stand one below the other, image after image, row after row, so
/// that a convolution is the product of its weight with them.
package struct PatchGrid: Sendable {
  /// The window from top to bottom.
  package let rows: WindowAxis
  /// The window from left to right.
  package let columns: WindowAxis
  /// Channels of the map.
  package let mapChannelCount: Int
  /// The channels that the patches hold: all, or those of a group.
  package let channels: Range<Int>
  /// Whether the patches of an image are the image itself.
  package let isIdentity: Bool

  /// Lays a window on maps that it fits; a model has no other.
  package init(_ window: Window, on shape: FeatureShape, channels: Range<Int>? = nil) {
    guard case .map(let channelCount, let height, let width) = shape,
      let positions = window.positions(on: Extent(height: height, width: width))
    else { preconditionFailure("a window that does not fit \(shape)") }
    rows = WindowAxis(
      kernel: window.kernel.height, stride: window.stride.height, padding: window.padding.top,
      dilation: window.dilation.height, side: height, count: positions.height)
    columns = WindowAxis(
      kernel: window.kernel.width, stride: window.stride.width, padding: window.padding.left,
      dilation: window.dilation.width, side: width, count: positions.width)
    mapChannelCount = channelCount
    self.channels = channels ?? 0..<channelCount
    precondition(self.channels.upperBound <= channelCount, "channels \(self.channels)")
    isIdentity =
      window.elementCount == 1 && window.stride == Extent(1) && window.padding.isEmpty
      && self.channels.count == channelCount
  }

  /// Patches of one image.
  package var positionCount: Int { rows.count * columns.count }
  /// Numbers of one patch.
  package var patchWidth: Int { rows.kernel * columns.kernel * channels.count }
  /// Numbers of one image.
  package var imageWidth: Int { rows.side * columns.side * mapChannelCount }

  /// Whether the kernel's row lies on the map without gaps, so that it is copied in one run.
  private var hasWholeRuns: Bool { columns.dilation == 1 && channels.count == mapChannelCount }
}

/// Elements are read unchecked: both functions first compare the lengths of the buffers with the
/// patches they are asked for, `inside(at:)` gives places on the map only, and every run ends within
/// its row of the map and its row of the patch.
extension PatchGrid {
  /// Copies patches out of maps.
  /// - Shape: maps `[images, imageWidth]`, patches at least `[range.count, patchWidth]`.
  package func gather(
    _ range: Range<Int>, of maps: Span<Float>, into patches: inout MutableSpan<Float>
  ) {
    check(range, maps.count, patches.count)
    var (target, place) = (0, place(of: range.lowerBound))
    for _ in range {
      let (image, row, column) = (place.image, place.row, place.column)
      let (insideRows, insideColumns) = (rows.inside(at: row), columns.inside(at: column))
      let left = columns.origin(at: column)
      let isWhole = hasWholeRuns && insideColumns.count == columns.kernel
      for kernelRow in 0..<rows.kernel {
        let y = rows.origin(at: row) &+ kernelRow &* rows.dilation
        let line = image &* imageWidth &+ y &* columns.side &* mapChannelCount
        if !insideRows.contains(kernelRow) {
          fill(columns.kernel &* channels.count, &patches, at: target)
        } else if isWhole {
          copy(
            columns.kernel &* mapChannelCount, maps, from: line &+ left &* mapChannelCount,
            to: &patches, at: target)
        } else {
          for kernelColumn in 0..<columns.kernel {
            let place = target &+ kernelColumn &* channels.count
            let x = left &+ kernelColumn &* columns.dilation
            if insideColumns.contains(kernelColumn) {
              copy(
                channels.count, maps, from: line &+ x &* mapChannelCount &+ channels.lowerBound,
                to: &patches, at: place)
            } else {
              fill(channels.count, &patches, at: place)
            }
          }
        }
        target &+= columns.kernel &* channels.count
      }
      place.advance(on: self)
    }
  }

  /// The adjoint of `gather`: adds every number of the patches to the place it was copied from;
  /// what stood in the padding is dropped.
  /// - Shape: patches at least `[range.count, patchWidth]`, maps `[images, imageWidth]`.
  package func scatterAdd(
    _ patches: Span<Float>, _ range: Range<Int>, to maps: inout MutableSpan<Float>
  ) {
    check(range, maps.count, patches.count)
    var (source, place) = (0, place(of: range.lowerBound))
    for _ in range {
      let (image, row, column) = (place.image, place.row, place.column)
      let insideColumns = columns.inside(at: column)
      let left = columns.origin(at: column)
      for kernelRow in rows.inside(at: row) {
        let y = rows.origin(at: row) &+ kernelRow &* rows.dilation
        let line = image &* imageWidth &+ y &* columns.side &* mapChannelCount
        let start = source &+ kernelRow &* columns.kernel &* channels.count
        if hasWholeRuns {
          let x = left &+ insideColumns.lowerBound
          add(
            insideColumns.count &* mapChannelCount, patches,
            from: start &+ insideColumns.lowerBound &* mapChannelCount,
            to: &maps, at: line &+ x &* mapChannelCount)
        } else {
          for kernelColumn in insideColumns {
            let x = left &+ kernelColumn &* columns.dilation
            add(
              channels.count, patches, from: start &+ kernelColumn &* channels.count, to: &maps,
              at: line &+ x &* mapChannelCount &+ channels.lowerBound)
          }
        }
      }
      source &+= patchWidth
      place.advance(on: self)
    }
  }

  private func check(_ range: Range<Int>, _ mapsCount: Int, _ patchesCount: Int) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= mapsCount / imageWidth * positionCount,
      "patches \(range) of \(mapsCount) numbers")
    precondition(patchesCount >= range.count * patchWidth, "\(patchesCount) numbers of patches")
  }

  private func place(of patch: Int) -> PatchPlace {
    let (image, position) = patch.quotientAndRemainder(dividingBy: positionCount)
    let (row, column) = position.quotientAndRemainder(dividingBy: columns.count)
    return PatchPlace(image: image, row: row, column: column)
  }

  @inline(__always)
  private func fill(_ count: Int, _ target: inout MutableSpan<Float>, at place: Int) {
    for index in 0..<count { target[unchecked: place &+ index] = 0 }
  }

  @inline(__always)
  private func copy(
    _ count: Int, _ source: Span<Float>, from start: Int, to target: inout MutableSpan<Float>,
    at place: Int
  ) {
    for index in 0..<count { target[unchecked: place &+ index] = source[unchecked: start &+ index] }
  }

  @inline(__always)
  private func add(
    _ count: Int, _ source: Span<Float>, from start: Int, to target: inout MutableSpan<Float>,
    at place: Int
  ) {
    for index in 0..<count {
      target[unchecked: place &+ index] += source[unchecked: start &+ index]
    }
  }
}
