public import SpectrimCore
internal import SpectrimLinearAlgebra
internal import SpectrimTraining

/// Converts a model with the help of unlabelled examples: what matters least to the scores goes.
///
/// The flow of one layer: moments of what it sees → target weight → two-sided decomposition → codes
/// of both factors (or of the matrix) with error feedback → bias. Layers go one after another, each
/// behind those that are coded already. Statistics of the dense network are measured once and serve
/// every θ.
public final class CalibratedConverter {
  /// The model that is converted.
  public let source: Model
  /// What the examples say about the dense network.
  public let statistics: CalibrationStatistics

  /// The source with dense weights, up to its scores.
  private let dense: Model
  private let network: Network
  /// `nil` without examples: targets then are the dense weights.
  private let pass: CalibrationPass?
  private let settings: CalibrationSettings
  private let treatments: [LayerTreatment]
  private let storage: StorageSettings
  private let outputs: [RoundingMetric]
  /// What is asked of the first layer does not depend on θ.
  private var first: (target: LayerTarget, decomposition: TwoSidedDecomposition)?
  private var denseRows: DenseRows

  /// Measures the statistics, or takes those of an earlier run.
  /// - Parameters:
  ///   - treatments: what is asked for each layer, `skip`, `keep:dense` or `auto`; empty for `auto`.
  ///   - data: the examples; `nil` needs statistics and leaves the sequential targets out.
  ///   - progress: is told the share that is done.
  /// - Throws: `CompressionError` when statistics do not fit the model or a layer has no backward
  ///   pass, `LinearAlgebraError` when a metric cannot be factored.
  public init(
    _ model: Model, data: (any CalibrationData)?, statistics: CalibrationStatistics? = nil,
    settings: CalibrationSettings = CalibrationSettings(step: 1), treatments: [LayerTreatment] = [],
    storage: StorageSettings = StorageSettings(), threadCount: Int = 1,
    progress: ((Double) -> Void)? = nil
  ) throws {
    BLASThreads.use(1)
    source = model
    self.settings = settings
    self.treatments =
      treatments.isEmpty ? model.layers.map { _ in .rank(.automatic) } : treatments
    precondition(self.treatments.count == model.layers.count, "one treatment per layer")
    self.storage = storage
    dense = try model.denseUpToScores()
    let network: Network
    do { network = try Network(dense) } catch {
      throw CompressionError.calibration(
        layer: nil, "the model has no backward pass: \(error); convert it without images")
    }
    self.network = network
    let pass = data.map { CalibrationPass(network, over: $0, threadCount: threadCount) }
    self.pass = pass
    var denseRows = DenseRows(network, exampleCount: pass?.data.count ?? 0)
    let found: CalibrationStatistics
    if let statistics {
      found = statistics
    } else if let pass {
      let limit = settings.directionLimit(exampleCount: pass.data.count)
      found = try StatisticsPass(network, directionLimit: limit)
        .run(pass, keeping: &denseRows, progress: progress)
    } else {
      throw CompressionError.calibration(layer: nil, "neither examples nor statistics are given")
    }
    self.denseRows = denseRows
    try found.check(fits: dense)
    self.statistics = found
    outputs = try found.layers.map { layer in
      try RoundingMetric(
        settings.stages.outputMetric
          ? layer.outputMetric
          : .scalar(layer.outputMetric.meanDiagonal, layer.outputMetric.rowCount),
        damping: settings.outputDamping)
    }
  }

  /// Converts with one θ.
  /// - Parameter progress: is told each layer before it is worked on.
  /// - Throws: `LinearAlgebraError` when a metric cannot be factored.
  public func convert(
    step: Double, progress: ((LayerProgress) -> Void)? = nil
  ) throws -> Conversion {
    var settings = settings
    settings.step = step
    var layers: [Layer] = []
    var outcomes: [LayerCoding.Outcome?] = []
    for (index, layer) in source.layers.enumerated() {
      progress?(LayerProgress(layer: layer.name, index: index, count: source.layers.count))
      guard treatments[index] != .skip else {
        outcomes.append(nil)
        layers.append(layer)
        continue
      }
      let outcome = try outcome(ofLayer: index, behind: layers, settings)
      outcomes.append(outcome)
      layers.append(
        try Layer(
          name: layer.name, operation: layer.operation, weight: outcome.weight.representation,
          bias: outcome.bias, activation: layer.activation, initializer: layer.initializer))
    }
    return conversion(layers, outcomes, settings)
  }

  private func outcome(
    ofLayer index: Int, behind coded: [Layer], _ settings: CalibrationSettings
  ) throws -> LayerCoding.Outcome {
    do {
      let (target, decomposition) = try target(ofLayer: index, behind: coded)
      let isMatrix = index == source.layers.count - 1 || treatments[index] == .keepDense
      return try LayerCoding(
        target: target, decomposition: decomposition, settings: settings, isMatrix: isMatrix
      ).outcome()
    } catch let error as LinearAlgebraError {
      throw CompressionError.calibration(layer: source.layers[index].name, "\(error)")
    }
  }

  /// What a layer is to come near to, behind the layers that are coded.
  private func target(
    ofLayer index: Int, behind coded: [Layer]
  ) throws -> (LayerTarget, TwoSidedDecomposition) {
    if index == 0, let first { return first }
    let layer = dense.layers[index]
    let damping = settings.inputDamping(exampleCount: statistics.exampleCount)
    let moments = try moments(ofLayer: index, behind: coded)
    let target = try LayerTarget(
      Matrix<Double>(layer.weight.materialized()),
      bias: layer.bias?.values.map { Double($0) }
        ?? Array(repeating: 0, count: layer.outputCount),
      moments,
      input: try RoundingMetric(
        moments.compressed.covariance, damping: damping,
        meanSquare: moments.compressed.meanSquare),
      output: outputs[index])
    let result = (target, try TwoSidedDecomposition(target))
    if index == 0 { first = result }
    return result
  }

  private func moments(ofLayer index: Int, behind coded: [Layer]) throws -> SequentialMoments {
    guard index > 0, let pass, settings.stages.sequentialTargets else {
      return SequentialMoments(statistics.layers[index])
    }
    let front = try zip(coded, dense.layers).map { coded, layer in
      try layer.replacing(weight: coded.weight.inFloats, bias: coded.bias)
    }
    let model = try dense.replacing(layers: front + dense.layers[index...], record: nil)
    return try SequentialMoments(
      ofLayer: index, dense: network, compressed: try Network(model), pass, kept: &denseRows)
  }

  private func conversion(
    _ layers: [Layer], _ outcomes: [LayerCoding.Outcome?], _ settings: CalibrationSettings
  ) -> Conversion {
    let plans = layers.indices.map { index in
      let outcome = outcomes[index]
      return LayerPlan(
        name: layers[index].name, rule: treatments[index].calibratedRule,
        representation: outcome?.weight.representation.kind,
        rank: outcome?.weight.representation.rank, bits: outcome == nil ? nil : 8,
        reason: outcome?.reason ?? "left as it is")
    }
    let figures = zip(dense.layers, outcomes).map { layer, outcome in
      guard let outcome else {
        return LayerFigures(name: layer.name, energyKept: 1, relativeError: 0)
      }
      // Behind coded layers the target is not the dense weight, so errors are told as the scores
      // see them.
      return LayerFigures(
        name: layer.name, energyKept: outcome.energyKept,
        relativeError: (1 - outcome.energyKept).squareRoot())
    }
    let plan = Plan(
      layers: plans,
      calibration: CalibrationPlan(step: settings.step, exampleCount: statistics.exampleCount),
      storage: storage)
    return Conversion(source: source, layers: layers, plan: plan, figures: figures)
  }
}

extension Matrix<Double> {
  /// `value · I`.
  fileprivate static func scalar(_ value: Double, _ side: Int) -> Matrix {
    Matrix(repeating: 0, Shape(side, side)).addingToDiagonal(value)
  }
}

extension LayerTreatment {
  /// How it stands in a plan that was made with examples.
  fileprivate var calibratedRule: String {
    if case .rank = self { "calibrated" } else { description }
  }
}

extension LayerCoding.Outcome {
  /// What won, and what it loses.
  fileprivate var reason: String {
    weight.sentence + (runnerUp.map { "; \($0.sentence)" } ?? "")
  }
}

extension CodedWeight {
  /// The form, its price and what it does to the scores.
  fileprivate var sentence: String {
    let form = representation.rank.map { "rank \($0)" } ?? "dense"
    let bytes = FigureText.bytes(Int((bitCount / 8).rounded(.up)))
    return "\(form) \(bytes), score error \(FigureText.short(distortion.squareRoot()))"
  }
}
