/// Elements that stand in a buffer with a step per side, as PyTorch's views and arrays in Fortran
/// order do.
struct StridedBytes {
  /// The sides.
  let shape: [Int]
  /// Elements from one index to the next, side by side.
  let strides: [Int]
  /// The first element.
  let offset: Int
  /// Bytes of one element.
  let elementByteCount: Int

  /// The strides of an array whose last side, or in Fortran order whose first one, runs fastest.
  static func strides(of shape: [Int], isFortranOrder: Bool = false) -> [Int] {
    var (strides, step) = ([Int](repeating: 1, count: shape.count), 1)
    for axis in isFortranOrder ? Array(shape.indices) : shape.indices.reversed() {
      strides[axis] = step
      step *= max(shape[axis], 1)
    }
    return strides
  }

  /// How many elements the buffer must have, or `nil` where that cannot be counted.
  var reach: Int? {
    guard !shape.contains(0) else { return 0 }
    var last = offset
    for (side, stride) in zip(shape, strides) {
      let (step, overflow) = (side - 1).multipliedReportingOverflow(by: stride)
      let (sum, carry) = last.addingReportingOverflow(step)
      guard side > 0, stride >= 0, !overflow, !carry else { return nil }
      last = sum
    }
    let (count, overflow) = last.addingReportingOverflow(1)
    return overflow || offset < 0 ? nil : count
  }

  /// The elements one behind the other, the last side running fastest; swapped where the buffer is
  /// big-endian. The buffer has at least `reach` elements.
  func gathered(from bytes: [UInt8], isBigEndian: Bool) -> [UInt8] {
    precondition((reach ?? .max) <= bytes.count / elementByteCount, "the buffer is too short")
    switch elementByteCount {
    case 1: return gathered(from: bytes) { (bits: UInt8) in bits }
    case 2: return gathered(from: bytes) { (bits: UInt16) in isBigEndian ? bits.byteSwapped : bits }
    case 4: return gathered(from: bytes) { (bits: UInt32) in isBigEndian ? bits.byteSwapped : bits }
    default:
      return gathered(from: bytes) { (bits: UInt64) in isBigEndian ? bits.byteSwapped : bits }
    }
  }

  /// The unsafe accesses stay within their buffers: no element lies beyond `reach`, which the caller
  /// has compared, and as many are written as the shape has.
  private func gathered<Bits: FixedWidthInteger & BitwiseCopyable>(
    from bytes: [UInt8], _ value: (Bits) -> Bits
  ) -> [UInt8] {
    let (count, size) = (shape.reduce(1, *), MemoryLayout<Bits>.size)
    return [UInt8](unsafeUninitializedCapacity: count * size) { buffer, initializedCount in
      let target = UnsafeMutableRawBufferPointer(buffer)
      bytes.withUnsafeBytes { raw in
        var (position, source) = ([Int](repeating: 0, count: shape.count), offset)
        for index in 0..<count {
          let bits = raw.loadUnaligned(fromByteOffset: source * size, as: Bits.self)
          target.storeBytes(of: value(bits), toByteOffset: index * size, as: Bits.self)
          advance(&position, &source)
        }
      }
      initializedCount = count * size
    }
  }

  /// To the next element, the last side first. The stride of a side of 1 may be any number: it is
  /// added and taken away again, if need be around the end of the integers.
  private func advance(_ position: inout [Int], _ source: inout Int) {
    for axis in shape.indices.reversed() {
      position[axis] += 1
      source &+= strides[axis]
      guard position[axis] == shape[axis] else { return }
      source &-= strides[axis] &* shape[axis]
      position[axis] = 0
    }
  }
}
