internal import ArgumentParser
internal import SpectrimCore
internal import SpectrimTraining

/// The networks of the source documents.
enum NetworkKind: String, CaseIterable, ExpressibleByArgument {
  /// Softmax regression, as the practical trains it.
  case softmax
  /// A multilayer perceptron, as the Marchenko–Pastur notebook trains it.
  case mlp
  /// LeNet-5 as Caffe has it.
  case lenet5

  /// The settings of the document.
  func recipe() throws -> Recipe {
    switch self {
    case .softmax: .softmaxRegression
    case .mlp: try .perceptron()
    case .lenet5: try .lenet5()
    }
  }
}

/// How weights start.
enum StartingWeights: String, CaseIterable, ExpressibleByArgument {
  case zero, random, glorot, he, pytorch, svd

  /// The words for a recipe.
  init(_ initial: InitialWeights) {
    self =
      switch initial {
      case .zero: .zero
      case .drawn(let initializer): Self(rawValue: initializer.rawValue) ?? .pytorch
      }
  }

  /// What a recipe draws; an SVD starts from a dense network of PyTorch's.
  var drawn: InitialWeights {
    self == .zero ? .zero : .drawn(Initializer(rawValue: rawValue) ?? .pytorch)
  }
}

/// Which network is trained, and in which form.
struct NetworkOptions: ParsableArguments {
  @Option(help: "Softmax regression, a multilayer perceptron, or a convolutional network.")
  var model = NetworkKind.mlp

  @Option(
    help: ArgumentHelp(
      "The inputs, the outputs of every hidden layer, the classes (default: 784,500,300,10; "
        + "softmax: 784,10).", valueName: "widths"))
  var layers: String?

  @Option(
    help: "What hidden layers apply (default: relu); of lenet5 the convolutions (default: none).")
  var activation: Activation.Kind?

  @Option(
    help: ArgumentHelp(
      "How weights start: zero (default of softmax), random, glorot, he, pytorch (default of the "
        + "others), or svd, the factors of a dense network drawn like pytorch's or of --base.",
      valueName: "rule"))
  var initializer: StartingWeights?

  @Option(
    help: ArgumentHelp(
      "The form that learns: dense (default), factorized=RANK, chain=R1,R2 or lora=RANK on --base.",
      valueName: "form"))
  var representation = RepresentationArgument.dense

  @Option(help: ArgumentHelp("A trained model to start from.", valueName: "file"))
  var base: String?

  @Option(help: "The type that floats are stored in.")
  var elementType = ElementType.float32

  func validate() throws {
    if case .lora = representation, base == nil {
      throw ValidationError("lora adapts a trained model; name it with --base FILE")
    }
    guard base == nil || (layers == nil && activation == nil) else {
      throw ValidationError(
        "--base has layers and activations of its own; drop --layers and --activation")
    }
    guard initializer != .svd || representation.hasFactors else {
      throw ValidationError("--initializer svd makes factors; pass factorized=RANK or chain=R1,R2")
    }
    guard base == nil || initializer == nil || initializer == .svd else {
      throw ValidationError("--base gives the weights to start from; drop --initializer")
    }
    guard model != .lenet5 || layers == nil else {
      throw ValidationError("lenet5 has layers of its own; drop --layers")
    }
    guard model != .softmax || activation == nil else {
      throw ValidationError("softmax has no hidden layer; drop --activation")
    }
  }

  /// The layers of a recipe with what was asked for.
  func topology(from standard: Recipe.Topology) throws -> Recipe.Topology {
    let asked = activation.map { Activation($0) }
    switch standard {
    case .perceptron(let widths, let activation):
      return .perceptron(widths: try self.widths() ?? widths, activation: asked ?? activation)
    case .lenet5(let activation): return .lenet5(activation: asked ?? activation)
    }
  }

  /// The widths that were asked for.
  private func widths() throws -> [Int]? {
    guard let layers else { return nil }
    let widths = layers.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard widths.count >= 2, widths.allSatisfy({ $0 >= 1 }) else {
      throw Failure(
        .usage, "--layers \(layers): expected two or more widths such as 784,500,300,10",
        found: layers)
    }
    guard model == .mlp || widths.count == 2 else {
      throw Failure(.usage, "--layers \(layers): softmax has two widths, such as 784,10")
    }
    return widths
  }
}
