import Foundation
import Spectrim
import SpectrimCompression
import SpectrimCore
import SpectrimData
import SpectrimFiles
import SpectrimInference

/// What each stage of the calibrated conversion is worth: whole files at equal divergence from the
/// dense model, on training images that are not calibrated with, with one stage changed at a time.
///
/// usage: CalibrationAblation MODEL MNIST-FOLDER [COUNT] [WORD…]; the words choose variants by name.
@main
enum Ablation {
  /// Where the curves of bytes over divergence are compared.
  static let divergences = [0.004, 0.008, 0.016]
  static let steps = [0.0075, 0.0112, 0.016, 0.0224, 0.032]

  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.count >= 2 else {
      print("usage: CalibrationAblation MODEL MNIST-FOLDER [COUNT] [WORD…]")
      exit(64)
    }
    let words = Array(arguments)
    let count = words.count > 2 ? Int(words[2]) ?? 10_000 : 10_000
    let model = try ModelFile.read(at: words[0]).model
    let images = try IDXFolder(words[1]).load(.train)
    let trial = try Trial(model, images, count: count)
    let chosen = words.dropFirst(3)
    var base: [Double]?
    print(row("variant", divergences.map { "bytes at \($0)" } + ["against base", "seconds"]))
    for (name, change) in variants
    where name == "base" || chosen.isEmpty || chosen.contains(where: { name.contains($0) }) {
      let (bytes, seconds) = try trial.bytes(change)
      base = base ?? bytes
      let ratios = zip(bytes, base ?? bytes).map { $0 / $1 }
      let mean = exp(ratios.reduce(0) { $0 + log($1) } / Double(ratios.count))
      print(
        row(
          name,
          bytes.map { String(format: "%.0f", $0) } + [
            String(format: "%+.1f %%", 100 * (mean - 1)), String(format: "%.1f", seconds),
          ]))
    }
  }

  static func row(_ name: String, _ cells: [String]) -> String {
    name.padding(toLength: 34, withPad: " ", startingAt: 0)
      + cells.map { String(repeating: " ", count: max(1, 16 - $0.count)) + $0 }.joined()
  }

  typealias Change = @Sendable (inout CalibrationSettings) -> Void
  static let variants: [(String, Change)] = [
    ("base", { _ in }),
    ("no output metric", { $0.stages.outputMetric = false }),
    ("no sequential targets", { $0.stages.sequentialTargets = false }),
    ("no error feedback", { $0.stages.errorFeedback = false }),
    ("no rate-aware rounding", { $0.stages.rateAwareRounding = false }),
    ("no column steps", { $0.stages.columnSteps = false }),
    ("no common steps", { $0.stages.commonSteps = false }),
    ("no bias correction", { $0.stages.biasCorrection = false }),
    ("no low rank", { $0.stages.lowRank = false }),
    ("all backward passes", { $0.directionLimit = .max }),
    ("1 backward pass", { $0.directionLimit = 1 }),
    ("input damping 3e-4", { $0.inputDamping = 3e-4 }),
    ("input damping 3e-3", { $0.inputDamping = 3e-3 }),
    ("input damping 1e-2", { $0.inputDamping = 1e-2 }),
    ("output damping 1e-3", { $0.outputDamping = 1e-3 }),
    ("output damping 1e-1", { $0.outputDamping = 1e-1 }),
    ("rank threshold 0.4", { $0.rankThreshold = 0.4 }),
    ("rank threshold 1.0", { $0.rankThreshold = 1.0 }),
    ("left step 1.0", { $0.leftStepRatio = 1 }),
    ("left step 1.5", { $0.leftStepRatio = 1.5 }),
  ]
}

/// One model with its images.
struct Trial {
  let model: Model
  let calibration: Matrix<Float>
  let held: Matrix<Float>
  let shares: [[Double]]

  init(_ model: Model, _ images: ImageSet, count: Int) throws {
    self.model = model
    calibration = images.batch(0..<count, model.input.normalization)
    held = images.batch(images.count - 5000..<images.count, model.input.normalization)
    shares = Self.logShares(model, held)
  }

  static func logShares(_ model: Model, _ inputs: Matrix<Float>) -> [[Double]] {
    let scores = Engine(model).scores(for: inputs)
    return (0..<scores.rowCount).map { index in
      let row = scores.row(index).map { Double($0) }
      let largest = row.max() ?? 0
      let sum = log(row.reduce(0) { $0 + exp($1 - largest) }) + largest
      return row.map { $0 - sum }
    }
  }

  /// Bytes at the wanted divergences, between measured ones along straight lines of logarithms.
  func bytes(_ change: Ablation.Change) throws -> (bytes: [Double], seconds: Double) {
    var settings = CalibrationSettings(step: 1)
    change(&settings)
    let start = ContinuousClock.now
    let converter = try CalibratedConverter(model, data: calibration, settings: settings)
    let folder = FileManager.default.temporaryDirectory.path
    let path = "\(folder)/ablation-\(ProcessInfo.processInfo.processIdentifier).h5"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var points: [(divergence: Double, bytes: Double)] = []
    for step in Ablation.steps {
      let conversion = try converter.convert(step: step)
      let file = try ModelFile.write(
        try conversion.model(tool: "ablation", source: .init(format: "none")), to: path,
        overwrite: true)
      let others = Self.logShares(file.model, held)
      let sum = zip(shares, others).reduce(0.0) { sum, pair in
        sum + zip(pair.0, pair.1).reduce(0.0) { $0 + exp($1.0) * ($1.0 - $1.1) }
      }
      points.append((log(sum / Double(shares.count)), log(Double(file.byteCount))))
    }
    points.sort { $0.divergence < $1.divergence }
    if ProcessInfo.processInfo.environment["ABLATION_POINTS"] != nil {
      print(points.map { String(format: "%.4f=%.0f", exp($0.divergence), exp($0.bytes)) })
    }
    let seconds = (.now - start) / .seconds(1)
    return (Ablation.divergences.map { exp(Self.interpolated(log($0), points)) }, seconds)
  }

  /// On the line through the two nearest points, beyond the ends too.
  static func interpolated(
    _ place: Double, _ points: [(divergence: Double, bytes: Double)]
  ) -> Double {
    let upper = min(
      max(points.firstIndex { $0.divergence > place } ?? points.count - 1, 1), points.count - 1)
    let (left, right) = (points[upper - 1], points[upper])
    let share = (place - left.divergence) / (right.divergence - left.divergence)
    return left.bytes + share * (right.bytes - left.bytes)
  }
}
