internal import SpectrimCore

/// A layer as its configuration describes it.
struct KerasLayer: Sendable {
  /// The class, such as `Dense`.
  let className: String
  /// The name, unique within the model.
  let name: String
  /// What stands in `inbound_nodes` of a functional model.
  let inbound: JSONValue?
  private let config: JSONValue
  private let file: String

  /// Takes an entry of the list of layers.
  init(_ entry: JSONValue, file: String) throws(InterchangeError) {
    guard let className = entry["class_name"]?.text, let config = entry["config"],
      let name = config["name"]?.text ?? entry["name"]?.text, !name.isEmpty
    else {
      throw InterchangeError(
        .invalid, file: file,
        "the configuration has a layer without a class or a name; save the model again")
    }
    self.className = className
    self.name = name
    self.config = config
    self.file = file
    inbound = entry["inbound_nodes"]
  }

  subscript(key: String) -> JSONValue? { config[key] }

  /// An error about this layer.
  func invalid(_ text: String, found: String? = nil, expected: String? = nil) -> InterchangeError {
    InterchangeError(
      .invalid, file: file, "layer `\(name)`: \(text)", found: found, expected: expected)
  }

  /// An error about what this layer is.
  func unsupported(_ text: String) -> InterchangeError {
    InterchangeError(.unsupported, file: file, "layer `\(name)`: \(text)")
  }

  /// Why the model cannot be run.
  func obstacle(_ text: String) -> KerasObstacle { KerasObstacle("layer `\(name)` \(text)") }

  /// A count above zero.
  func count(_ key: String, default value: Int? = nil) throws(InterchangeError) -> Int {
    guard let member = config[key] else {
      if let value { return value }
      throw invalid("the configuration has no `\(key)`")
    }
    guard let count = member.integer, 1...Self.largestCount ~= count else {
      throw invalid("`\(key)` is \(member); expected a count")
    }
    return count
  }

  /// Far above any layer, so that products of two do not overflow.
  private static let largestCount = 1 << 30

  /// A number.
  func real(_ key: String, default value: Double) throws(InterchangeError) -> Double {
    guard let member = config[key] else { return value }
    // Keras 2 wraps what was an array of numpy: {"class_name": "__numpy__", "value": 0.5}.
    guard let real = member.real ?? member["value"]?.real, real.isFinite else {
      throw invalid("`\(key)` is \(member); expected a number")
    }
    return real
  }

  /// Yes or no.
  func flag(_ key: String, default value: Bool) throws(InterchangeError) -> Bool {
    guard let member = config[key] else { return value }
    guard let flag = member.flag else { throw invalid("`\(key)` is \(member); expected a truth") }
    return flag
  }

  /// A vertical and a horizontal count, given as two numbers or as one for both.
  func extent(_ key: String, default value: Extent?) throws(InterchangeError) -> Extent {
    guard let member = config[key] else {
      if let value { return value }
      throw invalid("the configuration has no `\(key)`")
    }
    let sides = member.list ?? [member, member]
    guard sides.count == 2, let height = sides[0].integer, let width = sides[1].integer,
      1...Self.largestCount ~= height, 1...Self.largestCount ~= width
    else { throw invalid("`\(key)` is \(member); expected two counts") }
    return Extent(height: height, width: width)
  }

  /// Which axes are meant; one axis is a list of one.
  func axes(_ key: String) -> [Int] {
    guard let member = config[key] else { return [-1] }
    return (member.list ?? [member]).compactMap(\.integer)
  }

  /// How a quantized layer is quantized, such as `int8`.
  var quantization: String? {
    let policy = config["dtype"]
    if let mode = policy?["config"]?["mode"]?.text { return mode }
    let name = policy?.text ?? policy?["config"]?["name"]?.text ?? ""
    guard let end = name.firstRange(of: "_from_")?.lowerBound else { return nil }
    return String(name[..<end])
  }

  /// The shape of an example that a layer declares, with `nil` for sides that may be any; without
  /// the batch.
  var declaredInputShape: [Int?]? {
    guard let sides = (config["batch_shape"] ?? config["batch_input_shape"])?.list, sides.count > 1
    else { return nil }
    return sides.dropFirst().map(\.integer)
  }
}
