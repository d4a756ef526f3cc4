/// Every name on disk that is not the raw value of a type of `SpectrimCore`.
///
/// `Schemas/format.md` is the normative text; a test compares the two.
package enum FormatName {
  // The root.
  package static let format = "format"
  package static let formatValue = "spectrim-model"
  package static let formatVersion = "format_version"
  package static let name = "name"
  package static let graph = "graph"
  package static let chainGraph = "chain"
  package static let noGraph = "none"
  package static let graphReason = "graph_reason"
  package static let tensors = "tensors"
  package static let input = "input"
  package static let layers = "layers"
  package static let labels = "labels"
  package static let report = "report"
  package static let pool = "pool"
  package static let poolIndex = "index"

  // The input.
  package static let shape = "shape"
  package static let layout = "layout"
  package static let normalizationScale = "scale"
  package static let normalizationMean = "mean"
  package static let normalizationDeviation = "std"

  // A step.
  package static let index = "index"
  package static let operation = "op"
  package static let activation = "activation"
  package static let activationSlope = "activation_slope"
  package static let kernel = "kernel"
  package static let stride = "stride"
  package static let padding = "padding"
  package static let dilation = "dilation"
  package static let groups = "groups"
  package static let countsPadding = "counts_padding"
  package static let scale = "scale"
  package static let shift = "shift"
  package static let epsilon = "epsilon"

  // A layer.
  package static let initializer = "initializer"
  package static let inputScale = "input_scale"
  package static let inputZeroPoint = "input_zero_point"
  package static let weight = "weight"
  package static let bias = "bias"

  // A tensor of a checkpoint.
  package static let sourceShape = "source_shape"
  package static let sourceType = "source_type"
  package static let values = "values"

  // A weight.
  package static let representation = "representation"
  package static let denseMatrix = "W"
  package static let leftFactor = "U"
  package static let rightFactor = "V"
  package static let chainFactorPrefix = "F"
  package static let base = "base"
  package static let adapters = "adapters"
  package static let adapterInput = "A"
  package static let adapterOutput = "B"
  package static let alpha = "alpha"
  package static let scaling = "scaling"

  // A quantized matrix and a quantized bias.
  package static let codes = "codes"
  package static let bits = "bits"
  package static let rowScale = "row_scale"
  package static let rowExponent = "row_exponent"
  package static let columnScale = "column_scale"
  package static let columnExponent = "column_exponent"
  package static let exponents = "exponents"

  /// Whether the format has an attribute or dataset of this name anywhere.
  package static func isKnown(_ name: String) -> Bool {
    known.contains(name) || isChainFactor(name)
  }

  /// Whether it names a factor of a chain: `F0`, `F1`, ….
  package static func isChainFactor(_ name: String) -> Bool {
    name.hasPrefix(chainFactorPrefix) && Int(name.dropFirst(chainFactorPrefix.count)) != nil
  }

  private static let known: Set = [
    format, formatVersion, FormatName.name, graph, labels, report, poolIndex, shape, layout,
    activationSlope, kernel, stride, padding, dilation, groups, countsPadding, shift, epsilon,
    graphReason, sourceShape, sourceType, values,
    normalizationScale, normalizationMean, normalizationDeviation, operation, activation,
    initializer, inputScale, inputZeroPoint, bias, representation, denseMatrix, leftFactor,
    rightFactor, adapterInput, adapterOutput, alpha, scaling, codes, bits, rowScale, rowExponent,
    columnScale, columnExponent, exponents,
  ]
}
