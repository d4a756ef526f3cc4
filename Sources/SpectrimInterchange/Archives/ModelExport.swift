internal import SpectrimCore
internal import SpectrimFormat

/// A model as named tensors and lines of text that say what they are.
///
/// The lines are those of our own format, one for each fact and tensor by the path it would have
/// there; a tensor is named with its type and the sides of its matrix:
///
///     /input/shape=[12]
///     /layers/fc1/activation=relu
///     /layers/fc1/weight/U=@f32 [8 3] fc1.U
struct ModelExport {
  let tensors: [(name: String, tensor: Tensor)]
  let lines: [String]
  let notes: [String]

  /// - Parameter spelling: How the archive has to spell the name of a tensor.
  init(_ model: Model, spelling: @escaping (String) -> String = { $0 }) {
    var writer = DescriptionWriter(model.headerNode, spelling)
    for (index, step) in model.steps.enumerated() {
      let node = step.formatNode(index: index)
      node.visit { writer.add($0, of: step) }
    }
    tensors = writer.tensors
    lines = writer.lines
    notes = model.record == nil ? [] : ["the record of the conversion is not kept"]
  }
}

/// Turns groups of our format into lines and named tensors.
private struct DescriptionWriter {
  private(set) var tensors: [(name: String, tensor: Tensor)] = []
  private(set) var lines: [String] = []
  private var names: Set<String> = []
  private let spelling: (String) -> String

  init(_ header: FormatNode, _ spelling: @escaping (String) -> String) {
    self.spelling = spelling
    for (name, fact) in header.facts.sortedByName() {
      switch fact {
      // People's texts may have any character.
      case .text(let text): lines.append("/\(name)=\(LinkName.encoded(text))")
      case .texts(let texts): lines += texts.map { "/\(name)=\(LinkName.encoded($0))" }
      default: lines.append("/\(name)=\(fact.text)")
      }
    }
    for (_, group) in header.groups.sortedByName() { addFacts(of: group) }
  }

  mutating func add(_ group: FormatNode, of step: Step) {
    addFacts(of: group)
    for (name, tensor) in group.tensors.sortedByName() {
      let location = group.location(of: name)
      let shown = unique(spelling(ArchivePart.name(of: location, in: step.name)))
      let matrix = tensor.shape.map(String.init).joined(separator: " ")
      lines.append("\(location)=@\(tensor.type.rawValue) [\(matrix)] \(LinkName.encoded(shown))")
      tensors.append((shown, ArchivePart.isKernel(location) ? tensor.asKernel(of: step) : tensor))
    }
  }

  private mutating func addFacts(of group: FormatNode) {
    for (name, fact) in group.facts.sortedByName() {
      lines.append("\(group.location(of: name))=\(fact.text)")
    }
  }

  /// Names of layers may contain anything, also what we append to another one.
  private mutating func unique(_ name: String) -> String {
    var (candidate, number) = (name, 1)
    while !names.insert(candidate).inserted {
      number += 1
      candidate = "\(name)_\(number)"
    }
    return candidate
  }
}

/// What the parts of a weight are called in archives.
enum ArchivePart {
  /// `/layers/fc1/weight/U/codes` of layer `fc1` is `fc1.U.codes`, its only matrix `fc1.weight`.
  static func name(of location: String, in layer: String) -> String {
    let path = path(of: location)
    // The codes of a matrix alone are those of the weight itself.
    let isAlone = path.count == 2 && path[0] == FormatName.weight && !isFactor(path[1])
    return name(
      path, below: isAlone && path[1] != FormatName.denseMatrix ? "\(layer).weight" : layer)
  }

  /// The same below the name of a tensor, which is that of the weight already.
  static func name(of location: String, below tensor: String) -> String {
    name(path(of: location), below: tensor)
  }

  private static func path(of location: String) -> [String] {
    location.split(separator: "/").dropFirst(2).map(String.init)
  }

  private static func name(_ path: [String], below prefix: String) -> String {
    var parts = path.first == FormatName.weight ? Array(path.dropFirst()) : path
    if parts.last == FormatName.denseMatrix { parts[parts.count - 1] = FormatName.weight }
    if let place = parts.firstIndex(of: FormatName.adapters), parts.count > place + 1 {
      parts[place] = "lora"
      parts[place + 1] = LinkName.decoded(parts[place + 1]) ?? parts[place + 1]
    }
    return ([prefix] + parts).joined(separator: ".")
  }

  private static func isFactor(_ name: String) -> Bool {
    [FormatName.leftFactor, FormatName.rightFactor].contains(name)
      || FormatName.isChainFactor(name)
  }

  /// Whether it is the matrix of a dense layer.
  static func isKernel(_ location: String) -> Bool {
    location.hasSuffix("/\(FormatName.weight)/\(FormatName.denseMatrix)")
  }
}

extension Tensor {
  /// The matrix of a convolution with the four sides that other programs know.
  fileprivate func asKernel(of step: Step) -> Tensor {
    guard case .conv2d(let convolution) = step.layer?.operation, shape.count == 2 else {
      return self
    }
    let kernel = convolution.window.kernel
    let sides = [
      shape[0], shape[1] / max(kernel.height * kernel.width, 1), kernel.height, kernel.width,
    ]
    return Tensor(type: type, shape: sides, bytes: bytes)
  }
}
