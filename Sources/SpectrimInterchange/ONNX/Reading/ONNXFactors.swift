internal import SpectrimCore

/// Joins the pieces of a chain to layers: factors that stand one behind the other become one
/// factorized layer.
struct ONNXFactors {
  private var names: Set<String> = []

  /// The steps that a chain of pieces and transforms makes, with unique names.
  static func steps(_ items: [ONNXItem]) throws -> [Step] {
    var factors = ONNXFactors()
    var (steps, rest): ([Step], ArraySlice<ONNXItem>) = ([], items[...])
    while let item = rest.first {
      switch item {
      case .transform(let name, let operation):
        steps.append(.transform(try Transform(name: factors.unique(name), operation)))
        rest = rest.dropFirst()
      case .adapted(let layer):
        steps.append(.layer(try layer.renamed(factors.unique(layer.name))))
        rest = rest.dropFirst()
      case .piece(let piece):
        let run = factors.run(rest)
        let (name, weight) = try joined(run) ?? (piece.name.layer, nil)
        if let weight, let last = run.last {
          steps.append(
            .layer(
              try Layer(
                name: factors.unique(name), operation: piece.operation, weight: weight,
                bias: last.bias)))
          rest = rest.dropFirst(run.count)
        } else {
          steps.append(.layer(try piece.layer(named: factors.unique(name))))
          rest = rest.dropFirst()
        }
      }
    }
    return steps
  }

  /// The first pieces that could be the factors of one layer.
  private func run(_ items: ArraySlice<ONNXItem>) -> [ONNXPiece] {
    var run: [ONNXPiece] = []
    for item in items {
      guard case .piece(let piece) = item else { break }
      if let last = run.last {
        guard last.bias == nil, piece.follows(last) else { break }
        let isOurs = last.name.factor != nil || piece.name.factor != nil
        if isOurs, last.name.layer != piece.name.layer { break }
        // Factors of another program are two, and fewer numbers than their product.
        if !isOurs, run.count == 2 || !piece.isNarrow(behind: last) { break }
      }
      run.append(piece)
    }
    return run
  }

  private static func joined(_ run: [ONNXPiece]) throws -> (String, Representation?)? {
    guard run.count > 1, let last = run.last else { return nil }
    let name = commonName(run[0].name.layer, last.name.layer)
    switch (run[0].name.factor, run[0].weight, last.weight) {
    case (nil, .dense(let v), .dense(let u)) where run.count == 2,
      ("V", .dense(let v), .dense(let u)) where run.count == 2:
      return (name, .factorized(try Factorized(u: u, v: v.transposed)))
    case (nil, .quantized(let v), .quantized(let u)) where run.count == 2,
      ("V", .quantized(let v), .quantized(let u)) where run.count == 2:
      guard let v = v.transposed else { return nil }
      return (name, .quantizedLowRank(try QuantizedLowRank(u: u, v: v)))
    case (.some, .dense, .dense):
      let factors = run.reversed().compactMap { piece in
        if case .dense(let matrix) = piece.weight { matrix } else { nil }
      }
      guard factors.count == run.count else { return nil }
      return (name, .chain(try FactorChain(factors)))
    default: return nil
    }
  }

  /// `fc1` for `fc1.0` and `fc1.1`; the name of the second where they share nothing.
  private static func commonName(_ first: String, _ second: String) -> String {
    if first == second { return first }
    for (head, tail) in [(".0", ".1"), (".v", ".u")]
    where first.hasSuffix(head) && second.hasSuffix(tail) && first.dropLast(2) == second.dropLast(2)
    {
      return String(first.dropLast(2))
    }
    return second
  }

  /// The name, with a number behind it where it is taken.
  private mutating func unique(_ name: String) -> String {
    let base = name.isEmpty ? "layer" : name
    var (candidate, number) = (base, 2)
    while !names.insert(candidate).inserted {
      candidate = "\(base)_\(number)"
      number += 1
    }
    return candidate
  }
}

extension ONNXPiece {
  /// Whether this could be applied to what another piece gives without anything between, and as
  /// one layer: a linear layer behind another, a convolution of one point behind any.
  fileprivate func follows(_ other: ONNXPiece) -> Bool {
    guard let convolution else { return other.convolution == nil }
    guard let otherConvolution = other.convolution,
      convolution.groups == otherConvolution.groups,
      let point = try? Window(kernel: Extent(1)), convolution.window == point
    else { return false }
    return other.copyCount == convolution.groups
  }

  /// Whether two factors have a smaller side between them than on either end.
  fileprivate func isNarrow(behind first: ONNXPiece) -> Bool {
    first.weight.shape.rowCount < min(weight.shape.rowCount, first.weight.shape.columnCount)
  }
}

extension Layer {
  fileprivate func renamed(_ name: String) throws(ModelError) -> Layer {
    try Layer(
      name: name, operation: operation, weight: weight, bias: bias, activation: activation)
  }
}
