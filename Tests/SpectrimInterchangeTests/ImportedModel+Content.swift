import SpectrimCore
import SpectrimInterchange

extension ImportedModel {
  /// The model, where it is one.
  var model: Model? {
    if case .model(let model) = content { model } else { nil }
  }

  /// The checkpoint and the reason, where it is one.
  var checkpoint: (source: any CheckpointSource, reason: String)? {
    if case .checkpoint(let source, let reason) = content { (source, reason) } else { nil }
  }
}
