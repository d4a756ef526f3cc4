internal import Foundation

/// What a file stores in the place of a string of variable length.
/// - Source: HDF5 File Format Specification 3.0, IV.B "Variable-length types": length, heap, index.
struct HDF5StringReference {
  /// With addresses of 8 bytes.
  static let byteCount = 16

  /// Bytes of the string.
  let length: UInt64
  /// Where its heap begins in the file; without a meaning where the length is 0.
  let heap: UInt64
  /// Which object of the heap it is.
  let index: UInt64

  init(_ bytes: [UInt8], at start: Int) {
    length = bytes.littleEndian(at: start, 4)
    heap = bytes.littleEndian(at: start + 4, 8)
    index = bytes.littleEndian(at: start + 12, 4)
  }
}

/// The global heaps of a file, read without libhdf5.
///
/// libhdf5 would allocate for each reference what it declares, as often as an attribute names the
/// same object, and version 1.10 copies an object in full into a buffer of the declared length.
/// - Source: HDF5 File Format Specification 3.0, III.E "Global heap".
struct HDF5GlobalHeap {
  private let place: HDF5Place
  private let file: FileHandle
  private let fileByteCount: UInt64

  /// Opens the bytes of a file that libhdf5 has open.
  init(file: HDF5Handle, at place: HDF5Place) throws {
    guard let path = file.place.file, let handle = FileHandle(forReadingAtPath: path) else {
      throw HDF5Error(
        .unsupported, at: place,
        "a string of variable length can only be read from a file, not from an image of one")
    }
    self.place = place
    self.file = handle
    fileByteCount = try handle.seekToEnd()
  }

  /// The strings at some references.
  func strings(at references: [HDF5StringReference], byteLimit: Int) throws -> [String] {
    // No overflow: an attribute has few references, whose lengths have 4 bytes.
    let byteCount = references.reduce(0) { $0 + $1.length }
    guard byteCount <= byteLimit else {
      throw HDF5Error(
        .tooLarge, at: place,
        "declares strings of \(byteCount) bytes, the limit is \(byteLimit)")
    }
    var heaps: [UInt64: [UInt64: Range<UInt64>]] = [:]
    return try references.map { reference in
      if reference.length == 0 { return "" }
      let objects = try heaps[reference.heap] ?? objects(ofHeapAt: reference.heap)
      heaps[reference.heap] = objects
      guard let object = objects[reference.index],
        object.upperBound - object.lowerBound >= reference.length
      else { throw damaged("a string refers to what its heap does not hold") }
      let bytes = try bytes(from: object.lowerBound, count: reference.length)
      let end = bytes.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
      guard let string = String(validating: bytes[..<end], as: UTF8.self) else {
        throw damaged("a string is not UTF-8")
      }
      return string
    }
  }

  /// Where each object of a heap stands in the file.
  private func objects(ofHeapAt address: UInt64) throws -> [UInt64: Range<UInt64>] {
    let head = try bytes(from: address, count: 16)
    guard head.starts(with: "GCOL".utf8), head[4] == 1 else {
      throw damaged("there is no heap of strings where one should be")
    }
    let size = head.littleEndian(at: 8, 8)
    guard size >= 16, size <= fileByteCount - address else {
      throw damaged("a heap of strings is longer than the file")
    }
    var objects: [UInt64: Range<UInt64>] = [:]
    let end = address + size
    var position = address + 16
    while end - position >= 16 {
      let head = try bytes(from: position, count: 16)
      let (index, length) = (head.littleEndian(at: 0, 2), head.littleEndian(at: 8, 8))
      // Object 0 is the free space, which is the last.
      guard index != 0 else { break }
      position += 16
      guard length <= end - position, objects[index] == nil else {
        throw damaged("a heap of strings ends early, or names an object twice")
      }
      objects[index] = position..<position + length
      position = min(end, position + (length + 7) / 8 * 8)
    }
    return objects
  }

  private func bytes(from position: UInt64, count: UInt64) throws -> [UInt8] {
    guard position <= fileByteCount, count <= fileByteCount - position else {
      throw damaged("a string lies behind the end of the file")
    }
    try file.seek(toOffset: position)
    guard let data = try file.read(upToCount: Int(count)), data.count == count else {
      throw HDF5Error(.readFailed, at: place, "the file ends early")
    }
    return [UInt8](data)
  }

  private func damaged(_ text: String) -> HDF5Error { HDF5Error(.damaged, at: place, text) }
}

extension [UInt8] {
  fileprivate func littleEndian(at start: Int, _ count: Int) -> UInt64 {
    self[start..<start + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
