internal import SpectrimCore

/// What is wrong with the text of `--arch`.
public struct ArchitectureError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The word, what was expected, and an example.
  public let description: String

  init(_ description: String) { self.description = description }
}

extension Architecture {
  /// Reads the text of `--arch`.
  /// - Throws: `ArchitectureError` that names the word it does not know.
  public init(parsing text: String) throws(ArchitectureError) {
    let sides = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let words =
      sides.count == 2 ? sides[1].split(separator: ",", omittingEmptySubsequences: false) : []
    switch sides[0] {
    case "mlp" where !words.isEmpty:
      var activations: [Activation] = []
      for word in words { activations.append(try Activation(parsing: word.trimmed)) }
      self = .perceptron(activations)
    case "cnn" where !words.isEmpty:
      var steps: [ArchitectureStep] = []
      for word in words { steps.append(try ArchitectureStep(parsing: word.trimmed)) }
      self = .steps(steps)
    default:
      throw ArchitectureError(
        "`\(text.prefix(80))`: expected mlp:… or cnn:…, for example mlp:relu or "
          + "cnn:conv relu, max_pool 2, flatten, linear")
    }
  }

  /// How many layers with numbers the file must have; `nil` where any number will do.
  var parameterStepCount: Int? {
    switch self {
    case .perceptron(let activations): activations.count == 1 ? nil : activations.count
    case .steps(let steps): steps.count(where: \.hasParameters)
    }
  }
}

extension ArchitectureStep {
  fileprivate init(parsing text: Substring) throws(ArchitectureError) {
    var words = ArchitectureWords(text)
    guard let kind = words.next() else {
      throw ArchitectureError("an empty step; expected a word such as linear between the commas")
    }
    switch kind {
    case "linear":
      self = .linear(try words.activation())
    case "conv":
      let (stride, padding) = (try words.extent("stride"), try words.padding())
      let (dilation, groups) = (try words.extent("dilation"), try words.integer("groups") ?? 1)
      self = .convolution(
        stride: stride ?? Extent(1), padding: padding, dilation: dilation ?? Extent(1),
        groups: groups, activation: try words.activation())
    case "max_pool": self = .pool(try words.pooling(.maximum))
    case "avg_pool": self = .pool(try words.pooling(.average))
    case "flatten": self = .flatten
    case "batch_norm": self = .batchNormalization(epsilon: try words.real("eps"))
    case "layer_norm": self = .layerNormalization(epsilon: try words.real("eps"))
    default: self = .activation(try Activation(parsing: kind, besides: ArchitectureWords.steps))
    }
    try words.expectEnd()
  }

  /// Whether the step takes numbers of the file.
  var hasParameters: Bool {
    switch self {
    case .linear, .convolution, .batchNormalization, .layerNormalization: true
    case .pool, .flatten, .activation: false
    }
  }

  /// The word for messages.
  var word: String {
    switch self {
    case .linear: "linear"
    case .convolution: "conv"
    case .pool(let pooling): pooling.kind == .maximum ? "max_pool" : "avg_pool"
    case .flatten: "flatten"
    case .activation(let activation): activation.kind.rawValue
    case .batchNormalization: "batch_norm"
    case .layerNormalization: "layer_norm"
    }
  }
}

extension Activation {
  /// Reads `relu`, or `leaky_relu:0.2` with its slope.
  /// - Parameter others: other words that may stand in its place.
  fileprivate init(
    parsing text: Substring, besides others: [String] = []
  ) throws(ArchitectureError) {
    let sides = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let word = sides.first, let kind = Kind(rawValue: String(word)) else {
      if ArchitectureWords.steps.contains(String(sides[0])) {
        throw ArchitectureError(
          "`\(sides[0])` is a step of its own; expected a comma in front of it, and cnn: with all "
            + "steps")
      }
      let known = others + Kind.allCases.map(\.rawValue)
      throw ArchitectureError(
        "`\(text.prefix(80))` is unknown; expected one of \(known.joined(separator: ", "))")
    }
    guard sides.count == 2 else {
      self.init(kind)
      return
    }
    guard kind == .leakyReLU, let slope = Float(sides[1]), slope.isFinite else {
      throw ArchitectureError("`\(text.prefix(80))`: expected a slope, as in leaky_relu:0.2")
    }
    self.init(kind, slope: slope)
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    let front = drop { $0 == " " }
    return front.prefix(front.count - front.reversed().prefix { $0 == " " }.count)
  }
}

/// The words of one step: a kind, `name=value` in any order, at most one number and one function.
private struct ArchitectureWords {
  static let steps = [
    "linear", "conv", "max_pool", "avg_pool", "flatten", "batch_norm", "layer_norm",
  ]

  /// Far above the groups of any convolution, so that no product overflows.
  private static let largestCount = 1 << 20

  private let step: Substring
  private var words: [Substring]

  init(_ step: Substring) {
    self.step = step
    words = step.split(separator: " ")
  }

  mutating func next() -> Substring? { words.isEmpty ? nil : words.removeFirst() }

  /// The function after a layer, if one is left.
  mutating func activation() throws(ArchitectureError) -> Activation {
    guard let word = next() else { return .none }
    return try Activation(parsing: word)
  }

  /// `max_pool 2`, `max_pool 3x2 stride=2 pad=1`.
  mutating func pooling(_ kind: Pooling.Kind) throws(ArchitectureError) -> Pooling {
    let (stride, padding) = (try extent("stride"), try padding())
    guard let word = next(), let kernel = Self.extent(word) else {
      throw ArchitectureError("`\(step)`: expected the side of the window, as in max_pool 2")
    }
    do {
      let window = try Window(kernel: kernel, stride: stride ?? kernel, padding: padding)
      return try Pooling(kind, window: window, countsPadding: true)
    } catch { throw ArchitectureError("`\(step)`: \(error)") }
  }

  mutating func extent(_ name: String) throws(ArchitectureError) -> Extent? {
    guard let text = value(name) else { return nil }
    guard let extent = Self.extent(text) else { throw wrongValue(name, "2 or 2x1") }
    return extent
  }

  /// `pad=1`, `pad=1x2` for rows and columns, or `pad=0x1x0x1` for top, left, bottom and right.
  mutating func padding() throws(ArchitectureError) -> Padding {
    guard let text = value("pad") else { return Padding(0) }
    switch Self.sides(text) {
    case .some(let sides) where sides.count == 1: return Padding(sides[0])
    case .some(let sides) where sides.count == 2:
      return Padding(top: sides[0], left: sides[1], bottom: sides[0], right: sides[1])
    case .some(let sides) where sides.count == 4:
      return Padding(top: sides[0], left: sides[1], bottom: sides[2], right: sides[3])
    default: throw wrongValue("pad", "1, 1x2 or 0x1x0x1")
    }
  }

  mutating func integer(_ name: String) throws(ArchitectureError) -> Int? {
    guard let text = value(name) else { return nil }
    guard let number = Int(text), 1...Self.largestCount ~= number else {
      throw wrongValue(name, "2")
    }
    return number
  }

  mutating func real(_ name: String) throws(ArchitectureError) -> Float? {
    guard let text = value(name) else { return nil }
    guard let number = Float(text), number.isFinite, number >= 0 else {
      throw wrongValue(name, "1e-3")
    }
    return number
  }

  func expectEnd() throws(ArchitectureError) {
    guard let word = words.first else { return }
    throw ArchitectureError("`\(word)` does not belong in `\(step)`")
  }

  /// Takes `name=value` out of the words.
  private mutating func value(_ name: String) -> Substring? {
    guard let index = words.firstIndex(where: { $0.hasPrefix(name + "=") }) else { return nil }
    return words.remove(at: index).dropFirst(name.count + 1)
  }

  private static func extent(_ text: Substring) -> Extent? {
    guard let sides = sides(text), sides.count <= 2, !sides.contains(0) else { return nil }
    return Extent(height: sides[0], width: sides[sides.count - 1])
  }

  /// Numbers from 0 with `x` between them.
  private static func sides(_ text: Substring) -> [Int]? {
    let words = text.split(separator: "x", omittingEmptySubsequences: false)
    let sides = words.compactMap { Int($0) }
    return sides.count == words.count && sides.allSatisfy { $0 >= 0 } ? sides : nil
  }

  private func wrongValue(_ name: String, _ example: String) -> ArchitectureError {
    ArchitectureError("`\(step)`: expected a number, as in \(name)=\(example)")
  }
}
