import Foundation
import SpectrimCore
import SpectrimFiles
import SpectrimFormat
import SpectrimHDF5
import SpectrimTestSupport
import Testing

/// Small numbers around one, as logarithms of steps are.
private func exponents(_ count: Int, _ generator: inout SeededGenerator) -> [Int8] {
  (0..<count).map { _ in Int8(clamping: Int((generator.normal() * 0.8 - 4).rounded())) }
}

/// A factor as calibration leaves it: components that grow weaker, powers of two for the rows, of
/// which the first ones may be absent.
private func factor(
  _ rowCount: Int, rank: Int, absentCount: Int = 0, _ generator: inout SeededGenerator
) throws -> QuantizedMatrix {
  var codes: [Int8] = []
  for _ in absentCount..<rowCount {
    for component in 0..<rank {
      codes.append(Int8(clamping: Int((generator.normal() * 9 / Double(component + 1)).rounded())))
    }
  }
  let absent = Array(repeating: ScaleFactors.absent, count: absentCount)
  return try QuantizedMatrix(
    codes: Matrix(Shape(rowCount - absentCount, rank), codes), bitsPerWeight: 8,
    rowFactors: .exponents(absent + exponents(rowCount - absentCount, &generator)))
}

/// A layer 300×784 of small codes, their bias and a head.
private func calibratedModel(absentCount: Int = 0) throws -> Model {
  var generator = SeededGenerator(seed: 17)
  let pair = try QuantizedLowRank(
    u: factor(300, rank: 16, &generator),
    v: factor(784, rank: 16, absentCount: absentCount, &generator))
  let head = try factor(10, rank: 300, &generator)
  let bias = Bias.codes(
    (0..<300).map { _ in Int8(clamping: Int((generator.normal() * 3).rounded())) },
    exponents: exponents(300, &generator))
  let record = ConversionRecord(tool: "spectrim test", source: .init(format: "test"))
  return try Model(
    name: "calibrated", input: ModelInput(shape: [784]),
    layers: [
      Layer(name: "fc1", weight: .quantizedLowRank(pair), bias: bias, activation: .relu),
      Layer(name: "fc2", weight: .quantized(head)),
    ], record: record)
}

@Suite struct PackingTests {
  private let folder: TemporaryDirectory
  private let path: String

  init() throws {
    folder = try TemporaryDirectory()
    path = folder.path("model.h5")
  }

  private func pools(_ storage: StorageSettings) throws -> [String] {
    try ModelFile.write(calibratedModel(), to: path, storage: storage, overwrite: true)
    return try HDF5File.open(at: path).root.group(named: "pool").links().map(\.name)
  }

  @Test func smallCodesAreBitShuffledAndExponentsAreNot() throws {
    #expect(try pools(StorageSettings(form: .pooled)) == ["index", "int8", "zigzag8"])
    #expect(try ModelFile.read(at: path).model.layers == calibratedModel().layers)
    let pool = try HDF5File.open(at: path).root.group(named: "pool")
    let zigzag = try pool.dataset(named: "zigzag8")
    #expect(zigzag.info.elementType == .uint8)
    #expect(zigzag.info.filters.map(\.id) == [32008, 3])
    #expect(try pool.dataset(named: "int8").info.elementCount == 784 + 300 + 300 + 10)
  }

  @Test(arguments: [StorageSettings.Codec.gzip, .none])
  func otherCodecsKeepPlainCodes(codec: StorageSettings.Codec) throws {
    #expect(try pools(StorageSettings(codec: codec, form: .pooled)) == ["index", "int8"])
  }

  @Test func theDigestDoesNotDependOnThePacking() throws {
    let digests = try StorageSettings.Codec.allCases.flatMap { codec in
      try StorageSettings.Form.allCases.map { form in
        try ModelFile.write(
          calibratedModel(), to: path, storage: StorageSettings(codec: codec, form: form),
          overwrite: true)
        #expect(ModelFile.verify(at: path).isOK)
        return try ModelFile.read(at: path).model.record?.digests?.content
      }
    }
    #expect(digests.count == 6 && Set(digests).count == 1 && digests[0] != nil)
  }

  /// The measured gain is 6 to 8 % on calibrated networks; these codes are as skewed.
  @Test func bitShufflingSavesATwentieth() throws {
    let packed = try ModelFile.write(
      calibratedModel(), to: path, storage: StorageSettings(form: .pooled))
    let trees = try ModelFile.write(
      calibratedModel(), to: folder.path("tree.h5"), storage: StorageSettings(form: .tree))
    let tensors = [packed, trees].map { $0.layerByteCounts.values.reduce(0, +) }
    #expect(Double(tensors[0]) < 0.95 * Double(tensors[1]), "\(tensors)")
  }

  /// An absent row has no codes; what tells that it is absent is one exponent among equal ones.
  @Test func aRunOfAbsentRowsCostsAFewBytes() throws {
    let whole = try ModelFile.write(
      calibratedModel(), to: path, storage: StorageSettings(form: .pooled))
    let sparse = try ModelFile.write(
      calibratedModel(absentCount: 64), to: folder.path("sparse.h5"),
      storage: StorageSettings(form: .pooled))
    // 64 of 784 rows: their share of the codes of V goes, and nothing comes in their place.
    let saved = whole.byteCount - sparse.byteCount
    #expect(saved > 300, "\(saved)")
  }

  @Test func everyFlippedByteOfAPackedFileIsFoundOrHarmless() throws {
    try ModelFile.write(calibratedModel(), to: path, storage: StorageSettings(form: .pooled))
    let bytes = try Data(contentsOf: URL(filePath: path))
    let original = try ModelFile.read(at: path).model
    var generator = SeededGenerator(seed: 6)
    for _ in 0..<400 {
      var damaged = bytes
      damaged[Int.random(in: bytes.indices, using: &generator)] ^= UInt8.random(
        in: 1...255, using: &generator)
      let copy = folder.path("damaged.h5")
      try damaged.write(to: URL(filePath: copy))
      if let read = try? ModelFile.read(at: copy) { #expect(read.model == original) }
    }
  }

  @Test func aByteChangedInThePoolIsFound() throws {
    try ModelFile.write(calibratedModel(), to: path, storage: StorageSettings(form: .pooled))
    var bytes = try Data(contentsOf: URL(filePath: path))
    // The length of the chunk, and half of that of its block; the frame follows 6 bytes later.
    let size = try HDF5File.open(at: path).root.group(named: "pool").dataset(named: "zigzag8")
      .info.elementCount
    let start: [UInt8] = [UInt8(size >> 8 & 255), UInt8(size & 255)]
    let header = Data([0, 0, 0, 0, 0, 0] + start + [0, 0])
    let place = try #require(bytes.firstRange(of: header)).upperBound
    for offset in [0, 8, 100] {
      bytes[place + offset] ^= 1
      try bytes.write(to: URL(filePath: folder.path("damaged.h5")))
      let verification = ModelFile.verify(at: folder.path("damaged.h5"))
      #expect(verification.opens && !verification.isOK)
      bytes[place + offset] ^= 1
    }
  }

  @Test(
    .needsPython,
    arguments: [
      ("file['report'] = np.bytes_('{}')", "`/report`: is a second report beside that of the pool"),
      (
        "t = file['pool/index'][...]; del file['pool/index']; file['pool/index'] = np.tile(t, 2)",
        "`/pool/index`: shape [4], expected 1 to 2 strings"
      ),
      ("del file['pool/index']", "`/pool`: `index` is missing; the file is incomplete"),
      ("del file['pool/zigzag8']", "`/pool`: `zigzag8` is missing; the file is incomplete"),
      (
        "x = file['pool/zigzag8'][...]; del file['pool/zigzag8']; "
          + "file['pool/zigzag8'] = x.astype('i1')",
        "`/pool/zigzag8`: type int8, expected uint8"
      ),
    ])
  func whatIsWrongInThePoolIsNamed(script: String, message: String) throws {
    try ModelFile.write(calibratedModel(), to: path, storage: StorageSettings(form: .pooled))
    try Python.run(
      """
      import h5py, hdf5plugin, numpy as np, sys
      with h5py.File(sys.argv[1], "r+") as file: exec(sys.argv[2])
      """, [path, script])
    let error = #expect(throws: ModelFileError.self) { try ModelFile.read(at: path) }
    #expect(error?.message == message)
  }

  /// The program that Schemas/format.md shows, and the same numbers read by us.
  @Test(.needsPython) func hdf5pluginReadsTheCodes() throws {
    try ModelFile.write(calibratedModel(), to: path, storage: StorageSettings(form: .pooled))
    let schema = try String(
      contentsOf: Places.repository.appending(path: "Schemas/format.md"), encoding: .utf8)
    let shown = try #require(schema.components(separatedBy: "In Python:\n\n").last)
    let program = shown.split(separator: "\n", omittingEmptySubsequences: false)
      .prefix { $0.isEmpty || $0.hasPrefix("    ") }.map { $0.dropFirst(4) }
      .joined(separator: "\n")
      .replacing("\"model.h5\"", with: "__import__('sys').argv[1]")
      .replacing("fc1/weight/U/codes", with: "fc1/weight/V/codes")
    let printed = try Python.run(
      program + "\nprint(codes.dtype, codes.shape, *codes.ravel())", [path])
    guard case .quantizedLowRank(let pair) = try calibratedModel().layers[0].weight else { return }
    let expected = pair.v.codes.elements.map(String.init).joined(separator: " ")
    #expect(printed == "int8 (784, 16) \(expected)\n")
  }
}

@Suite struct VersionOneTests {
  private static let sample = Places.repository
    .appending(path: "SampleModels/mnist-mlp-int8-low-rank.h5").path

  @Test func aPooledFileOfVersionOneIsRead() throws {
    let file = try ModelFile.read(at: Self.sample)
    #expect(file.version.description == "1.0")
    #expect(file.form == .pooled)
    #expect(file.warnings == [])
    #expect(file.model.record?.plan?.layers.count == 3)
    #expect(ModelFile.verify(at: Self.sample).isOK)
  }

  @Test func writtenAnewItHasTheSameContentInFewerBytes() throws {
    let folder = try TemporaryDirectory()
    let old = try ModelFile.read(at: Self.sample)
    let new = try ModelFile.write(
      old.model, to: folder.path("new.h5"), storage: StorageSettings(form: .pooled))
    #expect(new.model.layers == old.model.layers)
    #expect(new.version == .current)
    #expect(new.byteCount < old.byteCount)
  }
}
