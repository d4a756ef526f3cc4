/// Rows of text under titles, laid out for a terminal, for Markdown or for HTML.
package struct Table {
  /// Where the text of a column stands.
  package enum Alignment {
    case left
    case right
  }

  /// A column.
  package struct Column {
    package let title: String
    package let alignment: Alignment

    package static func text(_ title: String) -> Column {
      Column(title: title, alignment: .left)
    }
    package static func number(_ title: String) -> Column {
      Column(title: title, alignment: .right)
    }
  }

  package let columns: [Column]
  /// The cells, not escaped.
  package var rows: [[String]]

  package init(_ columns: [Column], rows: [[String]] = []) {
    precondition(rows.allSatisfy { $0.count == columns.count }, "a row of another length")
    self.columns = columns
    self.rows = rows
  }

  /// Aligned columns two blanks apart, without blanks at line ends.
  package var text: String {
    Self.text([columns.map(\.title)] + rows.map { $0.map(\.terminalSafe) }, columns)
  }

  /// Rows of left-aligned columns without titles.
  package static func lines(_ rows: [[String]]) -> String {
    guard let first = rows.first else { return "" }
    return text(rows.map { $0.map(\.terminalSafe) }, first.map { .text($0) })
  }

  private static func text(_ cells: [[String]], _ columns: [Column]) -> String {
    let widths = columns.indices.map { column in
      cells.reduce(0) { max($0, $1[column].terminalWidth) }
    }
    return cells.map { row in
      var line = ""
      for (index, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[index] - cell.terminalWidth)
        line += columns[index].alignment == .left ? cell + padding : padding + cell
        line += "  "
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  /// A table of GitHub Markdown.
  package var markdown: String {
    let rule = columns.map { $0.alignment == .left ? ":--" : "--:" }
    let cells = rows.map { $0.map(\.markdownEscaped) }
    let lines = [columns.map(\.title.markdownEscaped), rule] + cells
    return lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
  }

  /// A `<table>` element.
  package var html: String {
    func row(_ cells: [String], _ tag: String) -> String {
      let elements = zip(cells, columns).map { cell, column in
        let style = column.alignment == .right ? " class=\"number\"" : ""
        return "<\(tag)\(style)>\(cell.htmlEscaped)</\(tag)>"
      }
      return "<tr>\(elements.joined())</tr>\n"
    }
    return "<table>\n<thead>\n" + row(columns.map(\.title), "th") + "</thead>\n<tbody>\n"
      + rows.map { row($0, "td") }.joined() + "</tbody>\n</table>\n"
  }
}
