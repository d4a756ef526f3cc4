#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import Foundation

/// Where the bytes of a tensor stand in a file beside the model.
struct ExternalData {
  /// The path, relative to the folder of the model.
  let location: String
  /// Where the tensor begins.
  let offset: Int
  /// How many bytes it has, where the file says.
  let length: Int?
  /// The model that refers to it.
  let file: String
  /// What messages call the tensor.
  let owner: String

  init(_ tensor: ONNXTensorProto, owner: String, file: String) throws {
    var values: [String: String] = [:]
    for entry in tensor.externalData { values[entry.key] = entry.value }
    func number(_ key: String) throws -> Int? {
      guard let text = values[key] else { return nil }
      guard let number = Int(text), number >= 0 else {
        throw InterchangeError(
          .invalid, file: file, "\(owner): external \(key) `\(text)` is not a count of bytes",
          found: text, expected: "0 or more")
      }
      return number
    }
    self.file = file
    self.owner = owner
    location = values["location"] ?? ""
    offset = try number("offset") ?? 0
    length = try number("length")
  }

  /// Reads the bytes of the tensor and no others.
  /// - Throws: `InterchangeError` when the path leaves the folder of the model, any part of it is a
  ///   symbolic link, or the bytes are not there.
  func bytes(count: Int) throws -> [UInt8] {
    if let length, length != count {
      throw InterchangeError(
        .invalid, file: file, "\(owner): \(length) external bytes, but its shape needs \(count)",
        found: "\(length)", expected: "\(count)")
    }
    let descriptor = try open()
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw unreadable("is not a file")
    }
    let (end, overflow) = offset.addingReportingOverflow(count)
    guard !overflow, end <= Int(status.st_size) else {
      throw InterchangeError(
        .invalid, file: file,
        "\(owner): bytes \(offset) to \(overflow ? "…" : "\(end)") of `\(location)`, which has "
          + "\(status.st_size); the file is cut off", found: "\(status.st_size)")
    }
    return try read(count, from: descriptor)
  }

  /// Opens the file one part of the path after another, so that none can be a link that leads
  /// elsewhere.
  private func open() throws -> Int32 {
    let parts = location.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let isPlain = parts.allSatisfy { !["", ".", ".."].contains($0) && !$0.contains("\0") }
    guard isPlain, !location.contains("\\") else {
      throw InterchangeError(
        .invalid, file: file,
        "\(owner): external location `\(location)` is not a plain path below the model's folder",
        found: location, expected: "a relative path without `..`")
    }
    let folder = URL(filePath: file).deletingLastPathComponent().path
    var descriptor = openat(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    for (index, part) in parts.enumerated() where descriptor >= 0 {
      let kind = index < parts.count - 1 ? O_DIRECTORY : O_NONBLOCK
      let next = openat(descriptor, part, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | kind)
      let failure = errno
      close(descriptor)
      descriptor = next
      errno = failure
    }
    guard descriptor >= 0 else {
      throw unreadable(
        errno == ELOOP || errno == ENOTDIR ? "is or passes a symbolic link" : "cannot be opened")
    }
    return descriptor
  }

  private func read(_ count: Int, from descriptor: Int32) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      while initializedCount < count {
        // The rest of the buffer, whose address exists because it is not empty.
        let rest = UnsafeMutableRawBufferPointer(rebasing: raw[initializedCount...])
        let got = pread(descriptor, rest.baseAddress, rest.count, offset + initializedCount)
        guard got > 0 else { throw unreadable("cannot be read") }
        initializedCount += got
      }
    }
  }

  private func unreadable(_ reason: String) -> InterchangeError {
    InterchangeError(
      .cannotRead, file: file,
      "\(owner): external file `\(location)` \(reason); keep it beside "
        + "the model as a file of its own", found: location)
  }
}

extension ONNXGraph {
  /// The files beside the model that its tensors stand in, each once; none that is a link or stands
  /// elsewhere, from which nothing is read either.
  var externalFiles: [String] {
    let folder = URL(filePath: file).deletingLastPathComponent()
    let names = initializers.filter { $0.dataLocation == .external }.compactMap { tensor in
      tensor.externalData.first { $0.key == "location" }?.value
    }
    return Set(names).sorted().filter { !$0.contains("/") }.map { folder.appending(path: $0).path }
      .filter { path in
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes?[.type] as? FileAttributeType == .typeRegular
      }
  }
}
