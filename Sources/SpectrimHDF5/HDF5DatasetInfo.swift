internal import CHDF5

/// What a dataset says about itself before any of its data is read.
public struct HDF5DatasetInfo: Sendable, Equatable {
  /// The type of an element.
  public let elementType: HDF5ElementType
  /// The byte order in the file; bytes that are read are always little-endian.
  public let byteOrder: HDF5ByteOrder
  /// The count along each dimension, row-major; empty for a single value.
  public let shape: [Int]
  /// How it is stored.
  public let storage: HDF5StorageKind
  /// The shape of a chunk, or `nil` if it is not chunked.
  public let chunkShape: [Int]?
  /// The filters in the order of writing.
  public let filters: [HDF5StoredFilter]
  /// How many elements the shape declares.
  public let elementCount: Int
  /// How many bytes the shape declares.
  public let byteCount: Int
  /// How many bytes a chunk has before the filters, or `nil` if it is not chunked.
  public let chunkByteCount: Int?

  /// How many chunks cover the shape; 0 if it is not chunked.
  public var chunkCount: Int {
    guard let chunkShape else { return 0 }
    return zip(shape, chunkShape).reduce(1) { count, sides in
      // No overflow: the count is at most that of the elements.
      count * (sides.0 / sides.1 + (sides.0 % sides.1 == 0 ? 0 : 1))
    }
  }

  /// What a dataset that is about to be made will say; sizes beyond `Int` are refused.
  init(
    elementType: HDF5ElementType, byteOrder: HDF5ByteOrder = .little, shape: [Int],
    storage: HDF5StorageKind, chunkShape: [Int]?, filters: [HDF5StoredFilter],
    at place: HDF5Place
  ) throws {
    func product(_ shape: [Int]) throws -> Int {
      try shape.reduce(1) { count, side in
        let (product, overflow) = count.multipliedReportingOverflow(by: side)
        if overflow { throw HDF5Error(.tooLarge, at: place, "the shape \(shape) overflows") }
        return product
      }
    }
    self.elementType = elementType
    self.byteOrder = byteOrder
    self.shape = shape
    self.storage = storage
    self.chunkShape = chunkShape
    self.filters = filters
    elementCount = try product(shape)
    byteCount = try product(shape + [elementType.byteCount])
    chunkByteCount = try chunkShape.map { try product($0 + [elementType.byteCount]) }
  }

  /// Asks an open dataset, under the lock.
  init(of dataset: hid_t, at place: HDF5Place) throws {
    func get(_ operation: String, _ body: () -> hid_t) throws -> hid_t {
      try HDF5Library.call(operation, at: place, otherwise: .damaged, body)
    }
    // First what may lead to other files, because asking a virtual dataset for its shape opens them.
    let creation = try get("H5Dget_create_plist") { H5Dget_create_plist(dataset) }
    defer { HDF5Library.release(creation) }
    let storage = try Self.storage(of: creation, at: place)
    let type = try get("H5Dget_type") { H5Dget_type(dataset) }
    defer { HDF5Library.release(type) }
    let space = try get("H5Dget_space") { H5Dget_space(dataset) }
    defer { HDF5Library.release(space) }
    let element = try HDF5ElementType.recognize(type, at: place)
    let shape = try HDF5Dataspace.shape(of: space, at: place)
    try self.init(
      elementType: element.type, byteOrder: element.order, shape: shape, storage: storage,
      chunkShape: storage == .chunked
        ? try Self.chunkShape(of: creation, rank: shape.count, at: place) : nil,
      filters: try Self.filters(of: creation, at: place), at: place)
  }

  private static func storage(of creation: hid_t, at place: HDF5Place) throws -> HDF5StorageKind {
    let count = try HDF5Library.call("H5Pget_external_count", at: place, otherwise: .damaged) {
      H5Pget_external_count(creation)
    }
    guard count == 0 else {
      throw HDF5Error(
        .unsupported, at: place,
        "the data is in \(count) other file(s) (external storage); copy it into this file")
    }
    switch H5Pget_layout(creation) {
    case H5D_COMPACT: return .compact
    case H5D_CONTIGUOUS: return .contiguous
    case H5D_CHUNKED: return .chunked
    case H5D_VIRTUAL:
      throw HDF5Error(
        .unsupported, at: place,
        "a virtual dataset, made of parts of others; copy the data into this file")
    default: throw HDF5Error(.unsupported, at: place, "the dataset has an unknown layout")
    }
  }

  private static func chunkShape(
    of creation: hid_t, rank: Int, at place: HDF5Place
  ) throws -> [Int] {
    var sides = [hsize_t](repeating: 0, count: rank)
    let found = try HDF5Library.call("H5Pget_chunk", at: place, otherwise: .damaged) {
      H5Pget_chunk(creation, Int32(rank), &sides)
    }
    let shape = sides.compactMap(Int.init(exactly:))
    guard Int(found) == rank, shape.count == rank, shape.allSatisfy({ $0 > 0 }) else {
      throw HDF5Error(.damaged, at: place, "the shape of the chunks makes no sense")
    }
    return shape
  }

  private static func filters(
    of creation: hid_t, at place: HDF5Place
  ) throws -> [HDF5StoredFilter] {
    let count = try HDF5Library.call("H5Pget_nfilters", at: place, otherwise: .damaged) {
      H5Pget_nfilters(creation)
    }
    return try (0..<UInt32(count)).map { index in
      var parameters = [UInt32](repeating: 0, count: parameterLimit)
      // Before the call the room there is, afterwards how many parameters the filter has.
      var (flags, parameterCount): (UInt32, Int) = (0, parameters.count)
      let id = try HDF5Library.call("H5Pget_filter2", at: place, otherwise: .damaged) {
        H5Pget_filter2(creation, index, &flags, &parameterCount, &parameters, 0, nil, nil)
      }
      return HDF5StoredFilter(
        id: Int(id), parameters: Array(parameters.prefix(max(0, parameterCount))))
    }
  }

  /// More parameters than this are cut off; no filter that is read here has as many.
  private static let parameterLimit = 16
}
