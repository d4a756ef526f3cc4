import SpectrimCore
import Testing

@Test func sidesOfAShapeAreOrderedBySize() {
  let shape = Shape(10, 300)
  #expect(shape.smallerSide == 10)
  #expect(shape.largerSide == 300)
  #expect(shape.transposed == Shape(300, 10))
}
