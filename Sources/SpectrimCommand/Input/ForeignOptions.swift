internal import ArgumentParser
internal import SpectrimCore
internal import SpectrimInterchange

/// What files of other programs may leave open.
struct ForeignOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The steps of a file that has weights only: mlp:relu (after every hidden layer), "
        + "mlp:tanh,relu,none (one per layer), or all steps, such as "
        + "'cnn:conv relu, max_pool 2, flatten, linear relu, linear'. A conv takes stride=, pad=, "
        + "dilation= and groups=, a pool stride= and pad= (2 or 2x1), batch_norm and layer_norm "
        + "eps=; leaky_relu:0.2 has a slope.", valueName: "steps"))
  var arch: String?

  @Option(
    help: ArgumentHelp(
      "Which side of an unnamed matrix is which: out-in (PyTorch) or in-out (Keras, numpy).",
      valueName: "sides"))
  var layout: WeightLayout?

  @Option(
    help: ArgumentHelp(
      "The sides of one example where the file does not tell, channels first: 1x28x28.",
      valueName: "sides"))
  var inputShape: String?

  /// What the readers are told.
  /// - Throws: `Failure` for words that mean nothing.
  func options() throws -> ImportOptions {
    var options = ImportOptions()
    options.architecture = try arch.map { try Architecture(parsing: $0) }
    options.layout = layout
    options.inputShape = try inputShape.map { text in
      let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
      guard [1, 3].contains(sides.count), sides.allSatisfy({ ($0 ?? 0) > 0 }) else {
        throw Failure(
          .usage, "--input-shape \(text): expected one or three sides, such as 784 or 1x28x28")
      }
      return sides.compactMap(\.self)
    }
    return options
  }
}
