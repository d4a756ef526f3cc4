public import SpectrimCore

/// What was read from a file of another program.
public struct ImportedModel: Sendable {
  /// What the file holds, as far as it can be told from it.
  public enum Content: Sendable {
    /// A chain of steps that can be run.
    case model(Model)
    /// Tensors without a graph that could be run, and why, in a clause such as "its layers branch".
    case checkpoint(any CheckpointSource, reason: String)
  }

  /// What the file holds.
  public let content: Content
  /// The kind of file.
  public let format: ForeignFormat
  /// What the reader left out or changed, such as dropout layers, for people.
  public let notes: [String]
  /// The files that the model consists of, if it is more than the one that was named.
  public let files: [String]

  /// Joins the parts.
  public init(
    _ content: Content, format: ForeignFormat, notes: [String] = [], files: [String] = []
  ) {
    self.content = content
    self.format = format
    self.notes = notes
    self.files = files
  }

  /// The same with the files that it consists of.
  func consisting(of files: [String]) -> ImportedModel {
    ImportedModel(content, format: format, notes: notes, files: files)
  }
}

/// The kinds of files that other programs write; the raw value stands in reports.
public enum ForeignFormat: String, Sendable, CaseIterable {
  case kerasLegacy = "keras-h5"
  case kerasWeights = "keras-weights-h5"
  case keras = "keras"
  case safetensors = "safetensors"
  case npz = "npz"
  case npy = "npy"
  case onnx = "onnx"
  case pytorch = "pytorch"
}

/// What a file may not say itself and its reader must then be told.
public struct ImportOptions: Sendable {
  /// The steps of a file that has weights only.
  public var architecture: Architecture?
  /// Which side of a matrix the outputs are; it goes before what names tell.
  public var layout: WeightLayout?
  /// The sides of one example, channel first, where the file does not tell.
  public var inputShape: [Int]?

  /// Tells nothing.
  public init() {}
}

/// Which side of a matrix the outputs are.
public enum WeightLayout: String, Sendable, CaseIterable {
  /// `[out, in]`, PyTorch's.
  case outputsFirst = "out-in"
  /// `[in, out]`, Keras' and most code in numpy.
  case inputsFirst = "in-out"
}
