internal import Dispatch
internal import Synchronization

/// Independent pieces of work on several threads, with results that do not depend on how many.
enum SideBySide {
  /// Does the work of every index of a range at once; BLAS has one thread in each.
  /// - Throws: the error of the smallest index that failed.
  static func map<Value: Sendable>(
    _ indices: Range<Int>, _ body: @Sendable (Int) throws -> Value
  ) throws -> [Value] {
    guard indices.count > 1 else { return try indices.map(body) }
    let results = Mutex([Result<Value, any Error>?](repeating: nil, count: indices.count))
    DispatchQueue.concurrentPerform(iterations: indices.count) { place in
      let result = Result { try body(indices.lowerBound + place) }
      results.withLock { $0[place] = result }
    }
    return try results.withLock { try $0.compactMap { try $0?.get() } }
  }

  /// The same for any number of indices, `width` at a time.
  /// - Parameter progress: is told the first index of every group, on the caller's thread.
  static func map<Value: Sendable>(
    count: Int, width: Int, progress: ((Int) -> Void)?, _ body: @Sendable (Int) throws -> Value
  ) throws -> [Value] {
    var values: [Value] = []
    for start in stride(from: 0, to: count, by: width) {
      progress?(start)
      values += try map(start..<min(start + width, count), body)
    }
    return values
  }
}
