import Foundation
import SpectrimCore
import SpectrimTestSupport
import SpectrimTraining
import Testing

@Suite(.needsPython)
struct OptimizerTests {
  private struct Case: Encodable {
    let model: PlainModel
    let inputs: [[Float]]
    let labels: [Int]
    let optimizer: String
    let weightDecay: Float
  }

  private struct Result: Decodable {
    let weights: [[[Double]]]
    let biases: [[Double]]
    let losses: [Double]
  }

  /// Two epochs in order with batches of 4 of 10 examples, so that the last one has 2.
  private static let script =
    referencePython + """
      case = json.load(open(sys.argv[1]))
      layers = case["model"]["layers"]
      x, y = np.array(case["inputs"]), np.array(case["labels"])
      parameters = [arrays(layer) for layer in layers]
      p = [f[0] for f, _ in parameters] + [b for _, b in parameters]
      n, decay = len(layers), case["weightDecay"]
      first, second = [np.zeros_like(a) for a in p], [np.zeros_like(a) for a in p]
      losses, t = [], 0
      for epoch in range(2):
          total = 0
          for begin in range(0, len(x), 4):
              h, label = [x[begin:begin + 4]], y[begin:begin + 4]
              for i in range(n):
                  z = h[-1] @ p[i].T + p[n + i]
                  h.append(np.tanh(z) if i < n - 1 else z)
              e = np.exp(h[-1] - h[-1].max(1, keepdims=True)); q = e / e.sum(1, keepdims=True)
              total -= np.log(q[np.arange(len(label)), label]).sum()
              d = (q - np.eye(3)[label]) / len(label)
              g = [None] * (2 * n)
              for i in reversed(range(n)):
                  g[i], g[n + i] = d.T @ h[i], d.sum(0)
                  d = (d @ p[i]) * (1 - h[i] ** 2)
              t += 1
              for i in range(2 * n):
                  if case["optimizer"] == "sgd":
                      first[i] = 0.9 * first[i] + g[i] + decay * p[i]; p[i] -= 0.1 * first[i]
                  else:
                      p[i] -= 0.01 * decay * p[i]
                      first[i] = 0.9 * first[i] + 0.1 * g[i]
                      second[i] = 0.999 * second[i] + 0.001 * g[i] ** 2
                      p[i] -= 0.01 * (first[i] / (1 - 0.9**t)) / (np.sqrt(second[i] / (1 - 0.999**t)) + 1e-8)
          losses.append(total / len(x))
      print(json.dumps({"weights": [a.tolist() for a in p[:n]], "biases": [a.tolist() for a in p[n:]],
                        "losses": losses}))
      """

  @Test(arguments: [
    ("sgd", Optimizer.sgd(rate: 0.1, momentum: 0.9), 0),
    ("sgd", Optimizer.sgd(rate: 0.1, momentum: 0.9, weightDecay: 0.2), 0.2),
    ("adam", Optimizer.adam(rate: 0.01), 0),
    ("adam", Optimizer.adam(rate: 0.01, weightDecay: 2), 2),
  ])
  func stepsAreThoseOfNumpy(name: String, optimizer: Optimizer, weightDecay: Float) throws {
    let model = try SmallNetworks.model(.dense, .tanh, seed: 11)
    let inputs = SmallNetworks.batch(Shape(10, 5), seed: 12)
    let labels = (0..<10).map { $0 % 3 }
    let settings = TrainingSettings(optimizer: optimizer, batchSize: 4, epochs: 2, shuffles: false)
    let outcome = try Trainer(settings).train(
      model, on: try Examples(inputs: inputs, labels: labels))

    let folder = try TemporaryDirectory()
    let plain = Case(
      model: PlainModel(model), inputs: PlainModel.PlainMatrix(inputs).rows, labels: labels,
      optimizer: name, weightDecay: weightDecay)
    try JSONEncoder().encode(plain).write(to: folder.url.appending(path: "case.json"))
    let output = try Python.run(Self.script, [folder.path("case.json")])
    let expected = try JSONDecoder().decode(Result.self, from: Data(output.utf8))

    for (index, layer) in outcome.model.layers.enumerated() {
      let found = layer.weight.materialized().elements + (layer.bias?.values ?? [])
      let wanted = expected.weights[index].flatMap { $0 } + expected.biases[index]
      try #require(found.count == wanted.count)
      // Six steps of size 0.1 or less with slopes rounded to about 1e-6.
      for (found, wanted) in zip(found, wanted) { #expect(abs(Double(found) - wanted) < 5e-6) }
    }
    for (epoch, loss) in zip(outcome.history, expected.losses) {
      #expect(abs(epoch.loss - loss) < 1e-5)
    }
  }
}
