import SpectrimCore
import SpectrimTestSupport
import Testing

@Suite struct ElementTypeTests {
  /// Ties, overflow, subnormals, signed zeros, infinities and random bit patterns, NaNs among them.
  static let bits: [UInt32] = {
    let special: [Float] = [
      0, -0.0, 1, 1 + 0x1p-11, 1 + 0x3p-11, 1 + 0x1p-8, 1 + 0x3p-8, 1 + 0x1.0001p-8, 65504, 65519,
      65520, -65520, 0x1p-14, 0x1p-24, 0x1p-25, 0x1.8p-24, 0x1.00001p-25, -0x1.4p-23, 0x1p-149,
      0x1.fep127, 0x1.fefffep127, 0x1.ffp127, .greatestFiniteMagnitude, .infinity, -.infinity, .nan,
    ]
    var generator = SeededGenerator(seed: 2)
    let random = (0..<2000).map { _ in UInt32(truncatingIfNeeded: generator.next()) }
    // Exponents of the half range, which random patterns seldom meet.
    let nearHalf = (0..<2000).map { _ in
      Float(sign: .minus, exponent: Int.random(in: -28...17, using: &generator), significand: 1)
        * Float(1 + generator.uniform())
    }
    return (special + nearHalf).map(\.bitPattern) + random
      // A NaN whose only payload is in the bits that bfloat16 drops.
      + [0x7F80_0001]
  }()

  /// numpy rounds to half; the nearest bfloat16 is found among its neighbours in exact arithmetic.
  static let program = """
    import sys, fractions, numpy
    numpy.seterr(all="ignore")
    bits = numpy.array(sys.argv[2].split(","), "u4")
    def value(upper):
        if upper & 0x7fff == 0x7f80: return fractions.Fraction(2) ** 128 * (-1) ** (upper >> 15)
        return fractions.Fraction(float(numpy.array([upper << 16], "u4").view("f4")[0]))
    def brain(b):
        x = float(numpy.array([b], "u4").view("f4")[0])
        if x != x: return 0x7fc0 << 16
        low = b >> 16
        if b & 0x7fffffff == 0x7f800000: return b
        exact, ends = fractions.Fraction(x), (low, low + 1)
        near = min(ends, key=lambda end: (abs(value(end) - exact), end & 1))
        return near << 16
    if sys.argv[1] == "bfloat16": rounded = [brain(int(b)) for b in bits]
    elif sys.argv[1] == "float16": rounded = bits.view("f4").astype("f2").astype("f4").view("u4")
    else: rounded = bits
    print(*rounded)
    """

  @Test(.needsPython, arguments: ElementType.allCases)
  func roundingGoesToTheNearestStoredValueAndTiesToEven(elementType: ElementType) throws {
    let list = Self.bits.map(String.init).joined(separator: ",")
    let output = try Python.run(Self.program, [elementType.rawValue, list])
    let expected = output.split { $0 == " " || $0 == "\n" }.compactMap { UInt32($0) }
    #expect(expected.count == Self.bits.count)
    for (bits, wanted) in zip(Self.bits, expected) {
      let found = elementType.rounded(Float(bitPattern: bits))
      let wanted = Float(bitPattern: wanted)
      #expect(
        found.bitPattern == wanted.bitPattern || (found.isNaN && wanted.isNaN),
        "\(Float(bitPattern: bits)) became \(found), not \(wanted)")
    }
  }

  @Test(arguments: ElementType.allCases)
  func aRoundedValueStaysAsItIs(elementType: ElementType) {
    for bits in Self.bits {
      let once = elementType.rounded(Float(bitPattern: bits))
      let twice = elementType.rounded(once)
      #expect(once.isNaN ? twice.isNaN : once == twice)
    }
  }

  @Test func halvesTakeTwoBytes() {
    #expect(ElementType.allCases.map(\.byteCount) == [4, 2, 2])
  }
}
