/// Names come from files that anybody may have written: each output has its own way to make them
/// harmless.
extension String {
  /// Control, formatting and line characters as `\u{…}`, so that a name cannot steer a terminal or
  /// reverse a line.
  package var terminalSafe: String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
        .unassigned:
        result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Text for a cell of a GitHub table: no markup, no cell or line end.
  var markdownEscaped: String {
    terminalSafe.reduce(into: "") { result, character in
      if "\\`*_|<>[]~#&$".contains(character) { result.append("\\") }
      result.append(character)
    }
  }

  /// Text for an element or a quoted attribute of HTML and SVG.
  var htmlEscaped: String {
    terminalSafe.reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.append(character)
      }
    }
  }

  /// How many columns of a terminal the text fills: two for East Asian wide characters and emoji.
  /// - Source: Unicode Standard Annex 11, its blocks of wide characters.
  package var terminalWidth: Int {
    reduce(0) { width, character in
      guard let scalar = character.unicodeScalars.first else { return width }
      return width + (scalar.isWide ? 2 : 1)
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isWide: Bool {
    switch value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
      true
    default: properties.isEmojiPresentation
    }
  }
}
