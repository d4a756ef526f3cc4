import SpectrimCore
import SpectrimInference
import Testing

@Suite struct RankingTests {
  @Test func theFirstOfEqualScoresWins() {
    let scores = Matrix<Float>(rows: [[1, 3, 3], [2, 2, 2], [-5, -7, -5], [0, 0, 1]])
    #expect(scores.largestColumns() == [1, 0, 0, 2])
    #expect(scores.largestColumns(2, ofRow: 0) == [1, 2])
    #expect(scores.largestColumns(3, ofRow: 1) == [0, 1, 2])
    #expect(scores.largestColumns(9, ofRow: 3) == [2, 0, 1])
  }

  @Test func aNaNIsSmallerThanEveryNumber() {
    let scores = Matrix<Float>(rows: [
      [.nan, -.infinity, .nan], [.nan, .nan, .nan], [4, .nan, .infinity],
    ])
    #expect(scores.largestColumns() == [1, 0, 2])
    #expect(scores.largestColumns(3, ofRow: 0) == [1, 0, 2])
    #expect(scores.largestColumns(3, ofRow: 2) == [2, 0, 1])
  }

  @Test func noRowsHaveNoPredictions() {
    #expect(Matrix<Float>(Shape(0, 10), []).largestColumns().isEmpty)
  }
}
