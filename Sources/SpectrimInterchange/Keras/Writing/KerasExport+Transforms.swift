internal import SpectrimCore

extension KerasExport {
  mutating func append(_ transform: Transform, taking shape: FeatureShape) throws {
    switch transform.operation {
    case .pool(let pooling): try append(pooling, name: transform.name, taking: shape)
    case .flatten:
      guard case .map(let channels, let height, let width) = shape else { return }
      order = ChannelOrder.channelLast(channels: channels, planeCount: height * width)
      add("Flatten", name: transform.name, [])
    case .activation(let activation): appendActivation(activation, name: transform.name)
    case .layerNormalization(let norm): append(norm, name: transform.name, taking: shape)
    case .affine(let affine): append(affine, name: transform.name)
    }
  }

  private mutating func append(
    _ pooling: Pooling, name: String, taking shape: FeatureShape
  ) throws {
    guard case .map(_, let height, let width) = shape else {
      throw unsupported(name, "a pooling of \(shape)")
    }
    let (window, map) = (pooling.window, Extent(height: height, width: width))
    guard window.dilation == Extent(1) else { throw unsupported(name, "a pooling with dilation") }
    // A maximum may see zeros where nothing is below them; a mean sees them where they count.
    let mayPad = pooling.kind == .maximum ? isNonNegative : pooling.countsPadding
    let isSame = Self.isSame(window, on: map) && !pooling.countsPadding
    guard window.padding.isEmpty || isSame || mayPad else {
      throw unsupported(name, "a pooling whose padding is not that of `same`")
    }
    let padding: String
    if pooling.countsPadding, !window.padding.isEmpty {
      addZeros(window.padding, name: name)
      padding = "valid"
    } else {
      padding = appendPadding(of: window, on: map, name: name)
    }
    add(
      pooling.kind == .maximum ? "MaxPooling2D" : "AveragePooling2D", name: name,
      [
        ("pool_size", Self.pair(window.kernel)), ("strides", Self.pair(window.stride)),
        ("padding", .text(padding)),
      ])
  }

  /// Over a map Keras normalizes along all three axes, with its gains laid out like the map.
  private mutating func append(
    _ norm: LayerNormalization, name: String, taking shape: FeatureShape
  ) {
    var axes = [-1]
    var (sides, order) = ([norm.scale.count], order)
    if case .map(let channels, let height, let width) = shape {
      (axes, sides) = ([1, 2, 3], [height, width, channels])
      order = ChannelOrder.channelLast(channels: channels, planeCount: height * width)
    }
    add(
      "LayerNormalization", name: name,
      [
        ("axis", .list(axes.map { .integer($0) })), ("epsilon", .real(Double(norm.epsilon))),
      ],
      variables: [norm.scale, norm.shift].map { Self.tensor(Self.ordered($0, order), sides) })
  }

  /// A batch normalization with mean 0, whose variance and ε make exactly 1.
  private mutating func append(_ affine: ChannelAffine, name: String) {
    let count = affine.scale.count
    let epsilon: Float = 0x1p-10
    let values = [
      Self.ordered(affine.scale, order), Self.ordered(affine.shift, order),
      Array(repeating: 0, count: count), Array(repeating: 1 - epsilon, count: count),
    ]
    add(
      "BatchNormalization", name: name, [("epsilon", .real(Double(epsilon)))],
      variables: values.map { Self.tensor($0, [count]) })
  }

  private static func ordered(_ values: [Float], _ order: [Int]?) -> [Float] {
    order.map { $0.map { values[$0] } } ?? values
  }
}
