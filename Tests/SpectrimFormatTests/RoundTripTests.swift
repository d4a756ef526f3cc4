import SpectrimCore
import SpectrimFormat
import SpectrimTestSupport
import Testing

@Test(arguments: Representation.Kind.allCases, [1, 3])
func everyRepresentationSurvivesItsGroup(kind: Representation.Kind, rank: Int) throws {
  for shape in [Shape(1, 1), Shape(1, 7), Shape(7, 1), Shape(5, 9), Shape(9, 5)] {
    let weight = try SampleLayers.weight(kind, shape, rank: rank)
    let step = Step.layer(try Layer(name: "fc", weight: weight))
    #expect(try Step(from: step.formatNode(index: 0)) == step)
  }
}

@Test func everyStepSurvivesItsGroup() throws {
  let window = try Window(
    kernel: Extent(height: 3, width: 2), stride: Extent(height: 2, width: 1),
    padding: Padding(top: 1, left: 0, bottom: 2, right: 1), dilation: Extent(2))
  let weight = try SampleLayers.weight(.factorized, Shape(4, 12), rank: 2)
  let convolution = Operation.conv2d(try Convolution(window: window, groups: 2))
  let operations: [Transform.Operation] = [
    .flatten, .activation(.leakyReLU(slope: 0.25)), .activation(.softmax),
    .pool(try Pooling(.maximum, window: window)),
    .pool(try Pooling(.average, window: window, countsPadding: true)),
    .layerNormalization(try LayerNormalization(scale: [1, 2], shift: [3, 4], epsilon: 1e-5)),
    .affine(try ChannelAffine(scale: [1, 2], shift: [3, 4])),
  ]
  var steps = [
    Step.layer(
      try Layer(
        name: "conv", operation: convolution, weight: weight, activation: .leakyReLU(slope: 0.3)))
  ]
  steps += try operations.enumerated().map { .transform(try Transform(name: "\($0)", $1)) }
  for step in steps {
    #expect(try Step(from: step.formatNode(index: 0)) == step)
    let pooled = PooledForm([step.formatNode(index: 0)])
    let root = try PooledContent(index: pooled.index, pools: pooled.pools).root
    let node = try #require(root.groups["layers"]?.groups[step.name])
    #expect(try Step(from: node) == step)
  }
}

@Test func theHeaderSurvivesTheRoot() throws {
  let model = try SampleLayers.model()
  let header = try ModelHeader(from: model.headerNode)
  #expect(header.name == model.name)
  #expect(header.input == model.input)
  #expect(header.labels == model.labels)
  #expect(header.version == .current)
}

@Test(arguments: [
  ("fc1", "fc1"), (".hidden", "%2Ehidden"), ("a/b=c%", "a%2Fb%3Dc%25"), ("zeile\n", "zeile%0A"),
  ("größe", "größe"), ("a.b", "a.b"),
])
func namesBecomeLinksAndBack(name: String, link: String) {
  #expect(LinkName.encoded(name) == link)
  #expect(LinkName.decoded(link) == name)
}

@Test(arguments: ["%", "%4", "%zz", "%FF"])
func brokenEscapesHaveNoName(link: String) { #expect(LinkName.decoded(link) == nil) }
