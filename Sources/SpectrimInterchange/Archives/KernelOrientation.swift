internal import SpectrimCore

/// Finds for every weight which sides are its outputs: by its name, by `--layout`, or where the
/// length of the bias and the widths of its neighbours leave one possibility.
struct KernelOrientation {
  /// One weight in one of the two ways to read it.
  private struct Reading {
    let axes: KernelAxes
    let outputs: Int
    let inputs: Int
  }

  private struct Weight {
    let place: Int
    let summary: String
    var readings: [Reading]
  }

  /// The axes of the weight of every step; `unknown` for steps without one.
  let axes: [KernelAxes]

  init(
    _ pairs: [AssemblyPair], _ options: ImportOptions, file: String
  ) throws(InterchangeError) {
    var weights: [Weight] = []
    for (place, pair) in pairs.enumerated() {
      guard let group = pair.group, let readings = Self.readings(of: pair, options.layout) else {
        continue
      }
      weights.append(Weight(place: place, summary: group.summary, readings: readings))
    }
    Self.compareFirst(&weights, with: options.inputShape, pairs)
    Self.compareNeighbours(&weights, pairs)
    var axes = [KernelAxes](repeating: .unknown, count: pairs.count)
    for weight in weights {
      guard weight.readings.count == 1 else { throw Self.undecided(weight.summary, file: file) }
      axes[weight.place] = weight.readings[0].axes
    }
    self.axes = axes
  }

  /// The possible readings of one weight alone, at least one: a bias that fits none is found when
  /// the layer is made.
  private static func readings(of pair: AssemblyPair, _ layout: WeightLayout?) -> [Reading]? {
    guard case .kernel(let kernel, let named, let bias) = pair.group?.content else { return nil }
    let axes = layout.map { KernelAxes($0) } ?? named
    let known: [KernelAxes] = axes == .unknown ? [.outputsFirst, .inputsFirst] : [axes]
    let groups = if case .convolution(_, _, _, let groups, _) = pair.step { groups } else { 1 }
    let readings = known.map { axes in
      let sides = kernel.shape
      return axes == .outputsFirst
        ? Reading(axes: axes, outputs: sides[0], inputs: sides[1] * groups)
        : Reading(
          axes: axes, outputs: sides[sides.count - 1], inputs: sides[sides.count - 2] * groups)
    }
    guard let bias else { return readings }
    return kept(readings) { $0.outputs == bias.shape.reduce(1, *) }
  }

  private static func compareFirst(
    _ weights: inout [Weight], with inputShape: [Int]?, _ pairs: [AssemblyPair]
  ) {
    guard let inputShape, let first = weights.first else { return }
    let isPlain = pairs[..<first.place].allSatisfy { $0.step.keepsChannels && !$0.step.isPool }
    switch pairs[first.place].step {
    case .convolution where inputShape.count == 3:
      weights[0].readings = kept(first.readings) { $0.inputs == inputShape[0] }
    case .linear where isPlain || pairs[..<first.place].allSatisfy({ !$0.step.isPool }):
      let (count, overflow) = inputShape.reduce((1, false)) {
        let (product, overflow) = $0.0.multipliedReportingOverflow(by: $1)
        return (product, $0.1 || overflow)
      }
      if !overflow { weights[0].readings = kept(first.readings) { $0.inputs == count } }
    default: break
    }
  }

  /// Drops readings that fit none of a neighbour until nothing changes.
  private static func compareNeighbours(_ weights: inout [Weight], _ pairs: [AssemblyPair]) {
    var hasChanged = true
    while hasChanged {
      hasChanged = false
      for index in weights.indices.dropFirst() {
        let (left, right) = (weights[index - 1], weights[index])
        let between = pairs[left.place + 1..<right.place]
        guard between.allSatisfy(\.step.keepsChannels) else { continue }
        let lefts = kept(left.readings) { side in
          right.readings.contains { $0.inputs == side.outputs }
        }
        let rights = kept(right.readings) { side in
          left.readings.contains { $0.outputs == side.inputs }
        }
        hasChanged =
          hasChanged || lefts.count < left.readings.count || rights.count < right.readings.count
        weights[index - 1].readings = lefts
        weights[index].readings = rights
      }
    }
  }

  /// Where nothing fits, everything stays, so that the message names the misfit and not the sides.
  private static func kept(_ readings: [Reading], _ fits: (Reading) -> Bool) -> [Reading] {
    let fitting = readings.filter(fits)
    return fitting.isEmpty ? readings : fitting
  }

  private static func undecided(_ weight: String, file: String) -> InterchangeError {
    InterchangeError(
      .ambiguous, file: file,
      "\(weight) may have its outputs first or last; pass --layout out-in (PyTorch) or "
        + "--layout in-out (Keras)", found: weight, expected: "--layout out-in or in-out")
  }
}

extension ArchitectureStep {
  /// Whether as many channels or numbers come out as go in.
  fileprivate var keepsChannels: Bool {
    switch self {
    case .pool, .activation, .batchNormalization, .layerNormalization: true
    case .linear, .convolution, .flatten: false
    }
  }

  fileprivate var isPool: Bool { if case .pool = self { true } else { false } }
}
