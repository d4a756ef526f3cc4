public import SpectrimCore

/// What reports say of a checkpoint, collected while its tensors go by.
public struct CheckpointTally: Sendable, Equatable {
  /// The name, for people.
  public let name: String
  /// Why the checkpoint cannot be run.
  public let reason: String
  /// How it came to be, where that is known.
  public let record: ConversionRecord?
  /// The weights, in the order of the source.
  public private(set) var layers: [LayerReport] = []
  /// Tensors that are no weights.
  public private(set) var others = OtherTensors(count: 0, bytes: 0)

  /// Tensors that are no weights: vectors, integers, scalars.
  public struct OtherTensors: Sendable, Encodable, Equatable {
    /// How many there are.
    public var count: Int
    /// Their bytes before lossless coding.
    public var bytes: Int
  }

  /// Starts with no tensor.
  public init(name: String, reason: String, record: ConversionRecord? = nil) {
    self.name = name
    self.reason = reason
    self.record = record
  }

  /// Adds a tensor.
  /// - Parameters:
  ///   - bytes: its stored bytes; `nil` takes those before lossless coding.
  ///   - spectrum: the spectrum of its matrix, if it was computed.
  ///   - plan: what was decided for it, if other than the record says.
  public mutating func add(
    _ entry: CheckpointEntry, _ content: CheckpointContent, bytes: Int? = nil,
    spectrum: LayerSpectrum? = nil, plan: Plan? = nil
  ) {
    switch content {
    case .weight(let weight):
      layers.append(
        LayerReport(
          entry.name, weight, bytes: bytes, spectrum: spectrum, record: record, plan: plan))
    case .plain(let tensor):
      others.count += 1
      others.bytes += tensor.bytes.count
    }
  }
}

extension Totals {
  /// Sums up a checkpoint; without a graph nothing can be said of multiplications.
  init(_ tally: CheckpointTally, fileBytes: Int) {
    parameters = tally.layers.reduce(0) { $0 + $1.parameters }
    denseParameters = tally.layers.reduce(0) { $0 + $1.denseParameters }
    bytes = fileBytes
    denseBytes = tally.layers.reduce(tally.others.bytes) { $0 + $1.denseBytes }
    ratio = (Double(denseBytes) / Double(fileBytes)).ifFinite
    macs = nil
    denseMacs = nil
  }
}

extension InspectionReport {
  /// Describes a checkpoint.
  public init(_ tally: CheckpointTally, format: String, fileBytes: Int) {
    file = File(bytes: fileBytes)
    self.format = format
    name = tally.name
    graph = "none"
    graphReason = tally.reason
    input = nil
    labels = nil
    layers = tally.layers
    otherTensors = tally.others
    stepsText = nil
    totals = Totals(tally, fileBytes: fileBytes)
    provenance = tally.record.map(Provenance.init)
  }
}

extension ConversionReport {
  /// Describes the conversion of a checkpoint.
  public init(
    _ tally: CheckpointTally, plan: Plan, fileBytes: Int, seconds: Double, warnings: [String],
    dryRun: Bool
  ) {
    let totals = Totals(tally, fileBytes: fileBytes)
    self.plan = plan
    self.dryRun = dryRun
    bytes = fileBytes
    denseBytes = totals.denseBytes
    ratio = totals.ratio
    self.seconds = seconds
    layers = tally.layers
    search = []
    promise = nil
    accuracy = nil
    self.warnings = warnings
  }
}
