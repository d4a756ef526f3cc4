import Foundation
import SpectrimCore
import SpectrimFiles
import SpectrimTestSupport
import Testing

/// Ctrl-C in the middle of long work.
@Suite(.serialized) struct InterruptTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  /// Starts the program, waits until its work is under way, and interrupts it.
  private func interrupt(_ arguments: [String], after isUnderWay: (Data) -> Bool) throws -> Int32 {
    let output = folder.url.appending(path: "output")
    try Data().write(to: output)
    let process = Process()
    process.executableURL = URL(filePath: SpectrimProgram.path)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = FileHandle.nullDevice
    try process.run()
    let start = ContinuousClock.now
    while process.isRunning, ContinuousClock.now - start < .seconds(60) {
      if isUnderWay(try Data(contentsOf: output)) { break }
      Thread.sleep(forTimeInterval: 0.02)
    }
    #expect(process.isRunning)
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    return process.terminationStatus
  }

  @Test func trainingEndsWith130AndLeavesNoFile() throws {
    try TinyDigits.write(to: folder.url)
    let code = try interrupt([
      "train", "--data", folder.url.path, "--layers", "16,12,10", "--epochs", "10000000", "-o",
      folder.path("model.h5"),
    ]) { !$0.isEmpty }
    #expect(code == 130)
    #expect(try leftovers() == [])
  }

  @Test func finetuningEndsWith130AndLeavesNoFile() throws {
    try TinyDigits.write(to: folder.url)
    try ModelFile.write(try SampleNetwork.model(widths: [16, 12, 10]), to: folder.path("dense"))
    let code = try interrupt([
      "finetune", folder.path("dense"), "--teacher", folder.path("dense"), "--data",
      folder.url.path, "--epochs", "10000000", "-o", folder.path("model.h5"),
    ]) { !$0.isEmpty }
    #expect(code == 130)
    #expect(try leftovers() == [])
  }

  @Test func aConversionEndsWith130AndLeavesNoFile() throws {
    let size = 3000
    var generator = SeededGenerator(seed: 2)
    let weight = Matrix(
      Shape(size, size), (0..<size * size).map { _ in Float(generator.uniform() - 0.5) })
    let model = try Model(
      name: "large", input: ModelInput(shape: [size]),
      layers: [Layer(name: "only", weight: .dense(WeightMatrix(weight)))])
    try ModelFile.write(model, to: folder.path("large"), storage: StorageSettings(codec: .none))
    // The decomposition takes many times this long.
    let start = ContinuousClock.now
    let code = try interrupt([
      "convert", folder.path("large"), "-o", folder.path("small.h5"), "--rank", "mp",
    ]) { _ in ContinuousClock.now - start > .seconds(1) }
    #expect(code == 130)
    #expect(try leftovers() == [])
  }

  private func leftovers() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
      .filter { $0.contains(".h5") }
  }
}
