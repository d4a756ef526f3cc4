internal import SpectrimCore
internal import SpectrimHDF5

/// The weights of one layer, checked against what its configuration says.
struct KerasLayerWeights {
  let layer: KerasLayer
  let file: String
  let datasets: [String: HDF5Dataset]

  func contains(_ name: String) -> Bool { datasets[name] != nil }

  /// A weight of a given shape.
  /// - Throws: `InterchangeError.invalid` when it is missing or has another shape.
  func tensor(_ name: String, shape: [Int]) throws -> Tensor {
    guard let dataset = datasets[name] else {
      throw layer.invalid("the file has no `\(name)` for it; save the whole model again")
    }
    guard dataset.info.shape == shape else {
      throw layer.invalid(
        "`\(name)` has shape \(dataset.info.shape); its configuration asks for \(shape)",
        found: "\(dataset.info.shape)", expected: "\(shape)")
    }
    return try dataset.tensor(file: file)
  }

  /// A weight of floats.
  func floats(_ name: String, shape: [Int]) throws -> Tensor {
    let tensor = try tensor(name, shape: shape)
    guard tensor.type.elementType != nil else {
      throw layer.unsupported("`\(name)` is of type \(tensor.type); expected floats")
    }
    return tensor
  }

  /// A vector of floats.
  func vector(_ name: String, count: Int) throws -> [Float] {
    try floats(name, shape: [count]).floats
  }

  /// The constant of each output, if there is one.
  func bias(count: Int) throws -> Bias? {
    guard try layer.flag("use_bias", default: true) else { return nil }
    let tensor = try floats("bias", shape: [count])
    return Bias(tensor.floats, storedAs: tensor.type.elementType ?? .float32)
  }

  /// A kernel `[…, out]` as the matrix `[out, …]`.
  func matrix(_ name: String, shape: [Int]) throws -> WeightMatrix {
    let tensor = try floats(name, shape: shape)
    return WeightMatrix(
      Matrix(Self.matrixShape(shape), tensor.floats).transposed,
      storedAs: tensor.type.elementType ?? .float32)
  }

  private static func matrixShape(_ shape: [Int]) -> Shape {
    Shape(shape.dropLast().reduce(1, *), shape.last ?? 1)
  }

  /// The kernel of a dense layer, which may be quantized and have an adapter.
  /// - Shape: `[out, in]`.
  func denseWeight(inputCount: Int, outputCount: Int) throws -> Representation {
    let shape = [inputCount, outputCount]
    let mode = layer.quantization
    let base: Representation
    switch mode {
    case nil: base = .dense(try matrix("kernel", shape: shape))
    case "int8": base = .quantized(try quantizedMatrix(shape: shape))
    case let mode?:
      throw layer.unsupported(
        "quantized as `\(mode)`; Spectrim reads int8, save the model before it is quantized")
    }
    guard contains("lora_kernel_a") else { return base }
    return .lora(try LoRA(base: base, adapters: [try adapter(shape: shape)]))
  }

  /// Codes with a scale per output. Keras divides by its scale, everybody else multiplies.
  private func quantizedMatrix(shape: [Int]) throws -> QuantizedMatrix {
    let codes = try tensor("kernel", shape: shape)
    guard codes.type == .int8 else {
      throw layer.invalid("a quantized kernel of type \(codes.type); expected int8")
    }
    let scales = try vector("kernel_scale", count: shape[1])
    guard scales.allSatisfy({ $0 > 0 && (1 / $0).isFinite && $0.isFinite }) else {
      throw layer.invalid("`kernel_scale` has values that are not positive; quantize it again")
    }
    return try QuantizedMatrix(
      codes: Matrix(Self.matrixShape(shape), codes.codes).transposed, bitsPerWeight: 8,
      rowFactors: .scales(scales.map { 1 / $0 }, storedAs: .float32))
  }

  /// `alpha / rank · A B` with `A [in, r]` and `B [r, out]`.
  private func adapter(shape: [Int]) throws -> LoRA.Adapter {
    let rank = try layer.count("lora_rank")
    // Older versions had no alpha and added the product as it is.
    let alpha = try layer.real("lora_alpha", default: Double(rank))
    return try LoRA.Adapter(
      name: "lora", a: try matrix("lora_kernel_a", shape: [shape[0], rank]),
      b: try matrix("lora_kernel_b", shape: [rank, shape[1]]), alpha: alpha,
      scaling: alpha / Double(rank))
  }
}
