public import SpectrimCore

/// A network of the source documents with everything that its training needs but the data.
public struct Recipe: Sendable, Equatable {
  /// The inputs, the outputs of every hidden layer, the classes.
  public var widths: [Int]
  /// What hidden layers apply.
  public var activation: Activation
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
    widths: [784, 10], activation: .none, initial: .zero, normalization: .unitBytes,
    settings: TrainingSettings(
      optimizer: .sgd(rate: 0.1), batchSize: 100, epochs: 20, shuffles: false))

  /// The perceptron 784-500-300-10, about 98 % on MNIST.
  /// - Source: the Marchenko–Pastur notebook: SGD 0.02 with momentum 0.9, batches of 128, 5 epochs.
  public static func perceptron() throws(ModelError) -> Recipe {
    Recipe(
      widths: [784, 500, 300, 10], activation: .relu, initial: .drawn(.pytorch),
      normalization: try standardizedDigits(),
      settings: TrainingSettings(
        optimizer: .sgd(rate: 0.02, momentum: 0.9), batchSize: 128, epochs: 5))
  }

  /// The perceptron 784-512-256-128-10 with Adam.
  /// - Source: chapter 3, whose loop uses Adam at 0.001 for 10 epochs and whose network drops 20 %
  ///   of its hidden outputs.
  public static func deepPerceptron() throws(ModelError) -> Recipe {
    Recipe(
      widths: [784, 512, 256, 128, 10], activation: .relu, initial: .drawn(.pytorch),
      normalization: try standardizedDigits(),
      settings: TrainingSettings(
        optimizer: .adam(rate: 0.001), batchSize: 128, epochs: 10, dropout: 0.2))
  }

  /// The network before its first step, drawn from the seed of the settings.
  /// - Throws: `ModelError` when the widths are not positive.
  public func initialModel(
    name: String, form: WeightForm = .dense
  ) throws(ModelError) -> Model {
    try Model.multilayerPerceptron(
      name: name, widths: widths, activation: activation, form: form, initial: initial,
      input: ModelInput(shape: [widths.first ?? 0], normalization: normalization),
      seed: settings.seed)
  }
}
