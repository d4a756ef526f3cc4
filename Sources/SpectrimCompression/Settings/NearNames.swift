/// The names that somebody may have meant.
enum NearNames {
  /// At most three names, the nearest by edit distance first.
  static func of(_ text: String, among names: [String]) -> [String] {
    let distances = names.map { editDistance(text, $0) }
    let ranked = names.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }
    return ranked.prefix(3).map { names[$0] }
  }

  /// How many letters must be put in, taken out or changed.
  /// - Source: Levenshtein 1966, by one row of the table.
  static func editDistance(_ first: String, _ second: String) -> Int {
    let second = Array(second)
    var row = Array(0...second.count)
    for (index, letter) in first.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in second.indices {
        let replaced = diagonal + (letter == second[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
      }
    }
    return row[second.count]
  }
}
