internal import SpectrimCore
internal import SpectrimFormat

/// The tensors of a `state_dict` that `torch.save` wrote.
///
/// - Source: `torch/serialization.py`: a ZIP archive with the folder of the file's name, in it
///   `data.pkl`, `byteorder` and `data/<key>` for every storage.
struct PyTorchArchive {
  let tensors: StoredTensors
  let notes: [String]

  static let remedy =
    "save the weights alone with torch.save(model.state_dict(), …) or as safetensors"

  /// Far above the pickle of any `state_dict`: a tensor takes about 150 bytes.
  private static let largestPickleByteCount = 16 << 20

  init(at path: String) throws(InterchangeError) {
    try Self.checkIsArchive(path)
    let archive = try ZipArchive(path: path)
    let folder = try Self.folder(of: archive)
    guard let pickle = archive.entry(named: folder + "data.pkl") else {
      throw InterchangeError(.invalid, file: path, "no entry `\(folder)data.pkl`")
    }
    let bytes = try archive.read(pickle, atMost: Self.largestPickleByteCount)
    var unpickler = Unpickler(bytes, file: path)
    let root = try unpickler.run()
    var dictionary = StateDictionary(unpickler, file: path)
    let found = try dictionary.tensors(of: root)
    let isBigEndian = try Self.isBigEndian(archive, folder)
    var views: [PyTorchView] = []
    for (name, tensor) in found {
      views.append(try PyTorchView(tensor, name: name, in: archive, folder: folder))
    }
    let sources = views
    tensors = StoredTensors(
      file: path,
      entries: zip(found, views).map {
        CheckpointEntry(name: $0.name, type: $1.tensor.storage.type, shape: $1.tensor.shape)
      }, isOrdered: true
    ) { index in try sources[index].read(from: archive, isBigEndian: isBigEndian) }
    notes = dictionary.notes
  }

  /// Files from before torch 1.6 are no archives; their beginning tells which kind they are.
  private static func checkIsArchive(_ path: String) throws(InterchangeError) {
    let file = try PositionedFile(path)
    let start = try file.read(0..<min(file.byteCount, 512))
    let isTar = start.count >= 262 && start[257..<262].elementsEqual("ustar".utf8)
    guard start.first != 0x80, !isTar else {
      let kind = isTar ? "a tar archive" : "a bare pickle"
      throw InterchangeError(
        .unsupported, file: path,
        "\(kind), as torch saved before 1.6; load it there and \(remedy)", found: kind,
        expected: "a ZIP archive")
    }
  }

  /// The one folder at the top, whose name is that of the file when it was saved.
  private static func folder(of archive: ZipArchive) throws(InterchangeError) -> String {
    let roots = Set(
      archive.entries.map(\.name).filter { $0.hasSuffix("/data.pkl") }
        .map { String($0.dropLast("data.pkl".count)) })
    let top = roots.filter { $0.count { $0 == "/" } == 1 }
    guard let folder = top.first, top.count == 1 else {
      throw InterchangeError(
        .invalid, file: archive.path, "\(top.count) folders with `data.pkl`; expected one")
    }
    let isScript = archive.entries.contains {
      $0.name == folder + "constants.pkl" || $0.name.hasPrefix(folder + "code/")
    }
    guard !isScript else {
      throw InterchangeError(
        .unsupported, file: archive.path, "a TorchScript program; load it in torch and \(remedy)",
        found: "TorchScript", expected: "a state_dict")
    }
    return folder
  }

  private static func isBigEndian(
    _ archive: ZipArchive, _ folder: String
  ) throws(InterchangeError) -> Bool {
    guard let entry = archive.entry(named: folder + "byteorder") else { return false }
    let word = String(decoding: try archive.read(entry, atMost: 16), as: UTF8.self)
    guard word == "little" || word == "big" else {
      throw InterchangeError(
        .invalid, file: archive.path, "`byteorder` is `\(word)`", found: word,
        expected: "little or big")
    }
    return word == "big"
  }
}

/// A tensor and the entry where its storage stands, checked against each other.
private struct PyTorchView: Sendable {
  let tensor: PickleTensor
  private let entry: ZipEntry
  private let view: StridedBytes

  init(
    _ tensor: PickleTensor, name: String, in archive: ZipArchive, folder: String
  ) throws(InterchangeError) {
    func invalid(_ message: String) -> InterchangeError {
      InterchangeError(.invalid, file: archive.path, "tensor `\(name)` \(message)")
    }
    let storage = tensor.storage
    guard let entry = archive.entry(named: "\(folder)data/\(storage.key)") else {
      throw invalid("has no storage `data/\(storage.key.prefix(80))`")
    }
    guard let byteCount = countedBytes([storage.elementCount], storage.type),
      entry.byteCount == byteCount
    else {
      throw invalid(
        "has a storage of \(entry.byteCount) bytes; expected \(storage.elementCount) elements")
    }
    view = StridedBytes(
      shape: tensor.shape, strides: tensor.strides, offset: tensor.offset,
      elementByteCount: storage.type.byteCount)
    guard let size = countedBytes(tensor.shape, storage.type), let reach = view.reach,
      reach <= storage.elementCount
    else {
      throw invalid(
        "of shape \(tensor.shape) reaches outside its storage of \(storage.elementCount) elements")
    }
    // A step of 0 repeats elements, and a few bytes could claim any size.
    guard size <= byteCount else {
      throw invalid("repeats elements of its storage; save \(name).contiguous()")
    }
    self.tensor = tensor
    self.entry = entry
  }

  func read(from archive: ZipArchive, isBigEndian: Bool) throws(InterchangeError) -> Tensor {
    let size = view.elementByteCount
    let bytes =
      entry.isStored
      ? try archive.read(entry, range: range(size))
      : try archive.read(entry, atMost: entry.byteCount)
    let local = StridedBytes(
      shape: view.shape, strides: view.strides, offset: entry.isStored ? 0 : view.offset,
      elementByteCount: size)
    return Tensor(
      type: tensor.storage.type, shape: tensor.shape,
      bytes: local.gathered(from: bytes, isBigEndian: isBigEndian && size > 1))
  }

  /// The part of the storage that the view reaches.
  private func range(_ size: Int) -> Range<Int> {
    guard let reach = view.reach, reach > view.offset else { return 0..<0 }
    return view.offset * size..<reach * size
  }
}
