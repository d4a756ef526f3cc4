internal import Foundation

/// An SVG drawing of curves over two axes.
struct Plot {
  /// How an axis maps numbers to places.
  enum Scale {
    case linear
    case logarithmic

    func place(_ value: Double) -> Double { self == .linear ? value : log10(value) }
  }

  let title: String
  let horizontalTitle: String
  let verticalTitle: String
  let horizontal: ClosedRange<Double>
  let vertical: ClosedRange<Double>
  let verticalScale: Scale
  private var marks = ""
  private var legend: [(style: String, text: String)] = []

  private static let (width, height) = (520.0, 300.0)
  private static let (left, right, top, bottom) = (64.0, 12.0, 34.0, 44.0)

  /// Starts a drawing; both ranges are finite, and a logarithmic one is positive.
  init(
    title: String, horizontal: (String, ClosedRange<Double>),
    vertical: (String, ClosedRange<Double>), verticalScale: Scale = .linear
  ) {
    self.title = title
    (horizontalTitle, self.horizontal) = horizontal
    (verticalTitle, self.vertical) = vertical
    self.verticalScale = verticalScale
  }

  /// Adds a line through points, cut off at the frame by the caller.
  mutating func addLine(_ points: [(Double, Double)], style: String, legend text: String) {
    let path = points.map { "\(x($0.0)),\(y($0.1))" }.joined(separator: " ")
    marks += "<polyline class=\"\(style)\" points=\"\(path)\"/>\n"
    legend.append((style, text))
  }

  /// Adds dots at points.
  mutating func addDots(_ points: [(Double, Double)], style: String, legend text: String) {
    for point in points {
      marks += "<circle class=\"\(style)\" cx=\"\(x(point.0))\" cy=\"\(y(point.1))\" r=\"2\"/>\n"
    }
    legend.append((style, text))
  }

  /// Adds bars that stand on the lower edge of the frame.
  mutating func addBars(
    _ bars: [(range: ClosedRange<Double>, height: Double)], style: String, legend text: String
  ) {
    let base = Self.height - Self.bottom
    for bar in bars where bar.height > vertical.lowerBound {
      let (from, to) = (xPlace(bar.range.lowerBound), xPlace(bar.range.upperBound))
      let upper = yPlace(bar.height)
      marks +=
        "<rect class=\"\(style)\" x=\"\(Self.pixels(from))\" y=\"\(Self.pixels(upper))\" "
        + "width=\"\(Self.pixels(to - from))\" height=\"\(Self.pixels(base - upper))\"/>\n"
    }
    legend.append((style, text))
  }

  /// The `<svg>` element, its text escaped.
  var svg: String {
    let frame =
      "<rect class=\"frame\" x=\"\(Self.left)\" y=\"\(Self.top)\" "
      + "width=\"\(Self.width - Self.left - Self.right)\" "
      + "height=\"\(Self.height - Self.top - Self.bottom)\"/>\n"
    let label = title.htmlEscaped
    return "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" "
      + "aria-label=\"\(label)\" xmlns=\"http://www.w3.org/2000/svg\">\n"
      + text(label, Self.left, 20, "title") + ticks + marks + frame + titles + legendText
      + "</svg>\n"
  }

  private var titles: String {
    let (middle, center) = ((Self.left + Self.width - Self.right) / 2, Self.height / 2)
    return text(horizontalTitle.htmlEscaped, middle, Self.height - 8, "middle")
      + "<text class=\"middle\" transform=\"translate(14 \(Self.pixels(center))) rotate(-90)\">"
      + "\(verticalTitle.htmlEscaped)</text>\n"
  }

  private var legendText: String {
    let left = Self.width - Self.right - 190
    return legend.enumerated().map { index, entry in
      let y = Self.top + 16 + 16 * Double(index)
      return "<line class=\"\(entry.style) key\" x1=\"\(left)\" x2=\"\(left + 18)\" "
        + "y1=\"\(y - 4)\" y2=\"\(y - 4)\"/>\n"
        + text(entry.text.htmlEscaped, left + 24, y, "small")
    }.joined()
  }

  private var ticks: String {
    let verticalTicks = verticalScale == .linear ? Ticks.linear(vertical) : Ticks.decades(vertical)
    let rows = verticalTicks.map { value in
      let place = y(value)
      return "<line class=\"grid\" x1=\"\(Self.left)\" x2=\"\(Self.width - Self.right)\" "
        + "y1=\"\(place)\" y2=\"\(place)\"/>\n"
        + text(NumberText.significant(value), Self.left - 6, yPlace(value) + 4, "end")
    }
    let columns = Ticks.linear(horizontal).map { value in
      text(NumberText.significant(value), xPlace(value), Self.height - Self.bottom + 16, "middle")
    }
    return rows.joined() + columns.joined()
  }

  private func text(_ escaped: String, _ x: Double, _ y: Double, _ style: String) -> String {
    "<text class=\"\(style)\" x=\"\(Self.pixels(x))\" y=\"\(Self.pixels(y))\">\(escaped)</text>\n"
  }

  private func xPlace(_ value: Double) -> Double {
    let share = (value - horizontal.lowerBound) / (horizontal.upperBound - horizontal.lowerBound)
    return Self.left + share * (Self.width - Self.left - Self.right)
  }

  private func yPlace(_ value: Double) -> Double {
    let (low, high) = (
      verticalScale.place(vertical.lowerBound), verticalScale.place(vertical.upperBound)
    )
    let share = (verticalScale.place(value) - low) / (high - low)
    return Self.height - Self.bottom - share * (Self.height - Self.top - Self.bottom)
  }

  private func x(_ value: Double) -> String { Self.pixels(xPlace(value)) }
  private func y(_ value: Double) -> String { Self.pixels(yPlace(value)) }

  /// A tenth of a pixel cannot be seen.
  private static func pixels(_ value: Double) -> String { NumberText.fixed(value, 1) }
}
