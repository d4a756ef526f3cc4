public import SpectrimCore

/// A group of the file as a value: facts, tensors and the groups below it.
///
/// A model is turned into nodes and back without any input or output, so that every form of the
/// file and every reader shares one definition of what a valid model is.
public struct FormatNode: Sendable, Equatable {
  /// A small fact of a group: one HDF5 attribute, or a dataset of strings for `texts`.
  public enum Fact: Sendable, Equatable {
    case text(String)
    case texts([String])
    case integer(Int)
    case integers([Int])
    case real(Double)
  }

  /// Where the group stands, such as `/layers/fc1`.
  public let path: String
  /// The facts by name.
  public var facts: [String: Fact] = [:]
  /// The tensors by name.
  public var tensors: [String: Tensor] = [:]
  /// The groups below by name.
  public var groups: [String: FormatNode] = [:]

  /// Creates an empty group.
  public init(path: String) { self.path = path }

  /// The link under which the group stands in the one above.
  public var name: String { String(path.split(separator: "/").last ?? "") }

  /// The path of something in this group.
  public func location(of name: String) -> String {
    path == "/" ? "/\(name)" : "\(path)/\(name)"
  }

  /// Adds a group and fills it.
  mutating func add(_ name: String, _ fill: (inout FormatNode) -> Void) {
    var group = FormatNode(path: location(of: name))
    fill(&group)
    groups[name] = group
  }

  /// Visits this group and all below it, in the order of their names, the groups after the tensors.
  public func visit<Failure: Error>(
    _ body: (FormatNode) throws(Failure) -> Void
  ) throws(Failure) {
    try body(self)
    for (_, group) in groups.sortedByName() { try group.visit(body) }
  }

  /// The bytes of all tensors here and below.
  public var tensorByteCount: Int {
    tensors.values.reduce(0) { $0 + $1.bytes.count }
      + groups.values.reduce(0) { $0 + $1.tensorByteCount }
  }
}

extension Dictionary where Key == String, Value: Sendable {
  /// The entries ordered by the UTF-8 bytes of their names, as writing and digests need them.
  package func sortedByName() -> [(key: String, value: Value)] {
    sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  }
}
