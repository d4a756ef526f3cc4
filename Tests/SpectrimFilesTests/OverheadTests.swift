import SpectrimCore
import SpectrimFiles
import SpectrimTestSupport
import Testing

/// 784-500-300-10 at ranks 30 and 14 with an 8-bit head, as a conversion stores it, with as many
/// further hidden layers as asked for.
private func model(furtherLayers: Int = 0) throws -> Model {
  var generator = SeededGenerator(seed: 11)
  func quantized(_ rows: Int, _ columns: Int, scalesByRow: Bool) throws -> QuantizedMatrix {
    let codes = (0..<rows * columns).map { _ in
      Int8(clamping: Int((generator.normal() * 30).rounded()))
    }
    let count = scalesByRow ? rows : columns
    let scales = (0..<count).map { _ in Float16(generator.uniform() / 1000) }
    let factors = ScaleFactors.scales(scales.map(Float.init), storedAs: .float16)
    let largest = QuantizedMatrix.largestCode(bitsPerWeight: 8)
    return try QuantizedMatrix(
      codes: Matrix(Shape(rows, columns), codes.map { min(max($0, -largest), largest) }),
      bitsPerWeight: 8, rowFactors: scalesByRow ? factors : nil,
      columnFactors: scalesByRow ? nil : factors)
  }
  let widths = [784, 500] + Array(repeating: 500, count: furtherLayers) + [300, 10]
  var layers: [Layer] = []
  for index in 1..<widths.count {
    let (rows, columns) = (widths[index], widths[index - 1])
    let rank = index == 1 ? 30 : 14
    let weight: Representation =
      rows == 10
      ? .quantized(try quantized(rows, columns, scalesByRow: true))
      : .quantizedLowRank(
        try QuantizedLowRank(
          u: quantized(rows, rank, scalesByRow: true),
          v: quantized(columns, rank, scalesByRow: false)))
    let bias = Bias((0..<rows).map { _ in Float(generator.normal()) }, storedAs: .float16)
    layers.append(
      try Layer(
        name: "fc\(index)", weight: weight, bias: bias, activation: rows == 10 ? .none : .relu,
        initializer: .pytorch))
  }
  let normalization = try Normalization(scale: 1 / 255, mean: 0.1307, deviation: 0.3081)
  let input = try ModelInput(shape: [1, 28, 28], layout: .chw, normalization: normalization)
  let plain = try Model(name: "mnist-mlp", input: input, layers: layers)
  return try plain.replacing(layers: layers, record: record(of: plain))
}

/// A record with the figures and the sentences that a conversion leaves.
private func record(of model: Model) -> ConversionRecord {
  let plans = model.layers.enumerated().map { index, layer in
    LayerPlan(
      name: layer.name, rule: "mp", representation: layer.weight.kind, rank: layer.weight.rank,
      bits: 8, scale: .channel,
      noise: NoiseEstimate(method: .initialization, sigma: 0.0206197 + 0.00531 * Double(index)),
      reason:
        "mp keeps \(30 + index) of \(500 - index) (σ 0.020\(index)6 from init, edge 1.0\(index)8);"
        + " 8-bit factors 3\(index).2 kB, dense 8-bit 30\(index).1 kB")
  }
  let figures = model.layers.enumerated().map { index, layer in
    LayerFigures(
      name: layer.name, energyKept: 0.412983 + 0.01737 * Double(index),
      relativeError: 0.766173 - 0.02311 * Double(index), spikes: 30 + index)
  }
  let digest = String(repeating: "0123456789abcdef", count: 4)
  return ConversionRecord(
    tool: "spectrim 0.1.0", source: .init(format: "spectrim-model", sha256: digest),
    plan: Plan(layers: plans), figures: figures)
}

/// The bytes of a file beyond its tensors as they are stored.
private func overhead(_ model: Model, _ form: StorageSettings.Form) throws -> Int {
  let folder = try TemporaryDirectory()
  let file = try ModelFile.write(
    model, to: folder.path("model.h5"), storage: StorageSettings(form: form))
  return file.byteCount - file.layerByteCounts.values.reduce(0, +)
}

@Test func thePooledFormCostsAtMost1792BytesForThreeLayers() throws {
  let byteCount = try overhead(model(), .pooled)
  #expect(byteCount <= 1792, "\(byteCount)")
}

@Test func aFurtherPooledLayerCostsAtMost180Bytes() throws {
  let growth = try overhead(model(furtherLayers: 6), .pooled) - overhead(model(), .pooled)
  #expect(growth <= 6 * 180, "\(growth)")
}

@Test(arguments: [0, 6])
func theTreeCostsAtMost1300BytesPerLayer(furtherLayers: Int) throws {
  let limit = 1024 + (3 + furtherLayers) * 1331
  #expect(try overhead(model(furtherLayers: furtherLayers), .tree) <= limit)
}
