/// What the calibrated conversion is asked for.
public struct CalibrationSettings: Sendable, Equatable {
  /// θ: the one knob. The step of every code in units of the scores; ranks, steps and rounding all
  /// follow from it.
  public var step: Double
  /// Components are kept above this times `θ √((out + in) / 2)`; 0.5 to 0.7 measured alike.
  public var rankThreshold = 0.7
  /// Steps of U in units of those of V: V is fitted to nothing afterwards, U is.
  public var leftStepRatio = 1.25
  /// The share of the mean variance that is added to every input; `nil` chooses by the number of
  /// examples.
  public var inputDamping: Double?
  /// The share of the mean weight that is added to every output.
  public var outputDamping = 0.01
  /// The most backward passes per example that the metric of the outputs takes; `nil` chooses by the
  /// number of examples.
  public var directionLimit: Int?
  /// What can be left out, to see what it is worth.
  public var stages = Stages()

  /// Creates settings for one θ.
  public init(step: Double) { self.step = step }

  /// The stages of the method, all on.
  public struct Stages: Sendable, Equatable {
    /// Errors weighed by what they do to the scores; off: all outputs alike.
    public var outputMetric = true
    /// Layers fitted to what the coded ones in front of them give.
    public var sequentialTargets = true
    /// Rounding errors made up for by later codes.
    public var errorFeedback = true
    /// Rounding that weighs errors against bits.
    public var rateAwareRounding = true
    /// A step per column, tried for every layer.
    public var columnSteps = true
    /// One step for all columns, tried for every layer.
    public var commonSteps = true
    /// Biases that take the mean error away.
    public var biasCorrection = true
    /// Factors; off: codes of the matrices themselves.
    public var lowRank = true

    /// All stages.
    public init() {}
  }

  /// ε of the inputs: few examples say less about them.
  /// - Source: frontier study on convolutions, §6: 256 examples want 4e-2, 10 000 1e-3.
  func inputDamping(exampleCount: Int) -> Double {
    inputDamping ?? min(0.04, 10 / Double(max(exampleCount, 1)))
  }

  /// Passes that give the metric of the outputs some twenty thousand vectors; more change nothing.
  /// - Source: `Benchmarks/ablation`.
  func directionLimit(exampleCount: Int) -> Int {
    directionLimit ?? max(1, (20_000 + exampleCount - 1) / max(exampleCount, 1))
  }

  var rounding: ErrorFeedback.Options {
    stages.rateAwareRounding
      ? ErrorFeedback.Options(feedsBack: stages.errorFeedback)
      : ErrorFeedback.Options(feedsBack: stages.errorFeedback, rateWeight: 0)
  }
}
