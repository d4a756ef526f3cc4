import Spectrim

/// The example of the README, word for word.
func readmeExample(path: String, pixels: [UInt8]) throws -> [Int] {
  // example
  let file = try ModelFile.read(at: path)
  for layer in file.model.layers {
    let rank = layer.weight.rank.map(String.init) ?? "full"
    print(layer.name, layer.weight.kind.rawValue, layer.weight.shape, "rank", rank)
  }
  print(file.byteCount, "bytes in place of", file.model.denseByteCount)

  let engine = Engine(file.model)
  let digits = engine.predictions(pixels: pixels, count: pixels.count / engine.input.elementCount)
  // end
  return digits
}

/// The second example of the README: a conversion without the command.
func readmeConversion(from path: String, to target: String) throws -> Int {
  // conversion
  let source = AnalysedModel(try ModelFile.read(at: path).model)
  let settings = CompressionSettings(treatment: .rank(try RankRule("mp")), quantization: .bits(8))
  let plan = try Planner(settings: settings).plan(for: source)
  let conversion = try Converter(plan: plan).convert(source)
  let small = try conversion.model(
    tool: "my program", source: .init(format: "spectrim-model"))
  let written = try ModelFile.write(small, to: target)
  // end
  return written.byteCount
}
