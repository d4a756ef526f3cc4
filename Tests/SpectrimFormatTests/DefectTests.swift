import SpectrimCore
import SpectrimFormat
import SpectrimTestSupport
import Testing

/// A layer `/layers/fc` of 4 outputs and 6 inputs, damaged in one way.
private func defect(
  _ kind: Representation.Kind, _ damage: (inout FormatNode) -> Void
) throws -> FormatError? {
  let weight = try SampleLayers.weight(kind, Shape(4, 6), rank: 2)
  var node = Step.layer(
    try Layer(name: "fc", weight: weight, bias: Bias([1, 2, 3, 4]))
  ).formatNode(index: 0)
  damage(&node)
  return #expect(throws: FormatError.self) { try Step(from: node) }
}

private let floats = Tensor([1, 2, 3], storedAs: .float32, shape: [3])

@Test func factorsOfDifferentRanksAreRefused() throws {
  let error = try defect(.factorized) {
    $0.groups["weight"]?.tensors["V"] = Tensor(
      Array(repeating: 0, count: 18), storedAs: .float32, shape: [6, 3])
  }
  #expect(
    error?.description
      == "`/layers/fc/weight`: rank 2 of U differs from rank 3 of V; re-convert the model")
}

@Test func aMissingTensorIsNamed() throws {
  let error = try defect(.factorized) { $0.groups["weight"]?.tensors["V"] = nil }
  #expect(error == FormatError(at: "/layers/fc/weight", .missing("V")))
}

@Test func anUnknownRepresentationIsNamed() throws {
  let error = try defect(.dense) { $0.groups["weight"]?.facts["representation"] = .text("tucker") }
  #expect(error?.defect.found == "tucker")
  #expect(error?.location == "/layers/fc/weight/representation")
}

@Test func aVectorIsNoMatrix() throws {
  let error = try defect(.dense) { $0.groups["weight"]?.tensors["W"] = floats }
  #expect(error?.defect == .wrongShape(found: [3], expected: "two sides"))
}

@Test func emptyFactorsCannotClaimSidesThatNothingCouldHold() throws {
  for side in [FormatLimit.sideCount + 1, Int.max] {
    let error = try defect(.factorized) {
      $0.groups["weight"]?.tensors["U"] = Tensor(type: .float32, shape: [side, 0], bytes: [])
      $0.groups["weight"]?.tensors["V"] = Tensor(type: .float32, shape: [6, 0], bytes: [])
    }
    #expect(
      error?.defect == .wrongShape(found: [side, 0], expected: "sides of at most 4194304"))
  }
}

@Test func theLargestSidesOfAllLayersCanBeCounted() {
  let side = FormatLimit.sideCount
  let (count, overflow) = (4 * side * (side + 1)).multipliedReportingOverflow(
    by: FormatLimit.layerCount)
  #expect(!overflow, "\(count)")
}

@Test func floatsAreNoCodes() throws {
  let error = try defect(.quantized) { $0.groups["weight"]?.tensors["codes"] = floats }
  #expect(error?.defect == .wrongType(found: "f32", expected: "int8"))
}

@Test func codesBeyondTheirBitsAreRefused() throws {
  let error = try defect(.quantized) { $0.groups["weight"]?.facts["bits"] = .integer(4) }
  #expect(error?.description.contains("outside ±7") == true)
}

@Test func aBiasMustFitTheOutputs() throws {
  let error = try defect(.dense) { $0.tensors["bias"] = floats }
  #expect(error?.defect == .model(.invalid("a bias of 3 values for 4 outputs")))
}

@Test(arguments: [Double.nan, 0, -1, 1e300])
func anInputScaleIsAPositiveNumber(scale: Double) throws {
  let error = try defect(.dense) {
    $0.facts["input_scale"] = .real(scale)
    $0.facts["input_zero_point"] = .integer(0)
  }
  #expect(error?.location == "/layers/fc/input_scale")
}

@Test func twoFactorsOnOneAxisAreRefused() throws {
  let error = try defect(.quantized) {
    $0.groups["weight"]?.tensors["row_exponent"] = Tensor([0, 0, 0, 0], shape: [4])
  }
  #expect(error?.description.contains("both `row_scale` and `row_exponent`") == true)
}

@Test func anotherMajorVersionIsRefused() throws {
  var root = try SampleLayers.model().headerNode
  root.facts["format_version"] = .integers([2, 0])
  let error = #expect(throws: FormatError.self) { try ModelHeader(from: root) }
  #expect(error?.defect == .unsupportedVersion(FormatVersion(major: 2, minor: 0)))
}

@Test func layersMustCountFromZeroWithoutGaps() throws {
  let weight = try SampleLayers.weight(.dense, Shape(2, 2), rank: 1)
  let node = Step.layer(try Layer(name: "fc", weight: weight)).formatNode(index: 1)
  #expect(throws: FormatError.self) { try PooledForm.ordered([node]) }
}

@Test func factorsOfRankZeroCannotClaimAnyShape() throws {
  let none = Tensor([], storedAs: .float32, shape: [1 << 20, 0])
  let error = try defect(.factorized) {
    $0.groups["weight"]?.tensors = ["U": none, "V": none]
  }
  #expect(
    error?.description
      == "`/layers/fc/weight`: shape [1048576, 1048576] is far larger than its tensors of 0 bytes")
}

@Test func theProductsWithinAChainAreBoundedToo() throws {
  let error = try defect(.chain) {
    $0.groups["weight"]?.tensors = [
      "F0": Tensor([], storedAs: .float32, shape: [1 << 20, 0]),
      "F1": Tensor([], storedAs: .float32, shape: [0, 1 << 20]),
      "F2": Tensor([], storedAs: .float32, shape: [1 << 20, 0]),
    ]
  }
  #expect(error?.description.contains("is far larger") == true)
}

@Test func rowsWithoutCodesCannotClaimAnyShape() throws {
  let absent = [Int8](repeating: ScaleFactors.absent, count: 1 << 20)
  let error = try defect(.quantized) {
    $0.groups["weight"]?.tensors = [
      "codes": Tensor([], shape: [0, 1 << 20]), "row_exponent": Tensor(absent, shape: [1 << 20]),
    ]
  }
  #expect(error?.description.contains("is far larger") == true)
}

@Test func aChainLeavesUnknownDatasetsAlone() throws {
  let step = Step.layer(
    try Layer(name: "fc", weight: try SampleLayers.weight(.chain, Shape(4, 6), rank: 2)))
  var node = step.formatNode(index: 0)
  node.groups["weight"]?.tensors["notes"] = floats
  #expect(try Step(from: node) == step)
}

@Test func aChainWithAGapIsRefused() throws {
  let error = try defect(.chain) { $0.groups["weight"]?.tensors["F1"] = nil }
  #expect(error == FormatError(at: "/layers/fc/weight", .missing("F1")))
}
