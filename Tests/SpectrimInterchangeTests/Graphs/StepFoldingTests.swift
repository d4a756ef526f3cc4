import SpectrimCore
import SpectrimInterchange
import SpectrimTestSupport
import Testing

/// Chains on a map of 4 channels of 6×6, whose scores must not change by folding.
@Suite struct StepFoldingTests {
  private static let input = FeatureShape.map(channels: 4, height: 6, width: 6)

  private static func convolution(
    _ name: String, padding: Int = 0, groups: Int = 1, activation: Activation = .none,
    kind: Representation.Kind = .dense
  ) throws -> Step {
    var generator = SeededGenerator(seed: UInt64(name.count + padding + groups))
    let shape = Shape(4, 4 / groups * 9)
    return .layer(
      try Layer(
        name: name,
        operation: .conv2d(
          Convolution(
            window: Window(kernel: Extent(3), padding: Padding(padding)), groups: groups)),
        weight: .random(kind, shape, rank: 2, &generator),
        bias: padding == 0 ? nil : Bias([1, 2, 3, 4]), activation: activation))
  }

  private static func linear(_ name: String, from count: Int, to outputs: Int = 5) throws -> Step {
    var generator = SeededGenerator(seed: 3)
    let weight = WeightMatrix(Matrix<Float>.random(Shape(outputs, count), &generator))
    return .layer(try Layer(name: name, weight: .dense(weight)))
  }

  private static func affine(
    _ name: String, count: Int = 4, hasShift: Bool = true
  ) throws -> Step {
    let scale = (0..<count).map { Float($0 % 5) * 0.75 - 0.5 }
    let shift = (0..<count).map { hasShift ? Float($0 % 3) - 1.25 : 0 }
    return .transform(
      try Transform(name: name, .affine(ChannelAffine(scale: scale, shift: shift))))
  }

  private static func step(_ name: String, _ operation: Transform.Operation) throws -> Step {
    .transform(try Transform(name: name, operation))
  }

  private func check(_ steps: [Step], become expected: [String]) throws {
    let (folded, notes) = try StepFolding.folded(steps, input: Self.input)
    #expect(folded.map(\.name) == expected)
    #expect(notes.count == steps.count { $0.kind == .affine } - folded.count { $0.kind == .affine })
    let input = try ModelInput(shape: [4, 6, 6], layout: .chw)
    var generator = SeededGenerator(seed: 8)
    let batch = Matrix<Float>.random(Shape(3, 144), &generator)
    let before = try Model(name: "m", input: input, steps: steps).scores(for: batch)
    let after = try Model(name: "m", input: input, steps: folded).scores(for: batch)
    for (old, new) in zip(before.elements, after.elements) {
      #expect(abs(old - new) <= 1e-5 * max(1, abs(old)), "\(old) became \(new)")
    }
  }

  @Test(arguments: [(0, 1), (1, 1), (1, 2), (0, 4)])
  func anAffineStepJoinsTheConvolutionBeforeIt(padding: Int, groups: Int) throws {
    try check(
      [
        Self.convolution("c", padding: padding, groups: groups), Self.affine("bn"),
        Self.step("relu", .activation(.relu)),
      ], become: ["c"])
  }

  @Test(arguments: [1, 2, 4])
  func anAffineStepJoinsTheUnpaddedConvolutionAfterIt(groups: Int) throws {
    try check(
      [
        Self.convolution("c", activation: .relu), Self.affine("bn"),
        Self.convolution("d", groups: groups),
      ], become: ["c", "d"])
  }

  @Test func aShiftStaysInFrontOfPadding() throws {
    try check(
      [Self.affine("bn"), Self.convolution("d", padding: 1)], become: ["bn", "d"])
    try check(
      [Self.affine("bn", hasShift: false), Self.convolution("d", padding: 1, groups: 2)],
      become: ["d"])
  }

  @Test func anAffineStepJoinsTheLinearLayerBehindAFlatten() throws {
    try check(
      [
        Self.convolution("c", activation: .tanh), Self.affine("bn"), Self.step("f", .flatten),
        Self.linear("l", from: 64), Self.step("softmax", .activation(.softmax)),
      ], become: ["c", "f", "l"])
  }

  @Test func anAffineStepJoinsLinearLayersOnEitherSide() throws {
    try check(
      [
        Self.step("f", .flatten), Self.affine("first", count: 144), Self.linear("l", from: 144),
        Self.affine("second", count: 5), Self.step("tanh", .activation(.tanh)),
        Self.affine("third", count: 5), Self.linear("m", from: 5),
      ], become: ["f", "l", "m"])
  }

  @Test func anAffineStepStaysBesideAFactorizedWeight() throws {
    try check(
      [Self.convolution("c", kind: .factorized), Self.affine("bn")], become: ["c", "bn"])
  }

  @Test func anAffineStepStaysBehindAFunctionAndInFrontOfAPooling() throws {
    let pooling = try Pooling(.maximum, window: Window(kernel: Extent(2)))
    try check(
      [
        Self.convolution("c", activation: .relu), Self.affine("bn"), Self.step("p", .pool(pooling)),
      ], become: ["c", "bn", "p"])
  }

  @Test func aSecondFunctionStaysAndNoneVanishes() throws {
    try check(
      [
        Self.convolution("c"), Self.step("none", .activation(.none)),
        Self.step("relu", .activation(.relu)), Self.step("tanh", .activation(.tanh)),
      ], become: ["c", "tanh"])
  }

  @Test func stepsThatDoNotFitAreRefused() throws {
    let steps = [try Self.convolution("c"), try Self.affine("bn", count: 7)]
    #expect(throws: ModelError.self) { try StepFolding.folded(steps, input: Self.input) }
  }
}

@Suite struct BatchNormalizationTests {
  @Test func theAffineFormIsThatOfTheDefinition() throws {
    let norm = try BatchNormalization(
      gamma: [2, 1], beta: [1, 0], mean: [3, -1], variance: [4, 0.25], epsilon: 0)
    #expect(try norm.affine == ChannelAffine(scale: [1, 2], shift: [-2, 2]))
  }

  @Test func gammaAndBetaMayBeMissing() throws {
    let norm = try BatchNormalization(
      gamma: nil, beta: nil, mean: [1], variance: [15], epsilon: 1)
    #expect(try norm.affine == ChannelAffine(scale: [0.25], shift: [-0.25]))
  }

  @Test func countsThatDifferAndNegativeVariancesAreRefused() throws {
    #expect(throws: ModelError.self) {
      try BatchNormalization(gamma: [1], beta: nil, mean: [1, 2], variance: [1, 2], epsilon: 0)
    }
    #expect(throws: ModelError.self) {
      try BatchNormalization(gamma: nil, beta: nil, mean: [1], variance: [-1], epsilon: 0.5)
    }
  }
}
