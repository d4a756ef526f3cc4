public import SpectrimCore

/// One layer of an inspected or converted model; field names are those of the document.
public struct LayerReport: Sendable, Encodable, Equatable {
  /// The name, as the file has it.
  public let name: String
  /// What is done with the weight: `linear`, `conv2d`, or `tensor` in a checkpoint.
  public let op: String
  /// The kernel, stride and groups of a convolution for people; not part of the document.
  let kernelText: String
  /// The function applied to the sum.
  public let activation: String
  /// The stored form: `dense`, `factorized`, …
  public let representation: String
  /// - Shape: `[out, in]`.
  public let shape: [Int]
  /// Columns between the factors; null for an unfactorized layer.
  public let rank: Int?
  /// `min(out, in)`.
  public let fullRank: Int
  /// Stored weights and biases.
  public let parameters: Int
  /// Weights and biases of the dense layer.
  public let denseParameters: Int
  /// The stored bytes of the layer's tensors.
  public let bytes: Int
  /// `4 · (weights + biases)`.
  public let denseBytes: Int
  /// `denseBytes / bytes`; null where nothing is stored.
  public let ratio: Double?
  /// Bits of a stored weight; null for floats.
  public let bits: Int?
  /// The share of `Σ s²` that truncation kept of the original; null where that is not recorded.
  public let energyKept: Double?
  /// `‖W − Ŵ‖ / ‖W‖` against the original; null where that is not recorded.
  public let relativeError: Double?
  /// The rule that the layer was converted by; null for a model that was not converted.
  public let rule: String?
  /// Why the rule led to this form; null for a model that was not converted.
  public let reason: String?
  /// The spectrum of the stored matrix; null where it was not computed.
  public let spectrum: SpectrumFigures?
  /// The noise law of the original of a converted layer, or of the stored matrix of a dense one;
  /// null where no noise is known.
  public let marchenkoPastur: NoiseLawFigures?

  /// Describes a layer.
  /// - Parameters:
  ///   - layer: the layer as it is stored.
  ///   - bytes: its stored bytes; `nil` takes those before lossless coding.
  ///   - spectrum: the spectrum of its matrix, if it was computed.
  ///   - record: how its model came to be.
  ///   - plan: what was decided for it, if other than the record says.
  public init(
    _ layer: Layer, bytes: Int? = nil, spectrum: LayerSpectrum? = nil,
    record: ConversionRecord? = nil, plan: Plan? = nil
  ) {
    self.init(
      layer.name, op: layer.operation.kind.rawValue, kernelText: layer.operation.kernelText,
      activation: layer.activation, layer.weight, bias: layer.bias, bytes: bytes,
      spectrum: spectrum, record: record, plan: plan)
  }

  /// Describes a tensor of a checkpoint, which is a layer without a place in a graph.
  init(
    _ name: String, _ weight: Representation, bytes: Int?, spectrum: LayerSpectrum?,
    record: ConversionRecord?, plan: Plan?
  ) {
    self.init(
      name, op: "tensor", kernelText: "", activation: .none, weight, bias: nil, bytes: bytes,
      spectrum: spectrum, record: record, plan: plan)
  }

  private init(
    _ name: String, op: String, kernelText: String, activation: Activation,
    _ weight: Representation, bias: Bias?, bytes: Int?, spectrum: LayerSpectrum?,
    record: ConversionRecord?, plan: Plan?
  ) {
    let plan = (plan ?? record?.plan)?.layers.first { $0.name == name }
    let figures = record?.figures.first { $0.name == name }
    self.name = name
    self.op = op
    self.kernelText = kernelText
    self.activation = activation.kind.rawValue
    representation = weight.kind.rawValue
    shape = [weight.shape.rowCount, weight.shape.columnCount]
    rank = weight.rank
    fullRank = weight.shape.smallerSide
    parameters = weight.parameterCount + (bias?.count ?? 0)
    denseParameters = weight.shape.elementCount + (bias?.count ?? 0)
    self.bytes = bytes ?? weight.byteCount + (bias?.byteCount ?? 0)
    denseBytes = 4 * denseParameters
    ratio = (Double(denseBytes) / Double(self.bytes)).ifFinite
    bits = weight.bitsPerWeight
    energyKept = figures?.energyKept.ifFinite
    relativeError = figures?.relativeError.ifFinite
    rule = plan?.rule
    reason = plan?.reason
    self.spectrum = spectrum.map(SpectrumFigures.init)
    marchenkoPastur = NoiseLawFigures(
      shape: weight.shape, figures: figures, plan: plan, spectrum: spectrum)
  }

  enum CodingKeys: String, CodingKey {
    case name, op, activation, representation, shape, rank, fullRank, parameters, denseParameters
    case bytes, denseBytes, ratio, bits, energyKept, relativeError, rule, reason, spectrum
    case marchenkoPastur
  }

  /// Writes every field, absent ones as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(op, forKey: .op)
    try container.encode(activation, forKey: .activation)
    try container.encode(representation, forKey: .representation)
    try container.encode(shape, forKey: .shape)
    try container.encode(rank, forKey: .rank)
    try container.encode(fullRank, forKey: .fullRank)
    try container.encode(parameters, forKey: .parameters)
    try container.encode(denseParameters, forKey: .denseParameters)
    try container.encode(bytes, forKey: .bytes)
    try container.encode(denseBytes, forKey: .denseBytes)
    try container.encode(ratio, forKey: .ratio)
    try container.encode(bits, forKey: .bits)
    try container.encode(energyKept, forKey: .energyKept)
    try container.encode(relativeError, forKey: .relativeError)
    try container.encode(rule, forKey: .rule)
    try container.encode(reason, forKey: .reason)
    try container.encode(spectrum, forKey: .spectrum)
    try container.encode(marchenkoPastur, forKey: .marchenkoPastur)
  }
}

extension Double {
  /// The number, or `nil` where JSON has no word for it.
  var ifFinite: Double? { isFinite ? self : nil }
}
