internal import SpectrimCore

/// One way to store a layer, with its price in bytes.
struct Candidate {
  let form: WeightForm
  let weight: Representation
  /// What it costs by `ByteEstimate`.
  let price: Int
  /// `‖W − Ŵ‖ / ‖W‖`, where it was measured.
  var relativeError: Double?

  init(_ form: WeightForm, of layer: AnalysedLayer) throws {
    self.form = form
    weight = try layer.weight(as: form)
    price = ByteEstimate.price(of: weight)
  }

  /// `rank-32 factors 8-bit 38.1 kB`.
  func description(floats elementType: ElementType) -> String {
    "\(form.description(floats: elementType)) \(FigureText.bytes(price))"
  }
}

/// The smallest candidate, and the others to tell of.
struct Decision {
  let winner: Candidate
  private let others: [Candidate]

  /// Picks by price; of equal ones the first.
  init(among candidates: [Candidate]) {
    precondition(!candidates.isEmpty, "a decision among nothing")
    let winner = candidates.indices.dropFirst().reduce(0) {
      candidates[$1].price < candidates[$0].price ? $1 : $0
    }
    self.winner = candidates[winner]
    others = candidates.indices.filter { $0 != winner }.map { candidates[$0] }
  }

  /// The winner first: `rank-32 factors 8-bit 38.1 kB, dense 8-bit 301 kB`.
  func description(floats elementType: ElementType) -> String {
    ([winner] + others).map { $0.description(floats: elementType) }.joined(separator: ", ")
  }
}
