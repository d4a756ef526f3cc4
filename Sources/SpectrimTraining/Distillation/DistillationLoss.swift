#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The loss `α T² KL(softmax(t/T) ‖ softmax(z/T)) − (1 − α) log softmax(z)[label]`, in nats.
///
/// Dividing by the temperature T shows how the teacher ranks the wrong classes; T² keeps the size of
/// the gradient.
/// - Source: Hinton, Vinyals and Dean 2015, section 2.
package struct DistillationLoss: Sendable, Equatable {
  /// T.
  private let temperature: Float
  /// α.
  private let teacherShare: Float

  /// Creates a loss.
  package init(temperature: Float, teacherShare: Float) {
    (self.temperature, self.teacherShare) = (temperature, teacherShare)
  }

  /// Sums the loss of a batch and writes the gradient of its mean.
  /// - Shape: scores, teacher and gradient `[count, width]`, labels `[count]`.
  package func evaluate(
    scores: [Float], teacher: [Float], labels: [Int], count: Int, width: Int,
    gradient: inout [Float]
  ) -> Double {
    precondition(teacher.count >= count * width, "too few scores of the teacher")
    let sum = CrossEntropy.evaluate(
      scores: scores, labels: labels, count: count, width: width, gradient: &gradient)
    for index in 0..<count * width { gradient[index] *= 1 - teacherShare }
    // dKL/dz = (q − p) / T for the softened shares p of the teacher and q of the student.
    let slope = teacherShare * temperature / Float(count)
    var divergence = 0.0
    for row in 0..<count {
      let places = row * width..<(row + 1) * width
      let (logSum, teacherLogSum) = (logSum(scores[places]), logSum(teacher[places]))
      for index in places {
        let logQ = scores[index] / temperature - logSum
        let logP = teacher[index] / temperature - teacherLogSum
        let p = expf(logP)
        divergence += Double(p * (logP - logQ))
        gradient[index] += slope * (expf(logQ) - p)
      }
    }
    return Double(1 - teacherShare) * sum.loss
      + Double(teacherShare * temperature * temperature) * divergence
  }

  /// `log Σ exp(z/T)`.
  private func logSum(_ scores: ArraySlice<Float>) -> Float {
    let largest = scores.max() ?? 0
    let sum = scores.reduce(Float(0)) { $0 + expf(($1 - largest) / temperature) }
    return largest / temperature + logf(sum)
  }
}
