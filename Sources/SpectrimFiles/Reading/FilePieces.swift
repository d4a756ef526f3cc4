internal import Foundation

/// Reads a file piece by piece.
enum FilePieces {
  private static let byteCount = 1 << 20

  static func forEach(of path: String, _ body: (Data) -> Void) throws {
    do {
      let handle = try FileHandle(forReadingFrom: URL(filePath: path))
      defer { try? handle.close() }
      while let piece = try handle.read(upToCount: byteCount), !piece.isEmpty { body(piece) }
    } catch {
      throw ModelFileError(.cannotRead, file: path, "cannot be read: \(error.localizedDescription)")
    }
  }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  static func byteCount(of path: String) throws -> Int {
    do {
      return try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    } catch {
      throw ModelFileError(.cannotRead, file: path, "cannot be read: \(error.localizedDescription)")
    }
  }
}
