/// What the end of a tensor's name says of it: `fc1.weight` is the weight of `fc1`, `W1` that of 1.
package struct TensorRole: Equatable {
  /// The parts of a layer.
  package enum Part: Equatable, Sendable {
    case kernel(KernelAxes)
    case bias
    case mean
    case variance
    /// Counters that inference does not need.
    case unused
  }

  /// The name of the layer, equal for all of its tensors; empty where the name is the part alone.
  package let layer: String
  /// `nil` where the name does not tell.
  package let part: Part?

  package init(_ name: String) {
    let plain = name.hasSuffix(":0") ? String(name.dropLast(2)) : name
    let digits = plain.reversed().prefix { $0.isASCII && $0.isNumber }.count
    let number = plain.suffix(digits)
    let rest = plain.dropLast(digits)
    // `W1` and `W_1` are numbered parts; `conv1` is a name, and `arr_0` neither.
    let numbered = digits > 0 ? Self.split(rest.last == "_" ? rest.dropLast() : rest) : nil
    if digits == 0, let (stem, part) = Self.split(plain[...]) {
      (layer, self.part) = (stem, part)
    } else if let (stem, part) = numbered {
      let axes: Part = if case .kernel = part { .kernel(.unknown) } else { part }
      (layer, self.part) = (stem.isEmpty ? String(number) : "\(stem).\(number)", axes)
    } else {
      (layer, part) = (name, nil)
    }
  }

  /// The last word of a name and what stands before it.
  private static func split(_ name: Substring) -> (stem: String, part: Part)? {
    for (word, part) in words where name.hasSuffix(word) {
      let stem = name.dropLast(word.count)
      if stem.isEmpty { return ("", unknown(part)) }
      guard let separator = stem.last, "./_".contains(separator), stem.count > 1 else { continue }
      // `.weight` is PyTorch's; elsewhere the word alone says nothing of the sides.
      let isPyTorch = separator == "." || word != "weight"
      return (String(stem.dropLast()), isPyTorch ? part : unknown(part))
    }
    return nil
  }

  private static func unknown(_ part: Part) -> Part {
    if case .kernel = part { .kernel(.unknown) } else { part }
  }

  /// Longer words before those they end with.
  private static let words: [(String, Part)] = [
    ("num_batches_tracked", .unused), ("running_mean", .mean), ("running_var", .variance),
    ("moving_mean", .mean), ("moving_variance", .variance), ("weights", .kernel(.unknown)),
    ("weight", .kernel(.outputsFirst)), ("kernel", .kernel(.inputsFirst)),
    ("gamma", .kernel(.unknown)), ("biases", .bias), ("bias", .bias), ("beta", .bias),
    ("W", .kernel(.unknown)), ("w", .kernel(.unknown)), ("b", .bias),
  ]
}

extension String {
  /// Whether this name comes before another, numbers compared by their value: `fc2` before `fc10`.
  package func precedesNaturally(_ other: String) -> Bool {
    var (left, right) = (utf8[...], other.utf8[...])
    while let first = left.first, let second = right.first {
      if Self.isDigit(first), Self.isDigit(second) {
        let digits = (Self.number(&left), Self.number(&right))
        if digits.0.count != digits.1.count { return digits.0.count < digits.1.count }
        if !digits.0.elementsEqual(digits.1) { return digits.0.lexicographicallyPrecedes(digits.1) }
      } else {
        guard first == second else { return first < second }
        left.removeFirst()
        right.removeFirst()
      }
    }
    return left.isEmpty && !right.isEmpty
  }

  private static func isDigit(_ byte: UInt8) -> Bool { 48...57 ~= byte }

  /// The digits in front, without leading zeros.
  private static func number(_ text: inout Substring.UTF8View) -> Substring.UTF8View {
    let digits = text.prefix(while: isDigit)
    text = text.dropFirst(digits.count)
    return digits.drop { $0 == 48 }
  }
}
