#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

extension Double {
  /// The nearest number with at most that many decimal digits; 0, NaN and infinities stay.
  public func rounded(significantDigits count: Int) -> Double {
    guard isFinite, self != 0 else { return self }
    let exponent = count - 1 - Int(log10(abs(self)).rounded(.down))
    // A negative power of ten is not a Double; dividing by the positive one rounds only once.
    guard abs(exponent) <= 300 else { return self }
    let power = pow(10, Double(abs(exponent)))
    return exponent >= 0 ? (self * power).rounded() / power : (self / power).rounded() * power
  }
}
