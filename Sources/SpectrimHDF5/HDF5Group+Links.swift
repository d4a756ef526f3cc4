internal import CHDF5

extension HDF5Group {
  /// More links than this in one group are refused.
  public static let linkLimit = 1 << 16

  /// The names in this group, sorted by their bytes.
  ///
  /// - Throws: `HDF5Error` with `tooLarge` above `linkLimit`, or `damaged`.
  public func linkNames() throws -> [String] {
    var names: [String] = []
    let status = try withUnsafeMutablePointer(to: &names) { names in
      // The context is the array above, which outlives the visit.
      try handle.call("H5Literate", otherwise: .damaged) { group in
        chdf5_each_link(
          group,
          { name, context in
            guard let name, let context else { return 0 }
            let names = context.assumingMemoryBound(to: [String].self)
            names.pointee.append(String(cString: name))
            return names.pointee.count > HDF5Group.linkLimit ? 1 : 0
          }, names)
      }
    }
    guard status == 0 else {
      throw HDF5Error(.tooLarge, at: handle.place, "more than \(Self.linkLimit) links in a group")
    }
    return names
  }

  /// The names in this group with what they stand for, sorted by name; nothing is followed.
  ///
  /// - Throws: `HDF5Error` with `tooLarge` or `damaged`.
  public func links() throws -> [HDF5Link] {
    try linkNames().map { name in
      guard let link = try link(named: name) else {
        let place = handle.place.appending(name)
        throw HDF5Error(.damaged, at: place, "the group lists a name that it does not have")
      }
      return link
    }
  }

  /// Whether there is a link of this name, whatever it leads to.
  ///
  /// - Throws: `HDF5Error` with `damaged`.
  public func contains(_ name: String) throws -> Bool {
    guard isValid(name) else { return false }
    return try handle.call("H5Lexists", otherwise: .damaged) {
      H5Lexists($0, name, hid_t(H5P_DEFAULT))
    } > 0
  }

  /// What a name stands for, or `nil` if the group does not have it; nothing is followed.
  ///
  /// - Throws: `HDF5Error` with `damaged`.
  public func link(named name: String) throws -> HDF5Link? {
    try handle.withID { group in
      guard try contains(name) else { return nil }
      let place = handle.place.appending(name)
      var link = chdf5_link()
      try HDF5Library.call("H5Lget_info", at: place, otherwise: .damaged) {
        chdf5_get_link(group, name, &link)
      }
      if link.kind != H5L_TYPE_HARD.rawValue {
        let kind = try indirectKind(of: link, named: name, in: group)
        return HDF5Link(name: name, kind: kind, address: nil)
      }
      var object = chdf5_object()
      try HDF5Library.call("H5Oget_info_by_name", at: place, otherwise: .damaged) {
        chdf5_get_object(group, name, &object)
      }
      let kind: HDF5Link.Kind =
        switch object.kind {
        case H5O_TYPE_GROUP.rawValue: .group
        case H5O_TYPE_DATASET.rawValue: .dataset
        case H5O_TYPE_NAMED_DATATYPE.rawValue: .datatype
        default: .unknown
        }
      return HDF5Link(name: name, kind: kind, address: object.address)
    }
  }

  /// Throws unless a name is a hard link to an object of this kind.
  func expect(_ kind: HDF5Link.Kind, named name: String) throws {
    let place = handle.place.appending(name)
    try checkName(name)
    guard let link = try link(named: name) else {
      throw HDF5Error(.notFound, at: place, "there is no such object in the file")
    }
    switch link.kind {
    case kind: return
    case .group, .dataset, .datatype:
      throw HDF5Error(.wrongType, at: place, "is \(link.kind), expected \(kind)")
    case .soft, .external, .unknown:
      throw HDF5Error(
        .unsupported, at: place, "is \(link.kind); only hard links are read, copy the object")
    }
  }

  /// Throws for a name that HDF5 would take for a path or that C would cut.
  func checkName(_ name: String) throws {
    guard isValid(name) else {
      throw HDF5Error(
        .invalidName, at: handle.place,
        "the name \(name.debugDescription) is empty, `.` or contains a slash or a zero")
    }
  }

  private func isValid(_ name: String) -> Bool {
    !name.isEmpty && name != "." && !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") }
  }

  /// Reads where a soft or external link points to.
  private func indirectKind(
    of link: chdf5_link, named name: String, in group: hid_t
  ) throws -> HDF5Link.Kind {
    let isSoft = link.kind == H5L_TYPE_SOFT.rawValue
    guard isSoft || link.kind == H5L_TYPE_EXTERNAL.rawValue else { return .unknown }
    let place = handle.place.appending(name)
    guard link.value_length <= 1 << 16 else {
      throw HDF5Error(.tooLarge, at: place, "the target of a link is longer than 64 KiB")
    }
    var value = [CChar](repeating: 0, count: link.value_length + 1)
    try HDF5Library.call("H5Lget_val", at: place, otherwise: .damaged) {
      H5Lget_val(group, name, &value, link.value_length, hid_t(H5P_DEFAULT))
    }
    // An external link is a byte of flags and two strings, each ended by a zero.
    let strings = value.dropFirst(isSoft ? 0 : 1)
      .split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
      .map { String(decoding: $0.map(UInt8.init(bitPattern:)), as: UTF8.self) }
    if isSoft { return .soft(target: strings.first ?? "") }
    return .external(file: strings.first ?? "", target: strings.dropFirst().first ?? "")
  }
}
