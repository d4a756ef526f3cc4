import SpectrimCore
import Testing

@Suite struct ShapeTests {
  @Test func sidesOfAShapeAreOrderedBySize() {
    let shape = Shape(10, 300)
    #expect(shape.smallerSide == 10)
    #expect(shape.largerSide == 300)
    #expect(shape.transposed == Shape(300, 10))
    #expect(shape.elementCount == 3000)
    #expect(shape.description == "10×300")
  }

  @Test func anEmptyShapeHasNoElements() {
    #expect(Shape(0, 7).elementCount == 0)
    #expect(Shape(0, 7).smallerSide == 0)
    #expect(Shape(0, 7).largerSide == 7)
  }
}
