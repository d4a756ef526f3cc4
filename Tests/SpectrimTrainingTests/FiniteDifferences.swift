import Foundation
import SpectrimCore
import SpectrimTestSupport

/// The slopes of a convolutional network by finite differences in numpy float64.
enum FiniteDifferences {
  private struct Case: Encodable {
    let model: PlainSteps
    let inputs: [[Float]]
    let direction: [[Float]]
  }

  /// `Σ D ∘ z` of the last layer is differentiated by every parameter.
  private static let script =
    convolutionPython + """
      case = json.load(open(sys.argv[1]))
      steps = case["model"]["steps"]
      x, d = np.array(case["inputs"]).reshape(-1, 2, 7, 6), np.array(case["direction"])
      parameters = [arrays(step["layer"]) for step in steps if step.get("layer")]
      result = []
      for factors, bias in parameters:
          for p in factors + [bias]:
              slopes = np.zeros(p.size)
              flat = p.reshape(-1)
              for i in range(p.size):
                  old = flat[i]
                  flat[i] = old + 1e-6; up = (run(steps, parameters, x) * d).sum()
                  flat[i] = old - 1e-6; down = (run(steps, parameters, x) * d).sum()
                  flat[i] = old
                  slopes[i] = (up - down) / 2e-6
              result.append(slopes.tolist())
      print(json.dumps(result))
      """

  /// The slopes of all parameters of a model for maps of 2×7×6, in the order of `parameters`.
  static func slopes(
    of model: Model, _ inputs: Matrix<Float>, along direction: Matrix<Float>
  ) throws -> [[Double]] {
    let plain = Case(
      model: PlainSteps(model), inputs: PlainModel.PlainMatrix(inputs).rows,
      direction: PlainModel.PlainMatrix(direction).rows)
    let folder = try TemporaryDirectory()
    try JSONEncoder().encode(plain).write(to: folder.url.appending(path: "case.json"))
    let output = try Python.run(script, [folder.path("case.json")])
    return try JSONDecoder().decode([[Double]].self, from: Data(output.utf8))
  }

  /// The factors of a layer and its bias.
  static func parameters(of layer: Layer) -> [[Float]] {
    PlainModel.PlainLayer.factors(of: layer.weight).map(\.values.elements)
      + [layer.bias?.values ?? []]
  }
}
