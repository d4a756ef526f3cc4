#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The loss `−log softmax(z)[label]`, in nats, and its gradient.
enum CrossEntropy {
  /// What one batch adds to the figures of an epoch.
  struct Sum: Equatable {
    /// The summed loss of the examples, in nats.
    var loss = 0.0
    /// How many examples have their largest score at the label.
    var correctCount = 0
  }

  /// Scores a batch and writes the gradient of its mean loss, `(softmax(z) − onehot) / count`.
  /// - Shape: scores and gradient `[count, width]`, labels `[count]`.
  static func evaluate(
    scores: [Float], labels: [Int], count: Int, width: Int, gradient: inout [Float]
  ) -> Sum {
    precondition(scores.count >= count * width && gradient.count >= count * width)
    var sum = Sum()
    let share = 1 / Float(count)
    for row in 0..<count {
      let start = row * width
      let (best, largest) = largest(of: scores, start, width)
      var total: Float = 0
      for column in start..<start + width {
        gradient[column] = expf(scores[column] - largest)
        total += gradient[column]
      }
      for column in start..<start + width { gradient[column] *= share / total }
      let label = start + labels[row]
      gradient[label] -= share
      sum.loss += Double(logf(total) - (scores[label] - largest))
      sum.correctCount += best == labels[row] ? 1 : 0
    }
    return sum
  }

  /// The class with the largest score of every row, the first one if some are equal.
  static func largestColumns(of scores: [Float], count: Int, width: Int) -> [Int] {
    (0..<count).map { largest(of: scores, $0 * width, width).index }
  }

  /// The first largest score of a row, as numpy's `argmax` takes it.
  private static func largest(
    of scores: [Float], _ start: Int, _ width: Int
  ) -> (index: Int, value: Float) {
    var (index, value) = (0, scores[start])
    for column in 1..<max(width, 1) where scores[start + column] > value {
      (index, value) = (column, scores[start + column])
    }
    return (index, value)
  }
}
