import SpectrimCore
import SpectrimTraining
import Testing

@Suite struct DistillationTests {
  /// Scores that a random network gives.
  private func teacher(_ inputCount: Int = 5) throws -> Distiller.Teacher {
    let model = try SmallNetworks.model(.dense, .tanh, seed: 77)
    return { model.scores(for: $0.leadingColumns(inputCount)) }
  }

  private static let kinds = SmallNetworks.kinds + SmallCodes.kinds

  private func student(_ kind: Representation.Kind) throws -> Model {
    SmallCodes.kinds.contains(kind)
      ? try SmallCodes.model(kind, seed: 3) : try SmallNetworks.model(kind, .tanh, seed: 3)
  }

  @Test(arguments: kinds)
  func everyFormComesNearerToItsTeacher(kind: Representation.Kind) throws {
    let model = try student(kind)
    let settings = DistillationSettings(
      epochs: 60, batchSize: 10, codeRate: 0.1, floatRate: 0.02, rate: 0, seed: 1)
    let outcome = try Distiller(settings).train(
      model, on: SmallNetworks.examples(count: 60, seed: 4),
      heldOut: SmallNetworks.examples(count: 40, seed: 5), teacher: teacher())
    #expect(outcome.model.layers.map(\.weight.kind) == model.layers.map(\.weight.kind))
    let (first, last) = (try #require(outcome.history.first), try #require(outcome.history.last))
    #expect(outcome.history.count == 60)
    #expect(last.loss < 0.8 * first.loss)
    let (before, after) = (try #require(outcome.before), try #require(last.heldOut))
    #expect(after.agreement > before.agreement)
    // What is stored is what was judged.
    var stored = try Network(outcome.model)
    let heldOut = try SmallNetworks.examples(count: 40, seed: 5)
    #expect(stored.accuracy(on: heldOut) == after.accuracy)
  }

  @Test(arguments: SmallCodes.kinds)
  func convolutionsComeNearerToTheirTeacher(kind: Representation.Kind) throws {
    let model = try SmallCodes.convolutions(kind, seed: 3)
    let settings = DistillationSettings(
      epochs: 40, batchSize: 20, codeRate: 0.1, rate: 0.1, seed: 1)
    let examples = try Examples(
      inputs: SmallNetworks.batch(Shape(60, 84), seed: 4), labels: (0..<60).map { $0 % 3 })
    let outcome = try Distiller(settings).train(model, on: examples, teacher: teacher())
    let (first, last) = (try #require(outcome.history.first), try #require(outcome.history.last))
    #expect(last.loss < 0.8 * first.loss)
    #expect(outcome.before == nil && last.heldOut == nil)
    #expect(outcome.model.layers.map(\.weight.kind) == model.layers.map(\.weight.kind))
  }

  @Test(arguments: SmallCodes.kinds)
  func stepsStayAndAbsentRowsStayAbsent(kind: Representation.Kind) throws {
    let model = try student(kind)
    let settings = DistillationSettings(epochs: 20, batchSize: 10, codeRate: 0.5, rate: 0, seed: 1)
    let outcome = try Distiller(settings).train(
      model, on: SmallNetworks.examples(count: 60, seed: 4), teacher: teacher())
    #expect(outcome.model != model)
    for (old, new) in zip(model.layers, outcome.model.layers) {
      for (old, new) in zip(Self.matrices(old.weight), Self.matrices(new.weight)) {
        #expect(new.shape == old.shape && new.bitsPerWeight == old.bitsPerWeight)
        for (old, new) in [
          (old.rowScales, new.rowScales), (old.columnScales, new.columnScales),
        ] {
          // Absent factors are 0 here; others stay, or become absent with the last of their codes.
          #expect(zip(old, new).allSatisfy { $1 == $0 || $1 == 0 })
        }
        #expect(new.codes.elements.allSatisfy { (-7...7).contains($0) })
      }
      if case .codes(_, let exponents) = old.bias {
        guard case .codes(_, exponents) = new.bias else {
          Issue.record("other exponents in \(new.name)")
          continue
        }
      }
      if case .values(_, let elementType) = old.bias {
        #expect(new.bias.map { $0.byteCount / $0.count } == elementType.byteCount)
      }
    }
  }

  private static func matrices(_ weight: Representation) -> [QuantizedMatrix] {
    switch weight {
    case .quantized(let matrix): [matrix]
    case .quantizedLowRank(let factors): [factors.u, factors.v]
    default: []
    }
  }

  @Test func componentsThatAreNotWorthTheirBitsAreDropped() throws {
    let model = try student(.quantizedLowRank)
    let examples = try SmallNetworks.examples(count: 60, seed: 4)
    let ranks = try [0, 100, 1e5].map { rate in
      let settings = DistillationSettings(
        epochs: 40, batchSize: 10, codeRate: 0.2, rate: rate, seed: 1)
      let outcome = try Distiller(settings).train(model, on: examples, teacher: teacher())
      // The map is the one that was learned, whatever was dropped.
      var network = try Network(outcome.model)
      #expect(network.accuracy(on: examples).isFinite)
      return outcome.model.layers.reduce(0) { $0 + ($1.weight.rank ?? 0) }
    }
    #expect(ranks[0] >= ranks[1] && ranks[1] > ranks[2])
    #expect(ranks[2] == 0, "nothing is worth a price of 10 nats per bit")
  }

  @Test(arguments: kinds)
  func theSameSeedGivesTheSameModel(kind: Representation.Kind) throws {
    let model = try student(kind)
    let examples = try SmallNetworks.examples(count: 30, seed: 2)
    var settings = DistillationSettings(epochs: 3, batchSize: 8, codeRate: 0.3, seed: 5)
    let first = try Distiller(settings).train(model, on: examples, teacher: teacher())
    #expect(try Distiller(settings).train(model, on: examples, teacher: teacher()) == first)
    settings.seed = 6
    #expect(try Distiller(settings).train(model, on: examples, teacher: teacher()) != first)
  }

  @Test func withTheTeacherAloneLabelsDoNotMatter() throws {
    let model = try student(.quantized)
    let inputs = SmallNetworks.batch(Shape(30, 5), seed: 2)
    let settings = DistillationSettings(epochs: 3, batchSize: 8, codeRate: 0.3, teacherShare: 1)
    let models = try [0, 1].map { label in
      try Distiller(settings).train(
        model, on: Examples(inputs: inputs, labels: Array(repeating: label, count: 30)),
        teacher: teacher()
      ).model
    }
    #expect(models[0] == models[1])
  }

  @Test func theBaseOfAdaptersAndTypesOfFloatsStay() throws {
    let base = try SmallNetworks.model(.factorized, .relu, seed: 7).stored(as: .float16)
    let adapted = try base.withAdapters(rank: 2, alpha: 4, scaling: 0.5, seed: 8)
    let settings = DistillationSettings(epochs: 2, batchSize: 8)
    let examples = try SmallNetworks.examples(count: 30, seed: 2)
    for model in [base, adapted, try adapted.stored(as: .bfloat16)] {
      let learned = try Distiller(settings).train(model, on: examples, teacher: teacher()).model
      #expect(learned != model)
      #expect(learned.layers.map(\.weight.byteCount) == model.layers.map(\.weight.byteCount))
      #expect(learned.layers.map(\.bias?.byteCount) == model.layers.map(\.bias?.byteCount))
      for (old, new) in zip(model.layers, learned.layers) {
        guard case .lora(let before) = old.weight, case .lora(let after) = new.weight else {
          continue
        }
        #expect(before.base == after.base && new.bias == old.bias)
      }
    }
  }

  @Test func aTeacherThatCannotBeFollowedIsNamed() throws {
    let model = try student(.quantized)
    let examples = try SmallNetworks.examples(count: 30, seed: 2)
    func message(_ teacher: Distiller.Teacher) -> String {
      do {
        _ = try Distiller(DistillationSettings(epochs: 1)).train(
          model, on: examples, teacher: teacher)
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(
      message { Matrix(repeating: 0, Shape($0.rowCount, 4)) }
        == "teacher: 30×4 scores for 30 examples; expected 3 for each")
    #expect(
      message { Matrix(repeating: Float.infinity, Shape($0.rowCount, 3)) }
        == "teacher: a score of inf; expected finite scores")
  }

  @Test func progressReachesOneAndCanCancel() throws {
    struct Cancelled: Error {}
    let model = try student(.quantized)
    let examples = try SmallNetworks.examples(count: 30, seed: 2)
    let distiller = Distiller(DistillationSettings(epochs: 3, batchSize: 8))
    var (fractions, epochs): ([Double], [Int]) = ([], [])
    _ = try distiller.train(
      model, on: examples, teacher: teacher(), progress: { fractions.append($0.fraction) },
      afterEpoch: { number, _ in epochs.append(number) })
    #expect(fractions == fractions.sorted() && fractions.last == 1)
    #expect(epochs == [1, 2, 3])
    #expect(throws: Cancelled.self) {
      _ = try distiller.train(
        model, on: examples, teacher: teacher(), progress: { _ in throw Cancelled() })
    }
  }
}
