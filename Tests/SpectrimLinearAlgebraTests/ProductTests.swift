import SpectrimCore
import SpectrimLinearAlgebra
import Testing

struct ProductTests {
  let a = Matrix<Float>(rows: [[1, 2, 3], [4, 5, 6]])
  let b = Matrix<Float>(rows: [[1, -1], [0, 2], [3, 0]])
  let expected = Matrix<Float>(rows: [[10, 3], [22, 6]])

  @Test func theThreeProductsTransposeWhatTheirNamesSay() {
    #expect(a.times(b) == expected)
    #expect(a.timesTransposed(b.transposed) == expected)
    #expect(a.transposed.transposedTimes(b) == expected)
  }

  @Test func doublePrecisionGivesTheSameProducts() {
    let (a, b) = (Matrix<Double>(a), Matrix<Double>(b))
    let expected = Matrix<Double>(expected)
    #expect(a.times(b) == expected)
    #expect(a.timesTransposed(b.transposed) == expected)
    #expect(a.transposed.transposedTimes(b) == expected)
  }

  @Test func productsAgreeWithTheReferenceOfTheCore() {
    let (x, y) = (normal(Shape(33, 17), seed: 1), normal(Shape(9, 17), seed: 2))
    let (fast, reference) = (x.timesTransposed(y), x.multipliedByTransposed(y))
    // 17 rounded products of a magnitude of at most about 10.
    for (left, right) in zip(fast.elements, reference.elements) {
      #expect(abs(left - right) < 1e-5)
    }
  }

  @Test func anEmptyInnerSideGivesZerosAndAnEmptyOuterSideNothing() {
    let tall = Matrix<Float>(Shape(3, 0), [])
    #expect(tall.timesTransposed(tall) == Matrix(repeating: 0, Shape(3, 3)))
    #expect(tall.transposedTimes(tall) == Matrix(Shape(0, 0), []))
    #expect(Matrix<Double>(Shape(0, 4), []).times(Matrix(repeating: 1, Shape(4, 2))).elements == [])
  }

  @Test func conversionToDoubleAndBackIsExact() {
    let matrix = normal(Shape(5, 4), seed: 3)
    #expect(Matrix<Float>(Matrix<Double>(matrix)) == matrix)
  }
}
