internal import SpectrimCore

/// The form a weight is to be stored in: a `LayerPlan` whose parts have been found to fit.
enum WeightForm: Hashable {
  /// The layer is copied.
  case asStored
  case dense
  case factorized(rank: Int)
  case chain(stages: [Int])
  case quantized(Codes)
  case quantizedLowRank(rank: Int, Codes)

  /// How weights become codes.
  struct Codes: Hashable {
    let bits: Int
    let scale: ScaleScheme
    /// The one step of all codes, of both factors too; `nil` takes steps from the largest
    /// magnitudes.
    let step: Float?

    init(bits: Int, scale: ScaleScheme, step: Float? = nil) {
      self.bits = bits
      self.scale = scale
      self.step = step
    }

    /// `8-bit`, per channel unless said.
    var description: String {
      if let step { return "\(bits)-bit of step \(FigureText.short(Double(step)))" }
      return "\(bits)-bit" + (scale == .tensor ? " per tensor" : "")
    }
  }

  /// The word on disk, `nil` for a copied layer.
  var kind: Representation.Kind? {
    switch self {
    case .asStored: nil
    case .dense: .dense
    case .factorized: .factorized
    case .chain: .chain
    case .quantized: .quantized
    case .quantizedLowRank: .quantizedLowRank
    }
  }

  /// How many singular values can survive; `nil` where nothing is cut.
  var rank: Int? {
    switch self {
    case .asStored, .dense, .quantized: nil
    case .factorized(let rank), .quantizedLowRank(let rank, _): rank
    case .chain(let stages): stages.min()
    }
  }

  var stages: [Int]? {
    if case .chain(let stages) = self { stages } else { nil }
  }

  var codes: Codes? {
    switch self {
    case .quantized(let codes), .quantizedLowRank(_, let codes): codes
    case .asStored, .dense, .factorized, .chain: nil
    }
  }

  /// Either dense or factors, with codes or floats.
  static func matrix(codes: Codes?) -> WeightForm { codes.map { .quantized($0) } ?? .dense }

  /// Two factors, with codes or floats; rank 0 has nothing to round.
  static func factors(rank: Int, codes: Codes?) -> WeightForm {
    guard let codes, rank > 0 else { return .factorized(rank: rank) }
    return .quantizedLowRank(rank: rank, codes)
  }
}

extension WeightForm {
  /// How it stands in a reason, for a source stored as `elementType`.
  func description(floats elementType: ElementType) -> String {
    switch self {
    case .asStored: "as it is"
    case .dense: "dense \(elementType.rawValue)"
    case .factorized(let rank): "rank-\(rank) factors \(elementType.rawValue)"
    case .chain(let stages):
      "chain \(stages.map { "\($0)" }.joined(separator: "·")) \(elementType.rawValue)"
    case .quantized(let codes): "dense \(codes.description)"
    case .quantizedLowRank(let rank, let codes): "rank-\(rank) factors \(codes.description)"
    }
  }
}
