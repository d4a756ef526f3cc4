import Foundation
import SpectrimHDF5
import SpectrimTestSupport
import Testing

@Suite struct FileTests {
  private let folder: TemporaryDirectory
  private let path: String

  init() throws {
    folder = try TemporaryDirectory()
    path = folder.path("a.h5")
  }

  /// A small file with a dataset `/g/x`.
  private func write() throws {
    let file = try HDF5File.create(at: path, smallFile: true)
    let group = try file.root.createGroup("g")
    try group.createDataset("x", type: .uint8, shape: [300], layout: .compact)
      .write([UInt8](repeating: 7, count: 300))
    try file.close()
  }

  @Test func closingNamesWhatIsStillOpenAndClosesIt() throws {
    let file = try HDF5File.create(at: path)
    let group = try file.root.createGroup("g")
    let dataset = try group.createDataset("x", type: .int8, shape: [1], layout: .compact)
    let open = try withExtendedLifetime((group, dataset)) { try file.close() }
    #expect(open == ["/g", "/g/x"])
    #expect(failure { try dataset.write([1]) }?.code == .closed)
    #expect(failure { try group.attributes.write("a", named: "b") }?.code == .closed)
    #expect(failure { try file.root.links() }?.code == .closed)
    #expect(failure { try file.close() }?.code == .closed)
  }

  @Test func anObjectOfAClosedFileNeverReachesAnotherObject() throws {
    try write()
    let old = try HDF5File.open(at: path)
    let stale = try old.root.group(named: "g")
    try old.close()
    // HDF5 may give the same numbers again.
    let new = try HDF5File.open(at: path)
    let groups = try (0..<8).map { _ in try new.root.group(named: "g") }
    #expect(failure { try stale.links() }?.code == .closed)
    #expect(try groups.allSatisfy { try $0.contains("x") })
  }

  @Test func closingOneOfTwoReadersLeavesTheOther() throws {
    try write()
    let first = try HDF5File.open(at: path)
    let second = try HDF5File.open(at: path)
    let dataset = try second.root.group(named: "g").dataset(named: "x")
    #expect(try first.close() == [])
    #expect(try dataset.readBytes(byteLimit: 300).count == 300)
  }

  @Test func anObjectKeepsItsFileOpen() throws {
    try write()
    let dataset = try HDF5File.open(at: path).root.group(named: "g").dataset(named: "x")
    #expect(try dataset.readBytes(byteLimit: 300) == [UInt8](repeating: 7, count: 300))
  }

  @Test func twoImagesOfDifferentContentStayApart() throws {
    let images = try (1...2).map { (value: UInt8) in
      let file = try HDF5File.create(at: path)
      try file.root.createDataset("x", type: .uint8, shape: [1], layout: .compact).write([value])
      try file.close()
      return try HDF5File.open(image: [UInt8](Data(contentsOf: URL(filePath: path))))
    }
    let values = try images.map { try $0.root.dataset(named: "x").readBytes(byteLimit: 1) }
    #expect(values == [[1], [2]])
  }

  @Test func everyTruncationIsAnError() throws {
    try write()
    let bytes = try [UInt8](Data(contentsOf: URL(filePath: path)))
    for count in bytes.indices {
      let error = failure {
        try HDF5File.open(image: Array(bytes.prefix(count)))
          .root.group(named: "g").dataset(named: "x").readBytes(byteLimit: 300)
      }
      #expect(error?.code == .damaged || error?.code == .notHDF5, "\(count): \(error as Any)")
    }
  }

  @Test func aTruncatedFileOnDiskIsDamaged() throws {
    try write()
    let bytes = try Data(contentsOf: URL(filePath: path))
    try bytes.prefix(bytes.count / 2).write(to: URL(filePath: path))
    #expect(failure { try HDF5File.open(at: path) }?.code == .damaged)
  }

  @Test func everyChangedByteOfACompactFileIsFoundOrHarmless() throws {
    try write()
    let bytes = try [UInt8](Data(contentsOf: URL(filePath: path)))
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 0x10
      let read = try? HDF5File.open(image: changed)
        .root.group(named: "g").dataset(named: "x").readBytes(byteLimit: 300)
      #expect(read == nil || read == [UInt8](repeating: 7, count: 300), "byte \(index)")
    }
  }

  @Test func errorsSayWhereAndWhy() throws {
    let missing = failure { try HDF5File.open(at: path) }
    #expect(missing?.code == .cannotOpen)
    #expect(missing?.operation == "H5Fopen")
    #expect(missing?.stack.isEmpty == false)
    #expect(missing?.description == "\(path): cannot be opened (no such file or directory)")

    try Data("not a model, only some text".utf8).write(to: URL(filePath: path))
    let text = failure { try HDF5File.open(at: path) }
    #expect(text?.code == .notHDF5)
    #expect(text?.description.hasPrefix("\(path): is not an HDF5 file (") == true)
    try Data().write(to: URL(filePath: path))
    #expect(failure { try HDF5File.open(at: path) }?.code == .notHDF5)
    #expect(failure { try HDF5File.open(image: []) }?.code == .notHDF5)
    #expect(failure { try HDF5File.open(at: "") }?.code == .invalidName)
    #expect(
      failure { try HDF5File.create(at: folder.path("no/such/folder")) }?.code == .cannotCreate)

    try write()
    let root = try HDF5File.open(at: path).root
    let group = try root.group(named: "g")
    let gone = failure { try group.dataset(named: "y") }
    #expect(gone?.description == "\(path): `/g/y`: there is no such object in the file")
    #expect(gone?.code == .notFound)
    #expect(failure { try root.dataset(named: "g") }?.code == .wrongType)
    #expect(failure { try group.group(named: "x") }?.code == .wrongType)
    #expect(failure { try root.dataset(named: "g/x") }?.code == .invalidName)
    #expect(failure { try root.createGroup("new") }?.code == .cannotCreate)
  }

  @Test(.enabled(if: FileManager.default.isWritableFile(atPath: "/dev/full")))
  func aFullDiskIsReported() throws {
    let error = failure { try HDF5File.create(at: "/dev/full").close() }
    #expect(error?.code == .writeFailed)
  }

  @Test func manyThreadsMayUseOneFileAtOnce() async throws {
    let file = try HDF5File.create(at: path)
    let root = file.root
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      for index in 0..<32 {
        tasks.addTask {
          let group = try root.createGroup("g\(index)")
          try group.attributes.write(index, as: .uint8, named: "index")
          let layout = HDF5Layout.chunked(shape: [1000], filters: [.zstd(level: 1)])
          try group.createDataset("x", type: .uint8, shape: [1000], layout: layout)
            .write([UInt8](repeating: UInt8(index), count: 1000))
          #expect(failure { try group.dataset(named: "none") }?.code == .notFound)
        }
      }
      try await tasks.waitForAll()
    }
    try file.close()
    let again = try HDF5File.open(at: path).root
    for index in 0..<32 {
      let group = try again.group(named: "g\(index)")
      #expect(try group.attributes.integer("index") == index)
      let bytes = try group.dataset(named: "x").readBytes(byteLimit: 1000)
      #expect(bytes.allSatisfy { Int($0) == index })
    }
  }

  @Test func theTunedFileIsSmall() throws {
    try write()
    let size = try Data(contentsOf: URL(filePath: path)).count
    // 300 bytes of data and 332 of file, two groups and dataset with 1.10.8; untuned it is 2 KiB.
    #expect(size < 300 + 400)
  }
}
