import Foundation

extension Python {
  /// A float matrix for numpy: its sides and its row-major elements.
  public typealias Sample = (rowCount: Int, columnCount: Int, elements: [Float])

  /// Runs a program that finds `matrices`, a list of numpy float64 matrices with exactly the
  /// values of the samples, and answers by `show(values)`, once per answer.
  /// - Returns: The answers, with every digit.
  public static func numbers(_ program: String, _ samples: [Sample]) throws -> [[Double]] {
    let folder = try TemporaryDirectory()
    let path = folder.path("samples.f32")
    var data = Data()
    for sample in samples { sample.elements.withUnsafeBytes { data.append(contentsOf: $0) } }
    try data.write(to: URL(filePath: path))
    let shapes = samples.map { "(\($0.rowCount), \($0.columnCount))" }.joined(separator: ", ")
    let preamble = """
      import sys, numpy as np
      flat, at, matrices = np.fromfile(sys.argv[1], np.float32), 0, []
      for shape in [\(shapes)]:
          matrices.append(flat[at:at + shape[0] * shape[1]].reshape(shape).astype(np.float64))
          at += shape[0] * shape[1]
      def show(values): print(*[repr(float(x)) for x in np.ravel(values)])

      """
    let output = try run(preamble + program, [path])
    return output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      .map { line in line.split(separator: " ").compactMap { Double($0) } }
  }
}
