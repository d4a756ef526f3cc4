internal import SpectrimCore

/// `Y += base(X) + Σ s · (X Aᵀ) Bᵀ`: the base by its own kernel, then one pair per adapter.
struct LoRAKernel: Kernel {
  private struct Adapter {
    let a: Factor
    let b: Factor
    let scaling: Float
  }

  private let base: any Kernel
  private let adapters: [Adapter]

  init(_ lora: LoRA) {
    base = makeKernel(for: lora.base)
    adapters = lora.adapters.map {
      Adapter(a: Factor($0.a.values), b: Factor($0.b.values), scaling: Float($0.scaling))
    }
  }

  var scratchWidth: Int {
    adapters.reduce(base.scratchWidth) { max($0, $1.a.outputCount) }
  }

  func addProduct(
    of input: Span<Float>, rowCount: Int, to output: inout MutableSpan<Float>,
    scratch: inout Scratch
  ) {
    base.addProduct(of: input, rowCount: rowCount, to: &output, scratch: &scratch)
    for adapter in adapters {
      var low = scratch.first.mutableSpan
      adapter.a.multiply(input, rowCount: rowCount, into: &low)
      adapter.b.multiply(
        low.span, rowCount: rowCount, into: &output, scale: adapter.scaling, adding: true)
    }
  }
}
