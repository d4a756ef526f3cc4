internal import Foundation
internal import SpectrimCore

/// The tensors of one safetensors file, or of several that an index names.
struct SafetensorsShards {
  let tensors: StoredTensors
  /// What `__metadata__` of a single file says; shards have nothing of interest.
  let metadata: [String: String]
  let notes: [String]
  /// The file, or the index and all shards.
  let files: [String]

  /// Opens a `.safetensors` file, an index, or a folder with one of them.
  init(at path: String) throws(InterchangeError) {
    let path = try Self.resolved(path)
    if path.hasSuffix(".json") {
      try self.init(index: path)
      return
    }
    let file = try PositionedFile(path)
    let header = try SafetensorsHeader(of: file)
    self.init(
      path, header.parts.map { ($0, file) }, metadata: header.metadata, notes: [], files: [path])
  }

  private init(
    _ path: String, _ parts: [(SafetensorsHeader.Part, PositionedFile)],
    metadata: [String: String], notes: [String], files: [String]
  ) {
    tensors = StoredTensors(file: path, entries: parts.map(\.0.entry), isOrdered: false) { index in
      let (part, file) = parts[index]
      return Tensor(
        type: part.entry.type, shape: part.entry.shape, bytes: try file.read(part.range))
    }
    self.metadata = metadata
    self.notes = notes
    self.files = files
  }

  /// The one file that a folder offers, an index before its shards.
  private static func resolved(_ path: String) throws(InterchangeError) -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    else { return path }
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    let indices = names.filter { $0.hasSuffix(".safetensors.index.json") }
    let candidates = indices.isEmpty ? names.filter { $0.hasSuffix(".safetensors") } : indices
    guard !candidates.isEmpty else {
      throw InterchangeError(
        .cannotRead, file: path, "is a folder without files of safetensors; name a model's file")
    }
    guard candidates.count == 1 else {
      throw InterchangeError(
        .ambiguous, file: path,
        "\(candidates.count) files of safetensors in the folder; name one of them",
        found: candidates.joined(separator: ", "), expected: "one")
    }
    return path + "/" + candidates[0]
  }
}

extension SafetensorsShards {
  /// Far above the index of any published model.
  private static let largestIndexByteCount = 64 << 20

  private init(index path: String) throws(InterchangeError) {
    let places = try Self.weightMap(path)
    let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    let folder = path.contains("/") ? parent : "."
    var parts: [(SafetensorsHeader.Part, PositionedFile)] = []
    var notes: [String] = []
    for shard in Set(places.values).sorted() {
      let file = try Self.open(shard, in: folder, index: path)
      let header = try SafetensorsHeader(of: file)
      for part in header.parts {
        switch places[part.entry.name] {
        case shard: parts.append((part, file))
        case nil:
          notes.append("tensor `\(part.entry.name)` of \(shard) is not in the index; left out")
        case .some(let other):
          notes.append(
            "tensor `\(part.entry.name)` of \(shard) left out; the index takes it from \(other)")
        }
      }
      let found = Set(header.parts.map(\.entry.name))
      for (name, place) in places where place == shard && !found.contains(name) {
        throw InterchangeError(.invalid, file: path, "tensor `\(name)` is not in \(shard)")
      }
    }
    self.init(
      path, parts, metadata: [:], notes: notes,
      files: [path] + Set(places.values).sorted().map { "\(folder)/\($0)" })
  }

  /// Which tensor is in which file.
  private static func weightMap(_ path: String) throws(InterchangeError) -> [String: String] {
    let file = try PositionedFile(path)
    guard file.byteCount <= largestIndexByteCount else {
      throw InterchangeError(
        .invalid, file: path,
        "an index of \(file.byteCount) bytes; expected at most \(largestIndexByteCount)")
    }
    guard
      case .object(let members, _) = try StrictJSON.value(
        try file.read(0..<file.byteCount), file: path),
      case .object(let map, let order) = members["weight_map"]
    else { throw InterchangeError(.invalid, file: path, "no object `weight_map`") }
    var places: [String: String] = [:]
    for name in order {
      guard case .text(let shard) = map[name] else {
        throw InterchangeError(.invalid, file: path, "`weight_map` has no file for `\(name)`")
      }
      guard shard.hasSuffix(".safetensors"), !shard.contains("/"), !shard.contains("\\"),
        !shard.contains("..")
      else {
        throw InterchangeError(
          .invalid, file: path,
          "shard `\(shard)` is no plain file name; expected one beside the index",
          found: shard, expected: "….safetensors")
      }
      places[name] = shard
    }
    return places
  }

  private static func open(
    _ shard: String, in folder: String, index: String
  ) throws(InterchangeError) -> PositionedFile {
    guard FileManager.default.fileExists(atPath: folder + "/" + shard) else {
      throw InterchangeError(
        .cannotRead, file: index, "shard \(shard) is missing; put it beside the index")
    }
    return try PositionedFile(folder + "/" + shard)
  }
}
