/// What is to be done with every layer of a model: it can be printed, saved, edited and replayed.
public struct Plan: Sendable, Equatable, Codable {
  /// What is done with each layer, in the order of the model.
  public var layers: [LayerPlan]
  /// The initializer that all layers are said to have; `nil` keeps what the layers know.
  public var initializer: Initializer?
  /// What a conversion with examples was asked for; `nil` for one by the weights alone.
  public var calibration: CalibrationPlan?
  /// How the file is written.
  public var storage: StorageSettings

  /// Creates a plan.
  public init(
    layers: [LayerPlan], initializer: Initializer? = nil, calibration: CalibrationPlan? = nil,
    storage: StorageSettings = StorageSettings()
  ) {
    self.layers = layers
    self.initializer = initializer
    self.calibration = calibration
    self.storage = storage
  }
}

/// What all layers of a conversion with examples share.
public struct CalibrationPlan: Sendable, Equatable, Codable {
  /// θ, the step of the codes in units of the scores.
  public var step: Double
  /// How many examples the layers were fitted to.
  public var exampleCount: Int

  /// Creates a plan.
  public init(step: Double, exampleCount: Int) {
    self.step = step
    self.exampleCount = exampleCount
  }
}

/// What is to be done with the weight of one layer.
public struct LayerPlan: Sendable, Equatable, Codable {
  /// The layer.
  public var name: String
  /// The rule that was asked for, as it was written: `mp`, `fixed=30`, `skip`.
  public var rule: String
  /// The form that the weight gets; `nil` leaves the layer as it is.
  public var representation: Representation.Kind?
  /// The columns between two factors.
  public var rank: Int?
  /// The sides between the factors of a chain.
  public var stages: [Int]?
  /// Bits of a code; `nil` stores floats.
  public var bits: Int?
  /// Whether codes share one scale per tensor or have one per channel.
  public var scale: ScaleScheme?
  /// The step that all codes share, both factors' too; `nil` takes steps from the largest
  /// magnitudes.
  public var step: Float?
  /// What is set to zero or left out; `nil` is nothing.
  public var pruning: Pruning?
  /// The noise estimate that the rule used, for the figures.
  public var noise: NoiseEstimate?
  /// Why, in one sentence with numbers.
  public var reason: String

  /// Creates the plan of a layer.
  public init(
    name: String, rule: String, representation: Representation.Kind?, rank: Int? = nil,
    stages: [Int]? = nil, bits: Int? = nil, scale: ScaleScheme? = nil, step: Float? = nil,
    pruning: Pruning? = nil, noise: NoiseEstimate? = nil, reason: String
  ) {
    self.name = name
    self.rule = rule
    self.representation = representation
    self.rank = rank
    self.stages = stages
    self.bits = bits
    self.scale = scale
    self.step = step
    self.pruning = pruning
    self.noise = noise
    self.reason = reason
  }
}

/// How many codes share a scale; the raw value is the word of the command.
public enum ScaleScheme: String, Sendable, CaseIterable, Codable {
  /// One scale for the whole matrix, as chapter 11 of the course defines it.
  case tensor
  /// One scale per output row of U or W and per rank column of V.
  case channel
}

/// How a file is laid out and coded.
public struct StorageSettings: Sendable, Equatable, Codable {
  /// The lossless coder; the raw value is the word of the command.
  public enum Codec: String, Sendable, CaseIterable, Codable {
    case zstd
    case gzip
    case none

    /// The levels that the coder has; `nil` if there is nothing to choose.
    public var levels: ClosedRange<Int>? {
      switch self {
      case .zstd: 1...22
      case .gzip: 0...9
      case .none: nil
      }
    }
  }

  /// Where tensors stand; the raw value is the word of the command.
  public enum Form: String, Sendable, CaseIterable, Codable {
    /// Every tensor is a dataset of its own.
    case tree
    /// Tensors of one type lie one after another in a shared dataset.
    case pooled
  }

  /// The coder.
  public var codec: Codec
  /// The coder's level; `nil` chooses by size.
  public var level: Int?
  /// The form; `nil` pools small files.
  public var form: Form?

  /// Creates settings.
  public init(codec: Codec = .zstd, level: Int? = nil, form: Form? = nil) {
    self.codec = codec
    self.level = level
    self.form = form
  }
}
