/// What went wrong in a file, with the place and with all that libhdf5 said about it.
public struct HDF5Error: Error, Sendable, Equatable {
  /// The kinds of failure that a program may want to tell apart.
  public enum Code: String, Sendable, CaseIterable {
    /// The file is missing, may not be read, or is open for writing elsewhere.
    case cannotOpen
    /// The file, group, dataset, link or attribute could not be made.
    case cannotCreate
    /// The bytes are not an HDF5 file.
    case notHDF5
    /// There is no link, attribute or chunk with this name.
    case notFound
    /// There is already a link or attribute with this name.
    case alreadyExists
    /// The file ends early, a checksum does not match, or a structure makes no sense.
    case damaged
    /// The file is sound, but uses what this module refuses.
    case unsupported
    /// The thing has another kind or type than the one asked for.
    case wrongType
    /// A declared size is beyond the limit.
    case tooLarge
    /// A name is empty, or contains a slash or a zero.
    case invalidName
    /// The file has been closed.
    case closed
    /// The operating system failed to read.
    case readFailed
    /// The operating system failed to write: usually the disk is full.
    case writeFailed
    /// libhdf5 refused our settings or the zstd filter.
    case libraryUnusable
  }

  /// The kind of failure.
  public let code: Code
  /// The C function that failed, or `nil` if this module refused before calling one.
  public let operation: String?
  /// The path of the file, if one is involved.
  public let file: String?
  /// The path of the object in the file, if one is involved.
  public let object: String?
  /// What was found and expected, in words, if this module refused.
  public let detail: String?
  /// HDF5's error stack, from the function called to the innermost one.
  public let stack: [String]

  init(_ code: Code, at place: HDF5Place, _ detail: String) {
    self.code = code
    self.operation = nil
    self.file = place.file
    self.object = place.object
    self.detail = detail
    self.stack = []
  }

  /// Takes the error stack of the C function that has just failed in this thread.
  init(failing operation: String, at place: HDF5Place, otherwise code: Code) {
    let entries = HDF5ErrorStack.take()
    self.code = HDF5ErrorStack.code(of: entries) ?? code
    self.operation = operation
    self.file = place.file
    self.object = place.object
    self.detail = nil
    self.stack = entries.map { "\($0.function): \($0.text)" }
  }
}

/// Where something happens: a file, and perhaps an object in it.
struct HDF5Place: Sendable {
  let file: String?
  let object: String?

  /// The object `name` in the group at this place.
  func appending(_ name: String) -> HDF5Place {
    let group = object ?? "/"
    return HDF5Place(file: file, object: group.hasSuffix("/") ? group + name : "\(group)/\(name)")
  }
}

extension HDF5Error: CustomStringConvertible {
  /// One line: where, what, and the innermost reason.
  public var description: String {
    let place = [file, object.map { "`\($0)`" }].compactMap(\.self).joined(separator: ": ")
    let reason = detail ?? "\(phrase) (\(cause))"
    return place.isEmpty ? reason : "\(place): \(reason)"
  }

  /// The function that was called and what the innermost one said.
  private var cause: String {
    guard let innermost = stack.last else { return operation ?? "no reason given" }
    let quote = "error message = '"
    guard let start = innermost.firstRange(of: quote) else { return innermost }
    return String(innermost[start.upperBound...].prefix { $0 != "'" }).lowercased()
  }

  private var phrase: String {
    switch code {
    case .cannotOpen: "cannot be opened"
    case .cannotCreate: "cannot be created"
    case .notHDF5: "is not an HDF5 file"
    case .notFound: "does not exist"
    case .alreadyExists: "exists already"
    case .damaged: "is damaged or cut off"
    case .unsupported: "is not supported"
    case .wrongType: "has another type"
    case .tooLarge: "is too large"
    case .invalidName: "is not a valid name"
    case .closed: "is closed"
    case .readFailed: "cannot be read"
    case .writeFailed: "cannot be written"
    case .libraryUnusable: "libhdf5 cannot be used"
    }
  }
}
