/// How a model came to be: what was asked, what was kept and lost, from which source.
///
/// It is stored as one JSON document in the file. It has no date, host or path, so that the same
/// settings give the same bytes; `stamp` is the exception that the user asks for.
public struct ConversionRecord: Sendable, Equatable, Codable {
  /// Name and version of the program that wrote the file.
  public var tool: String
  /// What the model was made from.
  public var source: Source
  /// What was done with every layer; `nil` for a model that was trained, not converted.
  public var plan: Plan?
  /// What was kept of every converted layer, in the order of the model.
  public var figures: [LayerFigures]
  /// How the model was trained, if this program did it; with a plan the training came after the
  /// conversion, of which the figures are.
  public var training: TrainingRecord?
  /// The text the user asked to be stamped with, such as a date.
  public var stamp: String?
  /// The digests of the content; the writer fills them in.
  public var digests: Digests?

  /// Creates a record.
  public init(
    tool: String, source: Source, plan: Plan? = nil, figures: [LayerFigures] = [],
    training: TrainingRecord? = nil, stamp: String? = nil, digests: Digests? = nil
  ) {
    self.tool = tool
    self.source = source
    self.plan = plan
    self.figures = figures
    self.training = training
    self.stamp = stamp
    self.digests = digests
  }

  /// Where the weights came from.
  public struct Source: Sendable, Equatable, Codable {
    /// The kind of file, or `training`.
    public var format: String
    /// The SHA-256 of the source file in hexadecimal digits; `nil` for a trained model.
    public var sha256: String?

    /// Creates a source.
    public init(format: String, sha256: String? = nil) {
      self.format = format
      self.sha256 = sha256
    }
  }

  /// SHA-256 digests in hexadecimal digits over logical content, not over stored bytes, so that
  /// they survive another codec or level.
  public struct Digests: Sendable, Equatable, Codable {
    /// The digest of the whole content but the record.
    public var content: String
    /// The digest of every tensor by its path, in larger files.
    public var tensors: [String: String]?

    /// Creates digests.
    public init(content: String, tensors: [String: String]? = nil) {
      self.content = content
      self.tensors = tensors
    }
  }
}

/// What was kept of one layer, measured against the matrix it was made from.
///
/// Of a conversion with examples both figures are those of the two-sided spectrum, errors weighed by
/// what they do to the scores.
public struct LayerFigures: Sendable, Equatable, Codable {
  /// The layer.
  public let name: String
  /// `Σ s²` of the kept singular values over that of all, to six digits; 1 without truncation.
  public let energyKept: Double
  /// `‖W − Ŵ‖ / ‖W‖` in the Frobenius norm to six digits, truncation and rounding together.
  public let relativeError: Double
  /// How many eigenvalues of the source lie above the `λ₊` of the plan's noise estimate.
  public let spikes: Int?

  /// Creates figures, rounded so that a small file need not carry digits that nobody reads.
  public init(name: String, energyKept: Double, relativeError: Double, spikes: Int? = nil) {
    self.name = name
    self.energyKept = energyKept.rounded(significantDigits: 6)
    self.relativeError = relativeError.rounded(significantDigits: 6)
    self.spikes = spikes
  }
}

/// How a model was trained.
public struct TrainingRecord: Sendable, Equatable, Codable {
  /// The settings by their names on the command line.
  public var settings: [String: String]
  /// One entry per epoch, or the last one alone in a file that is to be small.
  public var history: [Epoch]

  /// Creates a record.
  public init(settings: [String: String], history: [Epoch]) {
    self.settings = settings
    self.history = history
  }

  /// What one epoch reached.
  public struct Epoch: Sendable, Equatable, Codable {
    /// The mean loss over the training set, in nats: the cross-entropy, or that of a distillation.
    public var loss: Double
    /// The share of right answers on the training set, 0…1.
    public var accuracy: Double
    /// The share of right answers on the test set, 0…1, if there was one.
    public var testAccuracy: Double?
    /// What was reached on examples of the training set that were not learned from, if any were.
    public var heldOut: HeldOut?

    /// Creates an entry.
    public init(
      loss: Double, accuracy: Double, testAccuracy: Double? = nil, heldOut: HeldOut? = nil
    ) {
      self.loss = loss
      self.accuracy = accuracy
      self.testAccuracy = testAccuracy
      self.heldOut = heldOut
    }
  }

  /// How a model does on examples of the training set that it did not learn from.
  public struct HeldOut: Sendable, Equatable, Codable {
    /// The share of right answers, 0…1.
    public var accuracy: Double
    /// The share of answers that are those of the teacher, 0…1.
    public var agreement: Double

    /// Creates an entry.
    public init(accuracy: Double, agreement: Double) {
      self.accuracy = accuracy
      self.agreement = agreement
    }
  }
}
