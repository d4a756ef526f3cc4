/// A name in a group, and what it stands for.
public struct HDF5Link: Sendable, Equatable {
  /// The kind of link, and for a hard link the kind of object.
  public enum Kind: Sendable, Equatable {
    /// A group of the same file.
    case group
    /// A dataset of the same file.
    case dataset
    /// A named datatype of the same file.
    case datatype
    /// A path that is looked up at each use; nothing in this module follows it.
    case soft(target: String)
    /// A path in another file; nothing in this module follows it.
    case external(file: String, target: String)
    /// A kind of link or object that this module does not know.
    case unknown
  }

  /// The name in its group, without a slash.
  public let name: String
  /// What the name stands for.
  public let kind: Kind
  /// Equal for two hard links of one file that lead to the same object; `nil` for other links.
  public let address: UInt64?
}

extension HDF5Link.Kind: CustomStringConvertible {
  /// With an article, for messages.
  public var description: String {
    switch self {
    case .group: "a group"
    case .dataset: "a dataset"
    case .datatype: "a named datatype"
    case .soft(let target): "a soft link to `\(target)`"
    case .external(let file, let target): "an external link to `\(target)` in \(file)"
    case .unknown: "a link of unknown kind"
    }
  }
}
