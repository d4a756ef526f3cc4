internal import Foundation

/// Files of other programs, told apart by their content.
public enum ForeignFile {
  /// Reads whatever a path leads to: a file, an index of shards, or a folder that holds one model.
  /// - Throws: `InterchangeError` with the place and the first defect.
  public static func read(
    at path: String, options: ImportOptions = ImportOptions()
  ) throws -> ImportedModel {
    switch try Kind(of: path) {
    case .hdf5, .kerasArchive: try KerasFile.read(at: path, options: options)
    case .safetensors: try SafetensorsFile.read(at: path, options: options)
    case .numpy: try NPZFile.read(at: path, options: options)
    case .pytorch: try PyTorchFile.read(at: path, options: options)
    case .onnx: try ONNXFile.read(at: path, options: options)
    }
  }

  /// Kinds of files as their first bytes or, for archives, their members tell them apart.
  private enum Kind {
    case hdf5
    case kerasArchive
    case safetensors
    case numpy
    case pytorch
    case onnx

    init(of path: String) throws {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw InterchangeError(.cannotRead, file: path, "there is no such file")
      }
      if isFolder.boolValue {
        self = .safetensors
        return
      }
      let start = try Self.start(of: path)
      switch start {
      case _ where start.starts(with: Self.hdf5Start): self = .hdf5
      case _ where start.starts(with: Self.zipStart): self = try Self.archive(at: path)
      case _ where start.starts(with: Self.npyStart): self = .numpy
      case _ where Self.isSafetensors(start): self = .safetensors
      case _ where start.first == Self.pickle: self = .pytorch
      case _ where start.first == Self.irVersion: self = .onnx
      default:
        throw InterchangeError(
          .unsupported, file: path,
          "is no kind of file that is known; expected a model of Spectrim, Keras (.h5, .weights.h5, "
            + ".keras), safetensors, NPZ or NPY, ONNX or PyTorch (.pt)")
      }
    }

    private static let hdf5Start = Data([0x89] + Array("HDF\r\n\u{1A}\n".utf8))
    /// Field 1 of a protobuf message as a number: `ir_version`, which every ONNX writer puts first.
    private static let irVersion: UInt8 = 0x08
    private static let zipStart = Data("PK".utf8)
    private static let npyStart = Data("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) })
    /// The opcode `PROTO`, with which every pickle of protocol 2 and later starts.
    private static let pickle: UInt8 = 0x80

    private static func start(of path: String) throws -> Data {
      let file = try PositionedFile(path)
      return Data(try file.read(0..<min(file.byteCount, 512)))
    }

    /// Eight bytes of a length and `{`, or an index of shards, which is JSON.
    private static func isSafetensors(_ start: Data) -> Bool {
      if start.count > 8, start[8] == UInt8(ascii: "{"), start[7] == 0 { return true }
      return start.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "{")
    }

    private static func archive(at path: String) throws -> Kind {
      let names = try ZipArchive(path: path).entries.map(\.name)
      if names.contains("config.json") { return .kerasArchive }
      if names.contains(where: { $0.hasSuffix("data.pkl") }) { return .pytorch }
      return .numpy
    }
  }
}
