import SpectrimCore
import SpectrimFormat
import SpectrimTestSupport
import Testing

/// The groups of a model of every representation.
private func groups() throws -> [FormatNode] {
  let model = try SampleLayers.model(width: 24)
  let layers = model.steps.enumerated().map { $1.formatNode(index: $0) }
  return [try #require(model.headerNode.groups["input"])] + layers
}

@Test(arguments: PooledForm.Packing.allCases)
func everyPackingGivesTheSameGroups(packing: PooledForm.Packing) throws {
  let groups = try groups()
  let pooled = PooledForm(groups, packing: packing)
  let root = try PooledContent(index: pooled.index, pools: pooled.pools).root
  #expect(root.groups["input"] == groups[0])
  let layers = try #require(root.groups["layers"]).groups.values
  #expect(try PooledForm.ordered(Array(layers)) == Array(groups.dropFirst()))
}

@Test func thePackingsDifferInWhereCodesStand() throws {
  let groups = try groups()
  let pools = PooledForm.Packing.allCases.map { Set(PooledForm(groups, packing: $0).pools.keys) }
  let floats: Set<TensorPool> = [.float16, .bfloat16, .float32]
  #expect(
    pools == [
      floats.union([.int8]), floats.union([.int8, .zigzag8]), floats.union([.zigzag8]),
    ])
}

@Test func equalTensorsShareTheirPlaceInAPool() throws {
  let weight = try SampleLayers.weight(.dense, Shape(4, 4), rank: 1)
  let nodes = try ["a", "b"].enumerated().map {
    Step.layer(try Layer(name: $1, weight: weight)).formatNode(index: $0)
  }
  let pooled = PooledForm(nodes)
  #expect(pooled.pools[.bfloat16]?.count == 32)
  #expect(pooled.index.contains("W=@bf16[4 4]\n"))
  #expect(pooled.index.contains("W=@bf16+0[4 4]\n"))
}

@Test func aTensorBehindASharedOneStandsAtTheEndOfThePool() throws {
  let index = """
    /layers/a
    first=@int8[2]
    second=@int8[1]
    again=@int8+0[2]
    third=@int8[1]

    """
  let group = try content(index, [.int8: [1, 2, 3, 4]])
  #expect(group.tensors["again"]?.codes == [1, 2])
  #expect(group.tensors["third"]?.codes == [4])
}

@Test func aRankOfZeroSurvivesBothForms() throws {
  let weight = Representation.factorized(
    try Factorized(
      u: WeightMatrix(Matrix(Shape(3, 0), [])), v: WeightMatrix(Matrix(Shape(5, 0), []))))
  let node = Step.layer(try Layer(name: "empty", weight: weight)).formatNode(index: 0)
  let pooled = PooledForm([node])
  let root = try PooledContent(index: pooled.index, pools: [.float32: []]).root
  let read = try #require(root.groups["layers"]?.groups["empty"])
  #expect(try Step(from: read).layer?.weight == weight)
}

@Test func everyCodeSurvivesZigzagOrder() {
  let codes = (Int8.min...Int8.max).map(UInt8.init(bitPattern:))
  #expect(Zigzag.decoded(Zigzag.encoded(codes)) == codes)
  let small: [Int8] = [0, -1, 1, -2, 2, 127, -128]
  #expect(Zigzag.encoded(small.map(UInt8.init(bitPattern:))) == [0, 1, 2, 3, 4, 254, 255])
}

/// The group `/layers/a` of an index.
private func content(_ index: String, _ pools: [TensorPool: [UInt8]]) throws -> FormatNode {
  let root = try PooledContent(index: index, pools: pools).root
  return try #require(root.groups["layers"]?.groups["a"])
}

@Test func aTallMatrixOfCodesStandsColumnByColumn() throws {
  let weight = Representation.quantized(
    try QuantizedMatrix(codes: Matrix(Shape(3, 2), [1, -4, 2, 5, 3, -6]), bitsPerWeight: 8))
  let node = Step.layer(try Layer(name: "a", weight: weight)).formatNode(index: 0)
  let pooled = PooledForm([node], packing: .codes)
  #expect(pooled.pools[.zigzag8] == [2, 4, 6, 7, 10, 11])
  #expect(pooled.index.contains("codes=@zigzag8[3 2]^T\n"))
  #expect(try content(pooled.index, pooled.pools) == node)
}

@Test func theIndexOfVersionOneIsRead() throws {
  let index = """
    /layers/a/index=0
    /layers/a/bias/codes=@int8 0 2
    /layers/a/weight/codes=@int8 2 1 2

    """
  let group = try content(index, [.int8: [1, 2, 3, 4]])
  #expect(group.facts == ["index": .integer(0)])
  #expect(group.groups["bias"]?.tensors["codes"]?.codes == [1, 2])
  #expect(group.groups["weight"]?.tensors["codes"] == Tensor([3, 4], shape: [1, 2]))
}

@Test(arguments: [
  "/layers", "/layers/fc/index", "/input/shape=[1 x]", "/other/fc/index=0", "/layers//index=0",
  "/layers/fc/weight/W=@f32 0", "/layers/fc/weight/W=@f99 0 1", "/layers/fc/weight/W=@f32 0 -1 1",
  "/layers/fc/weight/W=@f32 0 2 2", "/layers/fc/weight/W=@f32 9223372036854775807 1 1",
  "/layers/fc/weight/W=@f32 0 4294967296 4294967296",
  "/layers/fc/weight/W=@f32 0 4611686018427387904 4",
  "/layers/fc/index=0\n/layers/fc/index=0",
  "/layers/fc" + String(repeating: "/a", count: 34) + "=1",
  "/layers/fc/weight/W=@int8 0 1 1", "/layers/fc/weight/W=@zigzag8 0 1 1",
  // Lines below the line of a group.
  "index=0", "/layers/fc\n/layers/b\nindex=0", "/layers/fc\nindex=0\nindex=0",
  "/layers/fc\nindex=0\n/layers/fc/index=0", "/layers/fc\na/b=0", "/layers/fc\n=0", "/input\n",
  "/layers/fc\nW=@f32[2]", "/layers/fc\nW=@f32[]", "/layers/fc\nW=@f32[1 1 1]",
  "/layers/fc\nW=@f32+1[1]", "/layers/fc\nW=@f32+-1[1]", "/layers/fc\nW=@f32+[1]",
  "/layers/fc\nW=@f32[-1]", "/layers/fc\nW=@f32[1", "/layers/fc\nW=@f32+0 [1]",
  "/layers/fc\nW=@f32[1 1]^T", "/layers/fc\nW=@i8[1]^T", "/layers/fc\nW=@zigzag8[1]^T",
  "/layers/fc\nW=@f32+9223372036854775807[1]", "/layers/fc\nW=@i8[9223372036854775807 2]",
  "/layers/fc" + String(repeating: "/a", count: 33) + "\nb=1",
])
func aBrokenPooledLineIsAnError(line: String) {
  #expect(throws: FormatError.self) {
    try PooledContent(index: line + "\n", pools: [.float32: [0, 0, 0, 0]])
  }
}

@Test func tensorsOfAPoolMayBeEqualButNotOverlap() throws {
  let pools: [TensorPool: [UInt8]] = [.int8: [1, 2, 3, 4]]
  let first = "/layers/a/W=@int8 0 3 1\n"
  let equal = try content(first + "/layers/a/V=@int8 0 1 3\n", pools)
  #expect(equal.tensors["V"]?.codes == [1, 2, 3])
  let error = #expect(throws: FormatError.self) {
    try PooledContent(index: first + "/layers/b/weight/W=@int8 2 2 1\n", pools: pools)
  }
  #expect(error?.defect == .outOfRange("tensors overlap in `int8` at element 2"))
}

/// Otherwise each line could have its own copy of one large part.
@Test func aPartOfAPoolHasOneOrder() throws {
  let pools: [TensorPool: [UInt8]] = [.int8: [1, 2, 3, 4]]
  let error = #expect(throws: FormatError.self) {
    try PooledContent(
      index: "/layers/a\nW=@int8[2 2]\nV=@int8+0[2 2]^T\n", pools: pools)
  }
  #expect(
    error?.defect
      == .outOfRange("`V=@int8+0[2 2]^T` shares its place with a tensor in another order"))
}

@Test(.timeLimit(.minutes(5))) func aLongPathCostsNoMoreForEveryLine() throws {
  let path = "/layers/" + String(repeating: "n", count: 1 << 20)
  let lines = (0..<50_000).map { "a\($0)=1\n" }.joined()
  let root = try PooledContent(index: "\(path)\n\(lines)", pools: [:]).root
  #expect(root.groups["layers"]?.groups.values.first?.facts.count == 50_000)
}
