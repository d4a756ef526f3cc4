/// How well a model classifies a data set.
public struct EvaluationReport: Report, Equatable {
  /// How many images were classified.
  public let count: Int
  /// How many of them were classified as their label says.
  public let correct: Int
  /// `correct / count`.
  /// - Units: 0…1.
  public let accuracy: Double
  /// Images per second of running the model alone.
  public let imagesPerSecond: Double
  /// The share of images that both models classify alike, 0…1.
  public let agreement: Double?
  /// The largest difference of two scores of one image and class.
  public let maxScoreDifference: Double?
  /// The accuracy of the other model minus this one's.
  /// - Units: points, 0.1 being 0.1 %.
  public let accuracyLoss: Double?

  /// What a comparison with another model on the same images found.
  public struct Comparison: Sendable, Equatable {
    /// How many images both models classify alike.
    public let agreeing: Int
    /// The largest difference of two scores of one image and class.
    public let maxScoreDifference: Double
    /// How many images the other model classifies as their label says.
    public let otherCorrect: Int

    /// Creates a comparison.
    public init(agreeing: Int, maxScoreDifference: Double, otherCorrect: Int) {
      self.agreeing = agreeing
      self.maxScoreDifference = maxScoreDifference
      self.otherCorrect = otherCorrect
    }
  }

  /// Derives the shares from counts; there must be an image.
  public init(count: Int, correct: Int, imagesPerSecond: Double, against: Comparison? = nil) {
    precondition(count > 0, "an evaluation without images")
    self.count = count
    self.correct = correct
    self.imagesPerSecond = imagesPerSecond
    accuracy = Double(correct) / Double(count)
    agreement = against.map { Double($0.agreeing) / Double(count) }
    maxScoreDifference = against?.maxScoreDifference
    accuracyLoss = against.map { 100 * Double($0.otherCorrect - correct) / Double(count) }
  }

  /// Two lines, or five with a comparison.
  public var text: String {
    var rows = [
      [
        "accuracy",
        "\(NumberText.percent(accuracy)) "
          + "(\(NumberText.count(correct)) of \(NumberText.count(count)))",
      ],
      ["images per second", NumberText.count(Int(imagesPerSecond.rounded()))],
    ]
    if agreement != nil {
      rows += [
        ["agreement", NumberText.percent(agreement)],
        ["largest score difference", NumberText.significant(maxScoreDifference)],
        ["accuracy loss", NumberText.points(accuracyLoss)],
      ]
    }
    return Table.lines(rows)
  }
}
