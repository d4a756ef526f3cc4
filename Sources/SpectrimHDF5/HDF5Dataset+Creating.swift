internal import CHDF5
internal import CSpectrimFilter

extension HDF5Group {
  /// Makes a dataset in this group; its data is written afterwards, once.
  ///
  /// - Parameters:
  ///   - shape: Counts along each dimension; empty for a single value.
  ///   - hasAttributes: Whether attributes will follow. Space for them is otherwise not kept, which
  ///     saves about 180 bytes per dataset.
  /// - Throws: `HDF5Error` with `alreadyExists`, `invalidName`, `cannotCreate` or `tooLarge`.
  public func createDataset(
    _ name: String, type: HDF5ElementType, shape: [Int], layout: HDF5Layout,
    hasAttributes: Bool = false
  ) throws -> HDF5Dataset {
    if case .fixedString(let byteCount) = type {
      precondition(byteCount > 0, "a string has at least one byte")
    }
    let place = try placeOfNewLink(name)
    let info = try HDF5DatasetInfo(
      elementType: type, shape: shape, storage: layout.storage, chunkShape: layout.chunkShape,
      filters: layout.filters.map {
        HDF5StoredFilter(id: Int($0.id), parameters: $0.parameters)
      }, at: place)
    let id = try handle.withID { group in
      try type.withDatatype(at: place) { datatype in
        try HDF5Dataspace.with(shape, at: place) { space in
          try HDF5PropertyList.withLinkCreation(of: name, at: place) { link in
            try layout.withCreation(hasAttributes: hasAttributes, at: place) { creation in
              try HDF5Library.call("H5Dcreate2", at: place, otherwise: .cannotCreate) {
                H5Dcreate2(group, name, datatype, space, link, creation, hid_t(H5P_DEFAULT))
              }
            }
          }
        }
      }
    }
    return HDF5Dataset(handle: HDF5Handle(owning: id, at: place, in: handle.owner), info: info)
  }
}

extension HDF5Layout {
  fileprivate var storage: HDF5StorageKind {
    switch self {
    case .compact: .compact
    case .contiguous: .contiguous
    case .chunked: .chunked
    }
  }

  fileprivate var chunkShape: [Int]? {
    if case .chunked(let shape, _) = self { shape } else { nil }
  }

  fileprivate var filters: [HDF5Filter] {
    if case .chunked(_, let filters) = self { filters } else { [] }
  }

  /// Runs `body` with the settings of a new dataset.
  fileprivate func withCreation<Value>(
    hasAttributes: Bool, at place: HDF5Place, _ body: (hid_t) throws -> Value
  ) throws -> Value {
    try HDF5PropertyList.with(chdf5_class_dataset_creation(), at: place) { list in
      func set(_ operation: String, _ body: () -> herr_t) throws {
        try HDF5PropertyList.set(operation, at: place, body)
      }
      try set("H5Pset_obj_track_times") { H5Pset_obj_track_times(list, false) }
      try set("H5Pset_fill_time") { H5Pset_fill_time(list, H5D_FILL_TIME_NEVER) }
      if hasAttributes {
        try set("H5Pset_attr_phase_change") { H5Pset_attr_phase_change(list, 200, 0) }
      } else {
        try set("H5Pset_dset_no_attrs_hint") { H5Pset_dset_no_attrs_hint(list, true) }
      }
      switch self {
      case .compact: try set("H5Pset_layout") { H5Pset_layout(list, H5D_COMPACT) }
      case .contiguous: try set("H5Pset_layout") { H5Pset_layout(list, H5D_CONTIGUOUS) }
      case .chunked(let shape, let filters):
        precondition(
          !shape.isEmpty && shape.allSatisfy { $0 > 0 },
          "a chunk has at least one side and no side below 1")
        let sides = shape.map { hsize_t($0) }
        try set("H5Pset_chunk") { H5Pset_chunk(list, Int32(sides.count), sides) }
        for filter in filters {
          let parameters = filter.parameters
          try set("H5Pset_filter") {
            H5Pset_filter(
              list, filter.id, UInt32(H5Z_FLAG_MANDATORY), parameters.count, parameters)
          }
        }
      }
      return try body(list)
    }
  }
}

extension HDF5Filter {
  fileprivate var id: H5Z_filter_t {
    switch self {
    case .shuffle: H5Z_FILTER_SHUFFLE
    case .zstd: SPECTRIM_ZSTD_FILTER
    case .bitShuffle: SPECTRIM_BITSHUFFLE_FILTER
    case .gzip: H5Z_FILTER_DEFLATE
    case .fletcher32: H5Z_FILTER_FLETCHER32
    }
  }

  fileprivate var parameters: [UInt32] {
    switch self {
    case .shuffle, .fletcher32: []
    case .zstd(let level), .gzip(let level): [UInt32(bitPattern: Int32(clamping: level))]
    case .bitShuffle(let count, let level): Self.bitShuffleParameters(count, level)
    }
  }

  /// The version is that of the program the layout of the chunks comes from.
  private static func bitShuffleParameters(_ blockElementCount: Int, _ level: Int) -> [UInt32] {
    precondition(
      blockElementCount > 0 && blockElementCount % 8 == 0, "a block has a multiple of 8 elements")
    return [
      0, 4, 1, UInt32(clamping: blockElementCount), UInt32(SPECTRIM_BITSHUFFLE_ZSTD),
      UInt32(bitPattern: Int32(clamping: level)),
    ]
  }
}
