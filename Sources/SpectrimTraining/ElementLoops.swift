/// The passes over a batch that are not matrix products, each a single sweep.
///
/// Elements are read unchecked: every function first checks that its buffers hold
/// `count · width` numbers, and its indices stay below that product (rows) or `width` (bias), so
/// that they cannot overflow either; a trap for that would keep the loops from being vectorized.
enum ElementLoops {
  /// `z ← z + b`; an empty bias adds nothing.
  static func add(_ bias: [Float], toRows rows: inout [Float], count: Int, width: Int) {
    guard check(bias, rows, count, width) else { return }
    let bias = bias.span
    var rows = rows.mutableSpan
    for start in stride(from: 0, to: count * width, by: width) {
      for column in 0..<width { rows[unchecked: start &+ column] += bias[unchecked: column] }
    }
  }

  /// `z ← z + b` and `output ← max(0, z)`.
  static func addAndRectify(
    _ bias: [Float], _ rows: inout [Float], into output: inout [Float], count: Int, width: Int
  ) {
    precondition(output.count >= count * width, "the output is too short")
    add(bias, toRows: &rows, count: count, width: width)
    let rows = rows.span
    var output = output.mutableSpan
    for index in 0..<count * width {
      output[unchecked: index] = max(0, rows[unchecked: index])
    }
  }

  /// `z ← z + b` and `output ← z`.
  static func addAndCopy(
    _ bias: [Float], _ rows: inout [Float], into output: inout [Float], count: Int, width: Int
  ) {
    precondition(output.count >= count * width, "the output is too short")
    add(bias, toRows: &rows, count: count, width: width)
    let rows = rows.span
    var output = output.mutableSpan
    for index in 0..<count * width { output[unchecked: index] = rows[unchecked: index] }
  }

  /// `sum ← carry · sum + Σ rows`.
  static func sumRows(
    of rows: [Float], into sum: inout [Float], count: Int, width: Int, carry: Float
  ) {
    guard check(sum, rows, count, width) else { return }
    let rows = rows.span
    var sum = sum.mutableSpan
    for column in 0..<width { sum[unchecked: column] *= carry }
    for start in stride(from: 0, to: count * width, by: width) {
      for column in 0..<width { sum[unchecked: column] += rows[unchecked: start &+ column] }
    }
  }

  /// `values ← values · factors`.
  static func multiply(_ values: inout [Float], by factors: [Float], count: Int) {
    precondition(values.count >= count && factors.count >= count, "a buffer is too short")
    let factors = factors.span
    var values = values.mutableSpan
    for index in 0..<count { values[unchecked: index] *= factors[unchecked: index] }
  }

  /// `values ← values + scale · direction`, then `direction ← share · direction`.
  static func step(
    _ values: inout [Float], by scale: Float, along direction: inout [Float], leaving share: Float
  ) {
    precondition(values.count == direction.count, "\(direction.count) slopes for \(values.count)")
    let count = values.count
    var values = values.mutableSpan
    var direction = direction.mutableSpan
    for index in 0..<count {
      let slope = direction[unchecked: index]
      values[unchecked: index] += scale * slope
      direction[unchecked: index] = share * slope
    }
  }

  /// `sums ← sums + scale · values`.
  static func add(_ values: [Float], scaledBy scale: Float, to sums: inout [Float]) {
    precondition(values.count == sums.count, "\(values.count) values for \(sums.count) sums")
    let values = values.span
    var sums = sums.mutableSpan
    for index in values.indices { sums[unchecked: index] += scale * values[unchecked: index] }
  }

  /// `values ← scale · values`.
  static func scale(_ values: inout [Float], by scale: Float) {
    var values = values.mutableSpan
    for index in values.indices { values[unchecked: index] *= scale }
  }

  /// Whether there is anything to do for a vector along rows that must fit.
  private static func check(
    _ vector: [Float], _ rows: [Float], _ count: Int, _ width: Int
  ) -> Bool {
    precondition(rows.count >= count * width, "the rows are too short")
    precondition(vector.isEmpty || vector.count == width, "\(vector.count) values along \(width)")
    return !vector.isEmpty
  }
}
