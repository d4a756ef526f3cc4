internal import SpectrimCore

/// What a model says about single inputs.
public struct PredictionReport: Report, Equatable {
  /// One entry per image, in the order they were given.
  public let results: [Result]
  /// How many of the best classes the text lists; `nil` lists the scores of all.
  private let top: Int?

  enum CodingKeys: String, CodingKey {
    case results
  }

  /// Collects results; `top`, at least 1, is for the text alone.
  public init(results: [Result], top: Int? = nil) {
    precondition(top ?? 1 >= 1, "the best \(top ?? 1) classes")
    self.results = results
    self.top = top
  }

  /// What a model says about one image.
  public struct Result: Sendable, Encodable, Equatable {
    /// Where the image came from, as it was named.
    public let input: String
    /// The score of every class.
    public let scores: [Float]
    /// The class with the best score, the first one among equals.
    public let label: Int
    /// The name of that class; null where the model has no names.
    public var labelName: String? { names?[label] }
    /// The class that the data set gives; null where there is none.
    public let expected: Int?
    private let names: [String]?

    enum CodingKeys: String, CodingKey {
      case input, scores, label, labelName, expected
    }

    /// Finds the best class among at least one score.
    public init(input: String, scores: [Float], names: [String]? = nil, expected: Int? = nil) {
      precondition(!scores.isEmpty, "a prediction without scores")
      precondition(names.map { $0.count == scores.count } ?? true, "names of other classes")
      self.input = input
      self.scores = scores
      self.names = names
      self.expected = expected
      label = scores.indices.reduce(0) { scores[$1].ranksBefore(scores[$0]) ? $1 : $0 }
    }

    /// Writes every field, absent ones as null.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(input, forKey: .input)
      try container.encode(scores, forKey: .scores)
      try container.encode(label, forKey: .label)
      try container.encode(labelName, forKey: .labelName)
      try container.encode(expected, forKey: .expected)
    }

    /// The class as people know it.
    fileprivate func name(of label: Int) -> String {
      guard let names, names.indices.contains(label) else { return String(label) }
      return names[label]
    }

    /// Classes by descending score, the first one first among equals.
    fileprivate var ranking: [Int] {
      scores.indices.sorted {
        scores[$0].ranksBefore(scores[$1]) || (!scores[$1].ranksBefore(scores[$0]) && $0 < $1)
      }
    }
  }

  /// One line per image, or one per image and listed class.
  public var text: String {
    top.map(bestClasses) ?? allScores
  }

  private var allScores: String {
    let expected = !expectedColumn.isEmpty
    var table = Table([.text("input"), .text("label")] + expectedColumn + [.text("scores")])
    for result in results {
      let scores = result.scores.map { NumberText.significant(Double($0)) }
      table.rows.append(
        [result.input, result.name(of: result.label)]
          + (expected ? [result.expected.map(result.name) ?? NumberText.absent] : [])
          + [scores.joined(separator: " ")])
    }
    return table.text
  }

  private func bestClasses(_ count: Int) -> String {
    let expected = !expectedColumn.isEmpty
    var table = Table([.text("input"), .text("label"), .number("score")] + expectedColumn)
    for result in results {
      for (place, label) in result.ranking.prefix(count).enumerated() {
        let truth = result.expected.map(result.name) ?? NumberText.absent
        let score = NumberText.significant(Double(result.scores[label]))
        table.rows.append(
          [place == 0 ? result.input : "", result.name(of: label), score]
            + (expected ? [place == 0 ? truth : ""] : []))
      }
    }
    return table.text
  }

  private var expectedColumn: [Table.Column] {
    results.contains { $0.expected != nil } ? [.text("expected")] : []
  }
}
