public import SpectrimCore

/// Sums over a model and its file.
public struct Totals: Sendable, Encodable, Equatable {
  /// Stored weights and biases.
  public let parameters: Int
  /// Weights and biases of the dense network.
  public let denseParameters: Int
  /// The size of the file.
  public let bytes: Int
  /// `4 · (weights + biases)` of the dense network.
  public let denseBytes: Int
  /// `denseBytes / bytes`; null for an empty file.
  public let ratio: Double?
  /// Multiply–accumulates for one example as stored; null for a checkpoint.
  public let macs: Int?
  /// Multiply–accumulates for one example of the dense network; null for a checkpoint.
  public let denseMacs: Int?

  /// Sums up a model.
  public init(_ model: Model, fileBytes: Int) {
    parameters = model.parameterCount
    denseParameters = model.denseParameterCount
    bytes = fileBytes
    denseBytes = model.denseByteCount
    ratio = (Double(model.denseByteCount) / Double(fileBytes)).ifFinite
    macs = model.multiplyAccumulateCount
    denseMacs = model.denseMultiplyAccumulateCount
  }

  enum CodingKeys: String, CodingKey {
    case parameters, denseParameters, bytes, denseBytes, ratio, macs, denseMacs
  }

  /// Writes every field, absent ones as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(parameters, forKey: .parameters)
    try container.encode(denseParameters, forKey: .denseParameters)
    try container.encode(bytes, forKey: .bytes)
    try container.encode(denseBytes, forKey: .denseBytes)
    try container.encode(ratio, forKey: .ratio)
    try container.encode(macs, forKey: .macs)
    try container.encode(denseMacs, forKey: .denseMacs)
  }
}
