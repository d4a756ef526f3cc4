import SpectrimTestSupport
import Testing

import SpectrimReports

@Suite struct NumberTextTests {
  @Test(arguments: [
    (0, "0 B"), (999, "999 B"), (1000, "1.00 kB"), (9_994, "9.99 kB"), (9_996, "10.0 kB"),
    (44_102, "44.1 kB"), (99_960, "100 kB"), (999_499, "999 kB"), (999_500, "1.00 MB"),
    (1_234_567_890, "1.23 GB"),
  ])
  func bytesHaveThreeDigitsAndDecimalUnits(count: Int, text: String) {
    #expect(NumberText.bytes(count) == text)
  }

  @Test(arguments: [
    (0.0, "0"), (0.012345, "0.0123"), (1.5, "1.5"), (123.4, "123"), (12_345.6, "12346"),
    (1.23e9, "1.23e+09"), (-2.5e-7, "-2.5e-07"), (Double.infinity, "–"), (Double.nan, "–"),
  ])
  func significantDigitsAreThree(value: Double, text: String) {
    #expect(NumberText.significant(value) == text)
  }

  @Test func countsAreGroupedByThree() {
    #expect(NumberText.count(12) == "12")
    #expect(NumberText.count(1_234_567) == "1 234 567")
    #expect(NumberText.count(-123_456) == "-123 456")
    #expect(NumberText.count(nil) == "–")
  }

  @Test func ratiosAndPointsKeepTheirDigits() {
    #expect(NumberText.ratio(9.876) == "9.88×")
    #expect(NumberText.ratio(12.34) == "12.3×")
    #expect(NumberText.ratio(1234.5) == "1234×")
    #expect(NumberText.points(-0.001) == "0.00 points")
    #expect(NumberText.points(-0.12) == "-0.12 points")
  }
}

@Suite struct TableTests {
  @Test func columnsAlignWithWideNumbersAndWideCharacters() {
    let table = Table(
      [.text("name"), .number("bytes")],
      rows: [["a", "1"], ["層層層", "1 234 567 890 123"], ["e\u{301}", "–"]])
    let lines = table.text.split(separator: "\n").map { String($0).terminalWidth }
    #expect(Set(lines) == [6 + 2 + 17], "all rows end in a number, hence at one column")
  }

  @Test func controlAndDirectionCharactersAreSpelledOut() {
    let table = Table([.text("name")], rows: [["a\u{1B}[2J\n\u{202E}b"]])
    #expect(table.text == "name\na\\u{1b}[2J\\u{a}\\u{202e}b\n")
  }

  @Test func markdownCellsCannotEndACell() {
    let table = Table([.text("name")], rows: [["a|b*<c>\n`d`\\"]])
    #expect(table.markdown == "| name |\n| :-- |\n| a\\|b\\*\\<c\\>\\\\u{a}\\`d\\`\\\\ |\n")
  }

  @Test func markupInCellsIsHarmlessInHTML() {
    let table = Table([.text("name")], rows: [["<script>\"&'"]])
    #expect(table.html.contains("<td>&lt;script&gt;&quot;&amp;&#39;</td>"))
    #expect(!table.html.contains("<script>"))
  }

  @Test func noRowsGiveNoLines() {
    #expect(Table.lines([]) == "")
    #expect(Table([.text("name")]).text == "name\n")
  }
}

@Suite struct SparklineTests {
  @Test func nothingGivesNothing() {
    #expect(Sparkline.text([], count: 0, spikes: nil) == "")
    #expect(Sparkline.text([], count: 0, spikes: 0) == "")
  }

  @Test func oneValueIsAFullBlock() {
    #expect(Sparkline.text([3], count: 1, spikes: nil) == "█")
    #expect(Sparkline.text([3], count: 1, spikes: 1) == "█|")
    #expect(Sparkline.text([3], count: 1, spikes: 0) == "|█")
  }

  @Test func zerosAndMissingValuesAreDots() {
    #expect(Sparkline.text([0, 0, 0], count: 3, spikes: nil) == "···")
    #expect(Sparkline.text([], count: 3, spikes: nil) == "···")
    #expect(Sparkline.text([2, 2, 1e-9], count: 4, spikes: 2) == "██|··")
    #expect(Sparkline.text([2, 2], count: 4, spikes: 3) == "██·|·", "a cut above the edge")
  }

  @Test func theScaleIsLogarithmicFromTheSmallestToTheLargest() {
    let values = (0..<8).map { pow2(-$0) }
    #expect(Sparkline.text(values, count: 8, spikes: 3) == "█▇▆|▅▄▃▂▁")
  }

  @Test(arguments: [33, 64, 500, 1000])
  func longSpectraFitTheWidth(count: Int) {
    let values = (0..<count).map { Double(count - $0) }
    #expect(Sparkline.text(values, count: count, spikes: nil).count == 32)
    #expect(Sparkline.text(values, count: count, spikes: count).last == "|")
    #expect(Sparkline.text(values, count: count, spikes: 5).count { $0 == "|" } == 1)
  }

  private func pow2(_ exponent: Int) -> Double {
    Double(sign: .plus, exponent: exponent, significand: 1)
  }
}

@Suite struct JSONTextTests {
  @Test func arraysOfNumbersStandInOneLine() throws {
    let document = ["a": [1.5, -2e-30], "b": []]
    #expect(try JSONText.encode(document) == "{\n  \"a\" : [1.5, -2e-30],\n  \"b\" : []\n}\n")
  }

  @Test func bracketsInStringsStayAsTheyAre() throws {
    let document = ["a/\"[1,  2]\\": "[ 1,\n2 ]\\\""]
    #expect(
      try JSONText.encode(document) == #"{\#n  "a/\"[1,  2]\\" : "[ 1,\n2 ]\\\""\#n}\#n"#)
  }

  @Test func numbersThatAreNotFiniteAreRefused() {
    #expect(throws: EncodingError.self) { try JSONText.encode([Double.nan]) }
  }
}
