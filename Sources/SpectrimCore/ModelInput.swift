/// The normalization that belongs to a model: `x = (pixel · scale − mean) / deviation`.
public struct Normalization: Sendable, Equatable, Codable {
  /// The factor of a pixel, 1/255 for bytes.
  public let scale: Double
  /// The mean that is subtracted after scaling.
  public let mean: Double
  /// The deviation that divides; never 0.
  public let deviation: Double

  /// Creates a normalization; what is left out changes nothing.
  /// - Throws: `ModelError.invalid` when a value is not finite or the deviation is 0.
  public init(scale: Double = 1, mean: Double = 0, deviation: Double = 1) throws(ModelError) {
    guard scale.isFinite, mean.isFinite, deviation.isFinite, deviation != 0 else {
      throw .invalid("normalization scale \(scale), mean \(mean), std \(deviation)")
    }
    self.scale = scale
    self.mean = mean
    self.deviation = deviation
  }

  private init(byteScale: Void) {
    (scale, mean, deviation) = (1.0 / 255, 0, 1)
  }

  /// Bytes to 0…1, what most frameworks do and what a model without a normalization gets.
  public static let unitBytes = Normalization(byteScale: ())

  /// What the network sees for a pixel.
  public func apply(_ pixel: Double) -> Float { Float((pixel * scale - mean) / deviation) }

  /// What the network sees for each of the 256 values of a byte.
  public var byteTable: [Float] { (0..<256).map { apply(Double($0)) } }
}

/// What a model expects at its input.
public struct ModelInput: Sendable, Equatable {
  /// How the axes of `shape` are ordered; the raw value is the word on disk.
  public enum Layout: String, Sendable, CaseIterable, Codable {
    /// One axis of features.
    case flat
    /// Channels, height, width.
    case chw
    /// Height, width, channels.
    case hwc
  }

  /// The sides of one example, without the batch.
  public let shape: [Int]
  /// The order of the sides.
  public let layout: Layout
  /// What is done to pixels before the first layer.
  public let normalization: Normalization
  /// How many numbers one example has.
  public let elementCount: Int

  /// Describes an input.
  /// - Throws: `ModelError.invalid` when a side is not positive, their product overflows, or the
  ///   layout asks for other sides.
  public init(
    shape: [Int], layout: Layout = .flat, normalization: Normalization = .unitBytes
  ) throws(ModelError) {
    var (elementCount, overflows) = (1, false)
    for side in shape {
      let (product, overflow) = elementCount.multipliedReportingOverflow(by: side)
      (elementCount, overflows) = (product, overflows || overflow)
    }
    guard shape.count == (layout == .flat ? 1 : 3), shape.allSatisfy({ $0 > 0 }), !overflows else {
      throw .invalid("an input of shape \(shape) with layout `\(layout.rawValue)`")
    }
    self.elementCount = elementCount
    self.shape = shape
    self.layout = layout
    self.normalization = normalization
  }

  /// What the first step takes: a linear one the numbers in the order they come in.
  func featureShape(for first: Step) -> FeatureShape {
    switch layout {
    case _ where first.kind == .linear: .vector(elementCount)
    case .flat: .vector(elementCount)
    case .chw: .map(channels: shape[0], height: shape[1], width: shape[2])
    case .hwc: .map(channels: shape[2], height: shape[0], width: shape[1])
    }
  }

  /// Where each number stands in the input when maps have their channels first; `nil` if there
  /// already.
  package var channelFirstOrder: [Int]? {
    guard layout == .hwc, shape[2] > 1 else { return nil }
    let (planeCount, channelCount) = (shape[0] * shape[1], shape[2])
    return (0..<elementCount).map { $0 % planeCount * channelCount + $0 / planeCount }
  }
}
