import Spectrim

/// Does what `spectrim convert INPUT -o OUTPUT --rank mp --quantize 8` does, once and without a
/// warm-up, and prints the seconds of its parts: reading with the digest of the source, planning,
/// converting, writing with reading back.
@main
struct ConversionTimes {
  static func main() throws {
    let arguments = CommandLine.arguments
    if arguments.count == 4, arguments[1] == "--plain" {
      // For the peer: Debian's hdf5plugin does not bring the zstd filter.
      let plain = StorageSettings(codec: .none)
      try ModelFile.write(
        ModelFile.read(at: arguments[2]).model, to: arguments[3], storage: plain)
      return
    }
    guard arguments.count == 3 else {
      print("usage: ConversionTimes [--plain] INPUT OUTPUT")
      return
    }
    let clock = ContinuousClock()
    var seconds: [Double] = []
    func timed<Result>(_ work: () throws -> Result) rethrows -> Result {
      let start = clock.now
      defer { seconds.append((clock.now - start) / .seconds(1)) }
      return try work()
    }
    let (model, digest) = try timed {
      (
        AnalysedModel(try ModelFile.read(at: arguments[1]).model),
        try FileDigest.sha256(ofFileAt: arguments[1])
      )
    }
    let settings = CompressionSettings(
      treatment: .rank(.marchenkoPastur(.best)), quantization: .bits(8))
    let plan = try timed { try Planner(settings: settings).plan(for: model) }
    let conversion = try timed { try Converter(plan: plan).convert(model) }
    let source = ConversionRecord.Source(format: "spectrim-model", sha256: digest)
    let result = try conversion.model(tool: "benchmark", source: source)
    let file = try timed { try ModelFile.write(result, to: arguments[2], overwrite: true) }
    print(seconds.map { "\($0)" }.joined(separator: " "), file.byteCount)
  }
}
