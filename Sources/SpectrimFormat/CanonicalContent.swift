internal import SpectrimCore

/// The logical content of a model as one sequence of bytes, the same for every form, codec and
/// level, over which the digest is taken.
///
/// Facts are one line each, tensors a line followed by their bytes, in the order: facts of a group
/// by name, its tensors by name, its groups by name. `Schemas/format.md` gives the grammar.
public enum CanonicalContent {
  /// Feeds the lines and bytes of a group and all below it to `sink`.
  public static func write(_ node: FormatNode, to sink: ([UInt8]) -> Void) {
    node.visit { group in
      for (name, fact) in group.facts.sortedByName() {
        sink(Array("\(group.location(of: name)) \(line(fact))\n".utf8))
      }
      for (name, tensor) in group.tensors.sortedByName() {
        let sides = tensor.shape.map(String.init).joined(separator: "x")
        sink(Array("\(group.location(of: name)) \(tensor.type.rawValue) \(sides)\n".utf8))
        sink(tensor.bytes)
      }
    }
  }

  /// Real numbers are written by their bits, so that no two programs can print them differently.
  private static func line(_ fact: FormatNode.Fact) -> String {
    switch fact {
    case .text(let text): "text \(text)"
    case .texts(let texts): "texts \(texts.joined(separator: "\t"))"
    case .integer(let value): "int \(value)"
    case .integers(let values): "ints \(values.map(String.init).joined(separator: " "))"
    case .real(let value): "real \(String(value.bitPattern, radix: 16))"
    }
  }
}
