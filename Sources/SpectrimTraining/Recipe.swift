public import SpectrimCore

/// A network of the source documents with everything that its training needs but the data.
public struct Recipe: Sendable, Equatable {
  /// Which layers there are.
  public enum Topology: Sendable, Equatable {
    /// Fully connected layers: the inputs, the outputs of every hidden layer, the classes, and what
    /// hidden layers apply.
    case perceptron(widths: [Int], activation: Activation)
    /// LeNet-5 in the form of Caffe, with what its convolutions apply; in Caffe nothing.
    case lenet5(activation: Activation)
  }

  /// Which layers there are.
  public var topology: Topology
  /// How the weights are chosen before the first step.
  public var initial: InitialWeights
  /// What is done to pixels.
  public var normalization: Normalization
  /// How the network is trained.
  public var settings: TrainingSettings

  /// The mean and the deviation of the pixels of MNIST after scaling to 0…1.
  /// - Source: `transforms.Normalize((0.1307,), (0.3081,))` of the Marchenko–Pastur notebook.
  public static func standardizedDigits() throws(ModelError) -> Normalization {
    try Normalization(scale: 1.0 / 255, mean: 0.1307, deviation: 0.3081)
  }

  /// Softmax regression, about 92 % on MNIST.
  /// - Source: the practical on softmax regression: W = 0, rate 0.1, batches of 100 in the order of
  ///   the data, 20 epochs, pixels / 255.
  public static let softmaxRegression = Recipe(
    topology: .perceptron(widths: [784, 10], activation: .none), initial: .zero,
    normalization: .unitBytes,
    settings: TrainingSettings(
      optimizer: .sgd(rate: 0.1), batchSize: 100, epochs: 20, shuffles: false))

  /// The perceptron 784-500-300-10, about 98 % on MNIST.
  /// - Source: the Marchenko–Pastur notebook: SGD 0.02 with momentum 0.9, batches of 128, 5 epochs.
  public static func perceptron() throws(ModelError) -> Recipe {
    Recipe(
      topology: .perceptron(widths: [784, 500, 300, 10], activation: .relu),
      initial: .drawn(.pytorch),
      normalization: try standardizedDigits(),
      settings: TrainingSettings(
        optimizer: .sgd(rate: 0.02, momentum: 0.9), batchSize: 128, epochs: 5))
  }

  /// The perceptron 784-512-256-128-10 with Adam.
  /// - Source: chapter 3, whose loop uses Adam at 0.001 for 10 epochs and whose network drops 20 %
  ///   of its hidden outputs.
  public static func deepPerceptron() throws(ModelError) -> Recipe {
    Recipe(
      topology: .perceptron(widths: [784, 512, 256, 128, 10], activation: .relu),
      initial: .drawn(.pytorch),
      normalization: try standardizedDigits(),
      settings: TrainingSettings(
        optimizer: .adam(rate: 0.001), batchSize: 128, epochs: 10, dropout: 0.2))
  }

  /// LeNet-5, about 99.4 % on MNIST.
  /// - Source: the layers, the batches of 64 and the momentum of 0.9 are those of Caffe's
  ///   `examples/mnist`. Measured with seed 1: 99.21 % after ten epochs at a decay of 0.7, 99.37 %
  ///   after twelve at 0.8 with half of the 500 hidden outputs switched off.
  public static func lenet5() throws(ModelError) -> Recipe {
    Recipe(
      topology: .lenet5(activation: .none), initial: .drawn(.pytorch),
      normalization: try standardizedDigits(),
      settings: TrainingSettings(
        optimizer: .sgd(rate: 0.02, momentum: 0.9), batchSize: 64, epochs: 12,
        dropout: 0.5, decay: 0.8))
  }

  /// The network before its first step, drawn from the seed of the settings.
  /// - Parameter input: what the network sees; by default digits of 28×28, or as many numbers as
  ///   the first width.
  /// - Throws: `ModelError` when the widths are not positive or the input does not fit.
  public func initialModel(
    name: String, form: WeightForm = .dense, input: ModelInput? = nil
  ) throws(ModelError) -> Model {
    switch topology {
    case .perceptron(let widths, let activation):
      let flat = try ModelInput(shape: [widths.first ?? 0], normalization: normalization)
      return try Model.multilayerPerceptron(
        name: name, widths: widths, activation: activation, form: form, initial: initial,
        input: input ?? flat, seed: settings.seed)
    case .lenet5(let activation):
      let digit = try ModelInput(shape: [1, 28, 28], layout: .chw, normalization: normalization)
      return try Model.lenet5(
        name: name, activation: activation, form: form, initial: initial, input: input ?? digit,
        seed: settings.seed)
    }
  }
}
