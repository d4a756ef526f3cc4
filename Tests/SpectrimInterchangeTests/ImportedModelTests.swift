import SpectrimCore
import SpectrimInterchange
import SpectrimTestSupport
import Testing

@Suite struct CheckpointEntryTests {
  @Test(arguments: [
    (ScalarType.float32, [4, 3, 2, 2], 1, Shape(4, 12)),
    (.bfloat16, [5, 5, 3, 8], 3, Shape(75, 8)),
    (.float64, [7, 9], 1, Shape(7, 9)),
  ])
  func floatsWithTwoSidesAreMatrices(
    type: ScalarType, shape: [Int], rowAxisCount: Int, matrix: Shape
  ) {
    let entry = CheckpointEntry(name: "w", type: type, shape: shape, rowAxisCount: rowAxisCount)
    #expect(entry.matrixShape == matrix)
  }

  @Test(arguments: [
    (ScalarType.int64, [4, 4]), (.float32, [4]), (.float32, []), (.float16, [1, 9]),
    (.float32, [9, 1, 1]),
  ])
  func everythingElseIsPlain(type: ScalarType, shape: [Int]) {
    #expect(CheckpointEntry(name: "w", type: type, shape: shape).matrixShape == nil)
  }
}
