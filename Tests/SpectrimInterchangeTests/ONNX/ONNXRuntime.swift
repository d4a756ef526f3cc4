import Foundation
import SpectrimCore
import SpectrimTestSupport
import Testing

/// ONNX Runtime and the checker of ONNX, which judge what is written.
enum ONNXRuntime {
  /// Whether Python has both.
  static let isAvailable: Bool =
    Python.isContinuousIntegration || (try? Python.run("import numpy, onnx, onnxruntime")) != nil

  /// What ONNX Runtime makes of a batch, after the checker has found nothing wrong.
  static func scores(of path: String, for batch: Matrix<Float>, sides: [Int]) throws -> [Double] {
    let program = """
      import numpy as np, onnx, onnxruntime as ort
      onnx.checker.check_model(sys.argv[2], full_check=True)
      options = ort.SessionOptions()
      options.log_severity_level = 3
      options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
      session = ort.InferenceSession(sys.argv[2], options)
      x = matrices[0].astype(np.float32).reshape(-1, \(sides.map(String.init).joined(separator: ", ")))
      show(session.run(None, {session.get_inputs()[0].name: x})[0])
      """
    let folder = try TemporaryDirectory()
    let samples = folder.path("batch.f32")
    try batch.elements.withUnsafeBytes { try Data($0).write(to: URL(filePath: samples)) }
    let preamble = """
      import sys, numpy as np
      matrices = [np.fromfile(sys.argv[1], np.float32)]
      def show(values): print(*[repr(float(x)) for x in np.ravel(values)])

      """
    return try Python.run(preamble + program, [samples, path])
      .split(separator: " ").compactMap { Double($0.trimmingCharacters(in: .newlines)) }
  }
}

extension Trait where Self == ConditionTrait {
  /// Runs a test only where ONNX Runtime is there.
  static var needsONNXRuntime: Self {
    .enabled(if: ONNXRuntime.isAvailable, "needs Python with onnx and onnxruntime")
  }
}
