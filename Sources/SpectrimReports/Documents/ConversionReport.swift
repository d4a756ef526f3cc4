public import SpectrimCore

/// What a conversion did, or would do.
public struct ConversionReport: Report, Equatable {
  /// What was decided for every layer; it can be replayed.
  public let plan: Plan
  /// Whether nothing was written.
  public let dryRun: Bool
  /// The size of the file.
  public let bytes: Int
  /// `4 · (weights + biases)` of the dense network.
  public let denseBytes: Int
  /// `denseBytes / bytes`; null for an empty file.
  public let ratio: Double?
  /// How long it took, reading and writing included.
  public let seconds: Double
  /// What was measured of every layer.
  public let layers: [LayerReport]
  /// What a search for the step of the codes tried, the smallest step first; empty without a search.
  public let search: [SearchPoint]
  /// What was promised and found; null without a promise.
  public let promise: Promise?
  /// The accuracy before and after; null where it was not measured.
  public let accuracy: Accuracy?
  /// What the user should know, in sentences.
  public let warnings: [String]

  /// Describes a conversion.
  /// - Parameters:
  ///   - model: the compact model with its record.
  ///   - plan: the plan that was carried out.
  ///   - fileBytes: the size of the file.
  ///   - layerBytes: the stored bytes per layer name; a layer that is not in it counts with its
  ///     bytes before lossless coding.
  public init(
    _ model: Model, plan: Plan, fileBytes: Int, layerBytes: [String: Int] = [:], seconds: Double,
    search: [SearchPoint] = [], promise: Promise? = nil, accuracy: Accuracy? = nil,
    warnings: [String] = [], dryRun: Bool = false
  ) {
    let totals = Totals(model, fileBytes: fileBytes)
    self.plan = plan
    self.dryRun = dryRun
    bytes = fileBytes
    denseBytes = totals.denseBytes
    ratio = totals.ratio
    self.seconds = seconds
    layers = model.layers.map {
      LayerReport($0, bytes: layerBytes[$0.name], record: model.record, plan: plan)
    }
    self.search = search
    self.promise = promise
    self.accuracy = accuracy
    self.warnings = warnings
  }

  /// The accuracy of the model before and after its conversion, on the same images.
  public struct Accuracy: Sendable, Encodable, Equatable {
    /// How many images were classified.
    public let count: Int
    /// The share of right answers of the source, 0…1.
    public let before: Double
    /// The share of right answers of the compact model, 0…1.
    public let after: Double
    /// `100 · (before − after)`.
    /// - Units: points, 0.1 being 0.1 %.
    public let loss: Double

    /// Derives the shares from counts of right answers; there must be an image.
    public init(count: Int, correctBefore: Int, correctAfter: Int) {
      precondition(count > 0, "an accuracy without images")
      self.count = count
      before = Double(correctBefore) / Double(count)
      after = Double(correctAfter) / Double(count)
      loss = 100 * Double(correctBefore - correctAfter) / Double(count)
    }
  }

  enum CodingKeys: String, CodingKey {
    case plan, dryRun, bytes, denseBytes, ratio, seconds, layers, search, promise, accuracy,
      warnings
  }

  /// Writes every field, absent ones as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(plan, forKey: .plan)
    try container.encode(dryRun, forKey: .dryRun)
    try container.encode(bytes, forKey: .bytes)
    try container.encode(denseBytes, forKey: .denseBytes)
    try container.encode(ratio, forKey: .ratio)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(layers, forKey: .layers)
    try container.encode(search, forKey: .search)
    try container.encode(promise, forKey: .promise)
    try container.encode(accuracy, forKey: .accuracy)
    try container.encode(warnings, forKey: .warnings)
  }
}

extension ConversionReport {
  /// The table of layers, the reasons and the sum; warnings belong on standard error.
  public var text: String {
    let reasons = layers.compactMap { layer in layer.reason.map { ["\(layer.name):", $0] } }
    return [
      searchText, layerTable.text, Table.lines(reasons), summary + "\n",
    ].filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// What was tried, the file that was chosen marked.
  private var searchText: String {
    guard let first = search.first else { return "" }
    var table = Table([
      .text("tried"), .number("θ"), .number("bytes"), .number("loss"), .number("at most"),
      .number("agreement"), .number("divergence"),
    ])
    table.rows = search.map { point in
      let found = point.agreement
      return [
        point.step == plan.calibration?.step ? "→" : "", NumberText.significant(point.step),
        NumberText.count(point.bytes), NumberText.points(found.loss),
        NumberText.points(found.lossBound),
        NumberText.percent(Double(found.agreeing) / Double(found.count)),
        NumberText.significant(found.divergence),
      ]
    }
    return table.text
      + "on \(NumberText.count(first.agreement.count)) training images, which the dense model knows: "
      + "on others less is lost\n"
  }

  private var layerTable: Table {
    var table = Table([
      .text("layer"), .number("shape"), .text("rule"), .number("rank"), .text("representation"),
      .number("bits"), .number("bytes"), .number("ratio"), .number("energy kept"),
      .number("relative error"),
    ])
    table.rows = layers.map { layer in
      [
        layer.name, layer.shapeText, layer.rule ?? NumberText.absent, layer.rankText,
        layer.representation, layer.bitsText, NumberText.bytes(layer.bytes),
        NumberText.ratio(layer.ratio), NumberText.percent(layer.energyKept),
        NumberText.significant(layer.relativeError),
      ]
    }
    table.rows.append([
      "whole file", "", "", "", "", "", NumberText.bytes(bytes), NumberText.ratio(ratio), "", "",
    ])
    return table
  }

  private var summary: String {
    let verb = dryRun ? "would write" : "wrote"
    var text =
      "\(verb) \(NumberText.bytes(bytes)) for \(NumberText.bytes(denseBytes)) of dense floats "
      + "(\(NumberText.ratio(ratio)) smaller) in \(NumberText.fixed(seconds, 2)) s"
    if let promise {
      let found = promise.agreement
      text +=
        "\nat most \(NumberText.points(promise.points)) lost: on "
        + "\(NumberText.count(found.count)) images kept for this check "
        + "\(NumberText.points(found.loss)), at most \(NumberText.points(found.lossBound)) "
        + "(\(NumberText.percent(Promise.confidence, 1)) confidence)"
    }
    if let accuracy {
      text +=
        "\naccuracy \(NumberText.percent(accuracy.before)) before, "
        + "\(NumberText.percent(accuracy.after)) after (loss \(NumberText.points(accuracy.loss))) "
        + "on \(NumberText.count(accuracy.count)) test images"
    }
    return text
  }
}
