public import SpectrimCore

/// What the user asks for, for all layers and for some.
public struct CompressionSettings: Sendable, Equatable {
  /// What is done with every layer that no override names.
  public var treatment: LayerTreatment
  /// How weights become codes; `nil` is `auto` with the rank `auto`, floats for chains, else 8 bits.
  public var quantization: QuantizationRequest?
  /// How many codes share a scale; `nil` is per channel, and the rank `auto` tries both.
  public var scale: ScaleScheme?
  /// The largest relative error that `auto` accepts.
  public var autoError: Double
  /// What is set to zero or left out; `nil` is nothing.
  public var pruning: Pruning?
  /// Exceptions by layer name; later ones win.
  public var overrides: [LayerOverride]
  /// The initializer that all layers are said to have; `nil` keeps what the layers know.
  public var initializer: Initializer?
  /// The seed of the shuffled-matrix control; `nil` leaves it out.
  public var controlSeed: UInt64?
  /// How the file is written.
  public var storage: StorageSettings

  /// Creates settings.
  public init(
    treatment: LayerTreatment = .rank(.automatic), quantization: QuantizationRequest? = nil,
    scale: ScaleScheme? = nil, autoError: Double = AutomaticChoice.defaultError,
    pruning: Pruning? = nil, overrides: [LayerOverride] = [], initializer: Initializer? = nil,
    controlSeed: UInt64? = nil,
    storage: StorageSettings = StorageSettings()
  ) {
    self.treatment = treatment
    self.quantization = quantization
    self.scale = scale
    self.autoError = autoError
    self.pruning = pruning
    self.overrides = overrides
    self.initializer = initializer
    self.controlSeed = controlSeed
    self.storage = storage
  }
}

/// The settings of one layer, after the overrides.
struct LayerSettings: Equatable {
  var treatment: LayerTreatment
  var quantization: QuantizationRequest
  /// `nil` if it was left open.
  var scale: ScaleScheme?
  /// Whether the treatment was asked for this layer by name, so that nothing may be clamped.
  var isNamed = false
  var pruning: Pruning?
  /// Whether the pruning was asked for this layer by name.
  var isPruningNamed = false
  /// Why the neurons stay that were to be pruned, if so.
  var pruningObstacle: String?
}

extension [LayerSettings] {
  /// The settings without neurons that cannot go, where they were asked for all layers.
  /// - Throws: `CompressionError` where they were asked for by name.
  func withoutImpossibleNeurons(in model: Model) throws(CompressionError) -> [LayerSettings] {
    var settings = self
    for index in indices where self[index].pruning?.isOfNeurons == true {
      guard let obstacle = NeuronPruning(model: model).obstacle(at: index) else { continue }
      guard !self[index].isPruningNamed else {
        throw NeuronPruning.problem(
          layer: model.layers[index].name, obstacle, self[index].pruning)
      }
      (settings[index].pruning, settings[index].pruningObstacle) = (nil, obstacle)
    }
    return settings
  }
}

extension CompressionSettings {
  /// The settings of every layer, in the order of the names.
  /// - Throws: `CompressionError` for an unmatched pattern, a limit outside 0…1, or a chain that is
  ///   to be quantized.
  func resolved(for names: [String]) throws(CompressionError) -> [LayerSettings] {
    guard autoError >= 0, autoError < 1 else {
      throw .usage(
        argument: "auto-error", found: FigureText.argument(autoError),
        expected: "a relative error from 0 to below 1", example: "0.02")
    }
    var drafts = Array(repeating: Draft(self), count: names.count)
    for override in overrides {
      for (index, isMatch) in try override.matches(among: names).enumerated() where isMatch {
        for setting in override.settings { drafts[index].apply(setting) }
      }
    }
    var resolved: [LayerSettings] = []
    for draft in drafts { resolved.append(try draft.finished(global: treatment)) }
    return resolved
  }

  /// Settings of a layer while overrides are still applied to them.
  private struct Draft {
    var treatment: LayerTreatment
    var quantization: QuantizationRequest?
    var scale: ScaleScheme?
    var isNamed = false
    var pruning: Pruning?
    var isPruningNamed = false

    init(_ settings: CompressionSettings) {
      treatment = settings.treatment
      quantization = settings.quantization
      scale = settings.scale
      pruning = settings.pruning
    }

    mutating func apply(_ setting: LayerOverride.Setting) {
      switch setting {
      case .treatment(let treatment): (self.treatment, isNamed) = (treatment, true)
      case .quantization(let request): quantization = request
      case .scale(let scheme): scale = scheme
      case .pruning(let pruning): (self.pruning, isPruningNamed) = (pruning, true)
      }
    }

    func finished(global: LayerTreatment) throws(CompressionError) -> LayerSettings {
      if case .stages = treatment, let quantization, quantization != .floats {
        throw .usage(
          argument: "quantize", found: quantization.description,
          expected: "none with stages, because a chain holds floats", example: "--quantize none")
      }
      return LayerSettings(
        treatment: treatment, quantization: quantization ?? standard(global: global),
        scale: scale, isNamed: isNamed, pruning: treatment == .skip ? nil : pruning,
        isPruningNamed: isPruningNamed)
    }

    private func standard(global: LayerTreatment) -> QuantizationRequest {
      switch treatment {
      case .rank(.automatic): .automatic
      case .keepDense where global == .rank(.automatic): .automatic
      case .stages, .skip: .floats
      case .rank, .keepDense: .bits(8)
      }
    }
  }
}
