public import SpectrimCore

/// What is inside a model file.
public struct InspectionReport: Report, Equatable {
  /// The file itself.
  public let file: File
  /// The kind of file, such as `spectrim-model`.
  public let format: String
  /// The name of the model.
  public let name: String
  /// `chain` for a model that can be run, `none` for a checkpoint.
  public let graph: String
  /// Why there is no graph; null where there is one.
  public let graphReason: String?
  /// What the first layer expects; null for a checkpoint.
  public let input: Input?
  /// The names of the classes; null where the model has none.
  public let labels: [String]?
  /// The layers in the order they are applied.
  public let layers: [LayerReport]
  /// Tensors of a checkpoint that are no weights; null for a model.
  public let otherTensors: CheckpointTally.OtherTensors?
  /// All steps in order, if some have no weight; for people, not part of the document.
  let stepsText: String?
  /// Sums over the file.
  public let totals: Totals
  /// How the model came to be; null where the file does not say.
  public let provenance: Provenance?

  /// Describes a model.
  /// - Parameters:
  ///   - model: the model as it is stored.
  ///   - format: the kind of file it was read from.
  ///   - fileBytes: the size of the file.
  ///   - layerBytes: the stored bytes per layer name; a layer that is not in it counts with its
  ///     bytes before lossless coding.
  ///   - spectra: the spectra that were computed, per layer name.
  public init(
    _ model: Model, format: String, fileBytes: Int, layerBytes: [String: Int] = [:],
    spectra: [String: LayerSpectrum] = [:]
  ) {
    file = File(bytes: fileBytes)
    self.format = format
    name = model.name
    graph = "chain"
    graphReason = nil
    otherTensors = nil
    input = Input(
      shape: model.input.shape, layout: model.input.layout,
      normalization: model.input.normalization)
    labels = model.labels
    layers = model.layers.map {
      LayerReport(
        $0, bytes: layerBytes[$0.name], spectrum: spectra[$0.name], record: model.record)
    }
    stepsText = model.stepsText
    totals = Totals(model, fileBytes: fileBytes)
    provenance = model.record.map(Provenance.init)
  }

  /// A file.
  public struct File: Sendable, Encodable, Equatable {
    /// Its size.
    public let bytes: Int
  }

  /// What the first layer expects.
  public struct Input: Sendable, Encodable, Equatable {
    /// The sides of one example.
    public let shape: [Int]
    /// The order of the sides.
    public let layout: ModelInput.Layout
    /// What is done to pixels before the first layer.
    public let normalization: Normalization
  }

  enum CodingKeys: String, CodingKey {
    case file, format, name, graph, graphReason, input, labels, layers, otherTensors, totals
    case provenance
  }

  /// Writes every field, absent ones as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(file, forKey: .file)
    try container.encode(format, forKey: .format)
    try container.encode(name, forKey: .name)
    try container.encode(graph, forKey: .graph)
    try container.encode(graphReason, forKey: .graphReason)
    try container.encode(input, forKey: .input)
    try container.encode(labels, forKey: .labels)
    try container.encode(layers, forKey: .layers)
    try container.encode(otherTensors, forKey: .otherTensors)
    try container.encode(totals, forKey: .totals)
    try container.encode(provenance, forKey: .provenance)
  }
}
