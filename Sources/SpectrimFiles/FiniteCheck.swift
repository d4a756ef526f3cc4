public import SpectrimCore
internal import SpectrimFormat

/// Looks for NaN and infinities in what was read from files of other programs.
public enum FiniteCheck {
  /// Looks at all weights and constants of a model.
  /// - Throws: `ModelFileError` with the first place.
  public static func check(_ model: Model, file: String) throws {
    try ModelFileError.located(in: file) {
      for (index, step) in model.steps.enumerated() {
        let node = step.formatNode(index: index)
        try node.checkIsFinite()
        try step.layer?.checkIsFinite(at: node.path)
      }
    }
  }

  /// Looks at one tensor of a checkpoint.
  /// - Throws: `ModelFileError` with the first place.
  public static func check(
    _ content: CheckpointContent, of entry: CheckpointEntry, file: String
  ) throws {
    try ModelFileError.located(in: file) {
      try entry.formatNode(index: 0, content).checkIsFinite()
    }
  }
}
