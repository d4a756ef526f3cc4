/// The text of `/pool/index`: a line with the path of a group, then one line for each fact and
/// tensor in it.
struct PooledIndex {
  /// A fact or a tensor of a group.
  struct Entry {
    let name: String
    let value: PooledLine
    let line: Substring
  }

  /// A group with what is in it, but for the groups below.
  struct Group {
    /// The names on the way to it.
    let path: ArraySlice<String>
    fileprivate(set) var entries: [Entry] = []
    fileprivate var names: Set<Substring> = []
  }

  /// The groups in the order of their lines.
  private(set) var groups: [Group] = []

  private var places: [Substring: Int] = [:]

  /// Reads the lines.
  ///
  /// Version 1.0 had no lines for groups, but the whole path on the left of each line, which is read
  /// too. A long path is looked at once, however many lines follow it.
  init(_ text: String) throws(FormatError) {
    var current: (place: Int, line: Substring, isEmpty: Bool)?
    for line in text.split(separator: "\n") {
      guard let equals = line.firstIndex(of: "=") else {
        if let current, current.isEmpty { throw PooledLine.broken(current.line) }
        current = (try place(of: line, line: line), line, true)
        continue
      }
      let (left, right) = (line[..<equals], line[line.index(after: equals)...])
      let value = try PooledLine(String(right), line: line)
      if left.hasPrefix("/"), let slash = left.lastIndex(of: "/") {
        let place = try place(of: left[..<slash], line: line)
        try add(left[left.index(after: slash)...], value, to: place, line: line)
      } else {
        guard let place = current?.place else { throw PooledLine.broken(line) }
        current?.isEmpty = false
        try add(left, value, to: place, line: line)
      }
    }
    if let current, current.isEmpty { throw PooledLine.broken(current.line) }
  }

  private mutating func add(
    _ name: Substring, _ value: PooledLine, to place: Int, line: Substring
  ) throws(FormatError) {
    guard !name.isEmpty, !name.contains("/"), groups[place].names.insert(name).inserted else {
      throw PooledLine.broken(line)
    }
    groups[place].entries.append(Entry(name: String(name), value: value, line: line))
  }

  /// The index of a group, which is new at its first line.
  private mutating func place(of path: Substring, line: Substring) throws(FormatError) -> Int {
    if let known = places[path] { return known }
    let names = path.split(
      separator: "/", maxSplits: Self.pathLimit, omittingEmptySubsequences: false
    ).map(String.init)
    let below = names.dropFirst()
    guard names[0].isEmpty, let top = below.first,
      [FormatName.input, FormatName.layers].contains(top),
      below.allSatisfy({ !$0.isEmpty && !$0.contains("/") })
    else { throw PooledLine.broken(line) }
    places[path] = groups.count
    groups.append(Group(path: below))
    return groups.count - 1
  }

  /// `layers`, a name, and two groups per level of nesting, of which the last is named by the entry.
  private static let pathLimit = 1 + 2 * FormatLimit.depth
}
