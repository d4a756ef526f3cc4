import SpectrimCore
import SpectrimTestSupport
import Testing

@Suite struct SeededGeneratorTests {
  /// Both algorithms from their definitions; the script first checks itself on known outputs of
  /// SplitMix64 (seed 1234567) and of xoshiro256** (state 1, 2, 3, 4).
  static let program = """
    import sys
    mask = 2 ** 64 - 1
    def rotate(x, k): return (x << k | x >> 64 - k) & mask
    def split_mix(seed):
        while True:
            seed = seed + 0x9e3779b97f4a7c15 & mask
            z = (seed ^ seed >> 30) * 0xbf58476d1ce4e5b9 & mask
            z = (z ^ z >> 27) * 0x94d049bb133111eb & mask
            yield z ^ z >> 31
    def xoshiro(s):
        while True:
            yield rotate(s[1] * 5 & mask, 7) * 9 & mask
            t = s[1] << 17 & mask
            s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]
            s[2] ^= t; s[3] = rotate(s[3], 45)
    def take(source, count): return [next(source) for _ in range(count)]
    assert take(split_mix(1234567), 2) == [6457827717110365317, 3203168211198807973]
    assert take(xoshiro([1, 2, 3, 4]), 4) == [11520, 0, 1509978240, 1215971899390074240]
    print(*take(xoshiro(take(split_mix(int(sys.argv[1])), 4)), 100))
    """

  @Test(.needsPython, arguments: [0, 1, 42, UInt64.max])
  func numbersAreThoseOfThePublishedAlgorithm(seed: UInt64) throws {
    let output = try Python.run(Self.program, [String(seed)])
    var generator = SeededGenerator(seed: seed)
    let found = (0..<100).map { _ in generator.next() }
    #expect(output.split { $0 == " " || $0 == "\n" }.compactMap { UInt64($0) } == found)
  }

  /// 40 000 draws: a mean is within 5 of its deviations, 5 · 0.29 / 200 = 0.0072.
  @Test func uniformNumbersFillTheUnitInterval() {
    var generator = SeededGenerator(seed: 3)
    let draws = (0..<40_000).map { _ in generator.uniform() }
    #expect(draws.allSatisfy { (0..<1).contains($0) })
    #expect(abs(draws.reduce(0, +) / 40_000 - 0.5) < 0.0072)
  }

  /// The mean is within 5 / 200 of 0, the second moment within 5 · √2 / 200 of 1.
  @Test func normalNumbersHaveMeanZeroAndDeviationOne() {
    var generator = SeededGenerator(seed: 4)
    let draws = (0..<40_000).map { _ in generator.normal() }
    #expect(abs(draws.reduce(0, +) / 40_000) < 0.025)
    #expect(abs(draws.reduce(0) { $0 + $1 * $1 } / 40_000 - 1) < 0.036)
  }
}
