internal import ArgumentParser

/// The form in which weights learn: `dense`, `factorized=RANK`, `chain=R1,R2`, `lora=RANK`.
enum RepresentationArgument: Equatable, ExpressibleByArgument {
  case dense
  case factorized(Int)
  case chain([Int])
  case lora(Int)

  /// `nil` for other words, which the parser then names.
  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
    let ranks = parts.count == 2 ? parts[1].split(separator: ",").map { Int($0) ?? 0 } : []
    guard ranks.allSatisfy({ $0 >= 1 }) else { return nil }
    switch (parts.first, parts.count, ranks.count) {
    case ("dense", 1, _): self = .dense
    case ("factorized", 2, 1): self = .factorized(ranks[0])
    case ("lora", 2, 1): self = .lora(ranks[0])
    case ("chain", 2, 1...): self = .chain(ranks)
    default: return nil
    }
  }

  /// Whether an SVD can start it.
  var hasFactors: Bool {
    switch self {
    case .dense, .lora: false
    case .factorized, .chain: true
    }
  }

  /// The words that `init(argument:)` reads back.
  var defaultValueDescription: String {
    switch self {
    case .dense: "dense"
    case .factorized(let rank): "factorized=\(rank)"
    case .chain(let ranks): "chain=" + ranks.map(String.init).joined(separator: ",")
    case .lora(let rank): "lora=\(rank)"
    }
  }
}
