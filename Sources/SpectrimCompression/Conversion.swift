public import SpectrimCore

/// What a conversion made: the layers, what was kept of each, and what to warn of.
public struct Conversion: Sendable, Equatable {
  /// The model that was converted.
  public let source: Model
  /// The converted layers.
  public let layers: [Layer]
  /// What was done.
  public let plan: Plan
  /// What was kept and lost per layer, in the order of the model.
  public let figures: [LayerFigures]

  /// What somebody should know before using the result.
  public var warnings: [String] { plan.warnings }

  /// The model as it is, where nothing is smaller.
  public static func leaving(_ model: Model) -> Conversion {
    let plans = model.layers.map {
      LayerPlan(
        name: $0.name, rule: LayerTreatment.skip.description, representation: nil,
        reason: "left as it is, because the whole file would grow")
    }
    let figures = model.layers.map {
      LayerFigures(name: $0.name, energyKept: 1, relativeError: 0)
    }
    return Conversion(
      source: model, layers: model.layers, plan: Plan(layers: plans), figures: figures)
  }

  /// The converted model with its record.
  /// - Parameters:
  ///   - tool: name and version of the program.
  ///   - source: the file that the weights came from.
  ///   - stamp: a text the user asked for.
  /// - Throws: never in practice: the layers keep the widths of the source.
  public func model(
    tool: String, source: ConversionRecord.Source, stamp: String? = nil
  ) throws(ModelError) -> Model {
    let record = ConversionRecord(
      tool: tool, source: source, plan: plan, figures: figures, stamp: stamp)
    return try self.source.replacing(layers: layers, record: record)
  }
}

extension Plan {
  /// What somebody should know before carrying out the plan.
  public var warnings: [String] {
    let notebook = RankRule.notebook.description
    var warnings: [String] = []
    if layers.contains(where: { $0.rule == notebook }) {
      warnings.append(
        "`\(notebook)` takes σ² = 1/rows, an edge far too high for trained layers; "
          + "`mp` estimates σ")
    }
    for layer in layers where layer.rank == 0 {
      warnings.append(
        "layer `\(layer.name)` keeps rank 0: its output is its bias alone, whatever the input")
    }
    return warnings
  }
}
