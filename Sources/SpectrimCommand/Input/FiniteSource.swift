internal import SpectrimCore
internal import SpectrimFiles

/// A checkpoint whose tensors are looked at for NaN and infinities as they are read.
struct FiniteSource: CheckpointSource {
  let base: any CheckpointSource
  let path: String

  var name: String { base.name }
  var entries: [CheckpointEntry] { base.entries }

  func content(of index: Int) throws -> CheckpointContent {
    let content = try base.content(of: index)
    try FiniteCheck.check(content, of: entries[index], file: path)
    return content
  }
}
