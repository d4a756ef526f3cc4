import Foundation
import SpectrimHDF5
import SpectrimTestSupport
import Testing

@Suite struct GroupTests {
  private let folder: TemporaryDirectory
  private let path: String

  init() throws {
    folder = try TemporaryDirectory()
    path = folder.path("a.h5")
  }

  @Test func tiedDatasetsAreStoredOnce() throws {
    let file = try HDF5File.create(at: path)
    let (left, right) = (try file.root.createGroup("a"), try file.root.createGroup("b"))
    let dataset = try left.createDataset("W", type: .uint8, shape: [3], layout: .compact)
    try dataset.write([1, 2, 3])
    try right.hardLink("W", to: dataset)
    #expect(failure { try right.hardLink("W", to: dataset) }?.code == .alreadyExists)
    try file.close()

    let root = try HDF5File.open(at: path).root
    let links = try ["a", "b"].map { try root.group(named: $0).link(named: "W") }
    #expect(links[0]?.address != nil)
    #expect(links[0] == links[1])
    #expect(try root.group(named: "b").dataset(named: "W").readBytes(byteLimit: 3) == [1, 2, 3])
  }

  @Test func manyNamesComeSortedAndStayInTheHeader() throws {
    let names = (0..<100).map { "layer\($0)" }
    var contents = HDF5GroupContents()
    for name in names { contents.addLink(name) }
    let file = try HDF5File.create(at: path, smallFile: true, contents: contents)
    for name in names.reversed() { _ = try file.root.createGroup(name) }
    try file.close()
    let root = try HDF5File.open(at: path).root
    #expect(try root.linkNames() == names.sorted())
    #expect(try root.links().allSatisfy { $0.kind == .group })
    // Measured 96 bytes per empty group, of which 20 are the link; a heap would take kilobytes.
    #expect(try Data(contentsOf: URL(filePath: path)).count < 100 * 110)
  }

  @Test(arguments: ["", ".", "a/b", "/", "a\0b"])
  func aNameThatIsNoNameIsRefused(name: String) throws {
    let root = try HDF5File.create(at: path).root
    #expect(failure { try root.createGroup(name) }?.code == .invalidName)
    #expect(failure { try root.group(named: name) }?.code == .invalidName)
    #expect(try !root.contains(name))
  }

  @Test func aTakenNameIsRefused() throws {
    let root = try HDF5File.create(at: path).root
    _ = try root.createGroup("a")
    #expect(failure { try root.createGroup("a") }?.code == .alreadyExists)
    let create = {
      try root.createDataset("a", type: .int8, shape: [], layout: .compact)
    }
    #expect(failure(create)?.code == .alreadyExists)
  }

  @Test func theSameCallsGiveTheSameBytes() throws {
    let files = try ["a", "b"].map { name in
      let file = try HDF5File.create(at: folder.path(name), smallFile: true)
      let group = try file.root.createGroup("g")
      try group.attributes.write([0.5, 2], named: "scale")
      let layout = HDF5Layout.chunked(shape: [99], filters: [.shuffle, .zstd(level: 19)])
      try group.createDataset("x", type: .float32, shape: [99], layout: layout)
        .write(noise(seed: 1, count: 396))
      try file.close()
      return try Data(contentsOf: URL(filePath: folder.path(name)))
    }
    #expect(files[0] == files[1])
  }

  /// The bytes of a file with one group of two links and five attributes.
  private func fileByteCount(smallFile: Bool, contents: HDF5GroupContents) throws -> Int {
    let path = folder.path(UUID().uuidString)
    let file = try HDF5File.create(at: path, smallFile: smallFile)
    let group = try file.root.createGroup("g", contents: contents)
    for name in ["U", "größe"] {
      _ = try group.createDataset(name, type: .int8, shape: [2], layout: .compact)
    }
    try group.attributes.write(3, as: .uint8, named: "index")
    try group.attributes.write([1, 0], as: .int32, named: "version")
    try group.attributes.write(Float(0.5), named: "scale")
    try group.attributes.write("relu", named: "activation")
    try group.attributes.write(["a", "bc"], named: "classes")
    try file.close()
    return try Data(contentsOf: URL(filePath: path)).count
  }

  @Test(arguments: [true, false])
  func aGroupThatIsAnnouncedExactlyMakesTheSmallestFile(smallFile: Bool) throws {
    var contents = HDF5GroupContents()
    for name in ["U", "größe"] { contents.addLink(name) }
    contents.addAttribute("index", type: .uint8)
    contents.addAttribute("version", type: .int32, shape: [2])
    contents.addAttribute("scale", type: .float32)
    contents.addAttribute("activation", type: .fixedString(byteCount: 4))
    let tooSmall = contents
    contents.addAttribute("classes", type: .fixedString(byteCount: 2), shape: [2])
    var tooLarge = contents
    tooLarge.addLink("12345678")

    let byteCount = try fileByteCount(smallFile: smallFile, contents: contents)
    for other in [HDF5GroupContents(), tooSmall, tooLarge] {
      #expect(try fileByteCount(smallFile: smallFile, contents: other) > byteCount + 8)
    }
  }
}
