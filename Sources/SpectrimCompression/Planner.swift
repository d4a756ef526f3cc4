public import SpectrimCore
internal import SpectrimLinearAlgebra
internal import SpectrimSpectra

/// How far a pass over the layers has come.
public struct LayerProgress: Sendable, Equatable {
  /// The layer that is about to be worked on.
  public let layer: String
  /// Its place, from 0.
  public let index: Int
  /// How many layers there are.
  public let count: Int
}

/// Decides what is done with every layer of a model; changes nothing.
public struct Planner: Sendable {
  /// What the user asks for.
  public let settings: CompressionSettings
  /// How many layers are worked on at once; the result is the same for every number.
  public let threadCount: Int

  /// Creates a planner.
  public init(settings: CompressionSettings, threadCount: Int = 1) {
    self.settings = settings
    self.threadCount = threadCount
  }

  /// The plan for a model: per layer the smallest form for what was asked, and why.
  ///
  /// Sets the threads of BLAS to one.
  /// - Throws: `CompressionError` for settings that do not fit the model, `LinearAlgebraError`
  ///   when a matrix cannot be decomposed.
  public func plan(
    for model: AnalysedModel, progress: ((LayerProgress) -> Void)? = nil
  ) throws -> Plan {
    let resolved = try settings.resolved(for: model.layers.map(\.layer.name))
      .withoutImpossibleNeurons(in: model.model)
    BLASThreads.use(1)
    let layers = try model.layers(resolved.map(\.pruning))
    let largest = layers.map(\.layer.weight.shape.elementCount).max() ?? 0
    let plans = try SideBySide.map(count: layers.count, width: threadCount) { index in
      progress?(
        LayerProgress(layer: layers[index].layer.name, index: index, count: layers.count))
    } _: { index in
      try plan(for: layers[index], resolved[index], largestElementCount: largest)
    }
    return Plan(layers: plans, initializer: settings.initializer, storage: settings.storage)
  }

  /// The relative error ε that a layer may have: the one asked for in the largest layer, less in
  /// smaller ones.
  ///
  /// A layer of `n` weights takes about `n · log₂(1/ε)` bits, so that a saved bit costs the same
  /// `ε²` in every layer where `ε²` is proportional to `n`. With one ε for all, the head of ten rows
  /// loses most of the accuracy and saves next to nothing. Nor is there much to save in a head that
  /// is alone or the largest: what its few rows lose no later layer averages out.
  /// - Source: reverse water-filling, Cover and Thomas, chapter 10; `Benchmarks/auto-sweep`.
  private func errorLimit(for layer: AnalysedLayer, largestElementCount: Int) -> Double {
    let shape = layer.layer.weight.shape
    let share = Double(shape.elementCount) / Double(max(largestElementCount, 1))
    let isHead = shape.smallerSide <= MarchenkoPasturRule.largestUnthresholdedSide
    let factor = min(share.squareRoot(), isHead ? Self.largestShareOfHead : 1)
    return max(settings.autoError * factor, min(settings.autoError, Self.errorOfEightBits))
  }

  /// A quarter: the softmax regression, a head alone, then loses as little as the other networks.
  private static let largestShareOfHead = 0.25

  /// No layer is asked to be better than codes of 8 bits can be: on normal entries dense rows of
  /// 8 bits lose 0.0075.
  private static let errorOfEightBits = 0.01

  func plan(
    for layer: AnalysedLayer, _ asked: LayerSettings, largestElementCount: Int
  ) throws -> LayerPlan {
    let draft = PlanDraft(layer: layer, asked: asked)
    let limit = errorLimit(for: layer, largestElementCount: largestElementCount)
    if asked.treatment != .skip, let obstacle = layer.obstacle {
      return draft.leaving("left as it is, because \(obstacle)")
    }
    switch asked.treatment {
    case .skip: return draft.leaving("left as it is")
    case .keepDense: return try draft.keepingDense(limit: limit)
    case .stages(let stages): return try draft.chaining(stages)
    case .rank(let rule):
      let spectrum = try layerSpectrum(of: layer, asked)
      guard let rule = rule.spectralRule else {
        return try draft.automatic(spectrum, limit: limit)
      }
      return try draft.following(try rule.choice(for: spectrum), limit: limit)
    }
  }

  private func layerSpectrum(
    of layer: AnalysedLayer, _ asked: LayerSettings
  ) throws -> LayerSpectrum {
    LayerSpectrum(
      name: layer.layer.name, spectrum: try layer.spectrum(),
      initializer: settings.initializer ?? layer.layer.initializer, isNamed: asked.isNamed,
      control: try settings.controlSeed.map { try ShuffledControl(layer.matrix, seed: $0) })
  }
}
