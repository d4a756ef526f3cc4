import SpectrimCore
import SpectrimTestSupport

/// One layer of a form with bias and activation, fed by `shape.columnCount` numbers.
func randomModel(
  _ kind: Representation.Kind, _ shape: Shape, rank: Int, activation: Activation = .none,
  seed: UInt64
) throws -> Model {
  var generator = SeededGenerator(seed: seed)
  let layer = try randomLayer("only", kind, shape, rank: rank, activation, &generator)
  return try Model(
    name: "random", input: ModelInput(shape: [shape.columnCount]), layers: [layer])
}

func randomLayer(
  _ name: String, _ kind: Representation.Kind, _ shape: Shape, rank: Int,
  _ activation: Activation, _ generator: inout SeededGenerator
) throws -> Layer {
  let weight = try Representation.random(kind, shape, rank: rank, &generator)
  let bias = Matrix<Float>.random(Shape(shape.rowCount, 1), &generator).elements
  return try Layer(name: name, weight: weight, bias: Bias(bias), activation: activation)
}

/// Layers of every stored form in a row, 20 numbers wide at most, so that all buffers are used.
func randomNetwork(seed: UInt64) throws -> Model {
  var generator = SeededGenerator(seed: seed)
  var width = 20
  var layers: [Layer] = []
  for (index, kind) in Representation.Kind.allCases.enumerated() {
    let outputs = index.isMultiple(of: 2) ? 13 : 17
    layers.append(
      try randomLayer("\(kind)", kind, Shape(outputs, width), rank: 4, .tanh, &generator))
    width = outputs
  }
  return try Model(name: "network", input: ModelInput(shape: [20]), layers: layers)
}

/// The largest difference of two matrices in parts of the largest element of the second.
func relativeError(_ found: Matrix<Float>, _ expected: Matrix<Float>) -> Float {
  let largest = expected.elements.map(abs).max() ?? 0
  let difference = zip(found.elements, expected.elements).map { abs($0 - $1) }.max() ?? 0
  return difference == 0 ? 0 : difference / largest
}
