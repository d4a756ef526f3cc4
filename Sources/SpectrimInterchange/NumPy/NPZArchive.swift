internal import SpectrimCore
internal import SpectrimData

/// The arrays of an `.npz` file, or the one array of an `.npy` file.
struct NPZArchive {
  let tensors: StoredTensors
  /// The lines of our own description, where the file has one.
  let description: [String]?

  /// The name of the array with our own description.
  static let descriptionName = "spectrim"

  init(at path: String) throws(InterchangeError) {
    let archive = try ZipArchive(path: path)
    var (headers, zipEntries): ([(name: String, array: NPYTensor)], [ZipEntry]) = ([], [])
    var description: [String]?
    for entry in archive.entries where entry.name.hasSuffix(".npy") {
      let name = String(entry.name.dropLast(4))
      let prefix = try archive.read(
        entry, range: 0..<min(entry.byteCount, NPYTensor.prefixByteCount))
      if name == Self.descriptionName {
        description = try NPYText.lines(of: entry, prefix, in: archive)
        continue
      }
      let array = try NPYTensor(prefix, name: name, file: path)
      try Self.check(array, name, byteCount: entry.byteCount, file: path)
      headers.append((name, array))
      zipEntries.append(entry)
    }
    guard !headers.isEmpty else {
      throw InterchangeError(.invalid, file: path, "no arrays; expected entries named ….npy")
    }
    let (arrays, sources) = (headers, zipEntries)
    tensors = StoredTensors(file: path, entries: arrays.map(Self.entry), isOrdered: false) {
      index in
      let bytes = try archive.read(sources[index], atMost: sources[index].byteCount)
      return arrays[index].array.tensor(Array(bytes.dropFirst(arrays[index].array.dataOffset)))
    }
    self.description = description
  }

  /// Opens a single array, which is named like its file.
  init(array path: String) throws(InterchangeError) {
    let file = try PositionedFile(path)
    let name = path.split(separator: "/").last.map { String($0.prefix { $0 != "." }) } ?? path
    let array = try NPYTensor(
      try file.read(0..<min(file.byteCount, NPYTensor.prefixByteCount)), name: name, file: path)
    try Self.check(array, name, byteCount: file.byteCount, file: path)
    tensors = StoredTensors(
      file: path, entries: [Self.entry((name, array))], isOrdered: true
    ) { _ in
      array.tensor(try file.read(array.dataOffset..<file.byteCount))
    }
    description = nil
  }

  private static func entry(_ header: (name: String, array: NPYTensor)) -> CheckpointEntry {
    CheckpointEntry(name: header.name, type: header.array.type, shape: header.array.shape)
  }

  /// What the array declares must be what the archive has, or one of the two lies.
  private static func check(
    _ array: NPYTensor, _ name: String, byteCount: Int, file: String
  ) throws(InterchangeError) {
    let found = byteCount - array.dataOffset
    guard found == array.byteCount else {
      throw InterchangeError(
        .invalid, file: file,
        "`\(name)` has \(found) bytes of elements; expected \(array.byteCount) for shape \(array.shape)",
        found: "\(found)", expected: "\(array.byteCount)")
    }
  }
}
