internal import SpectrimCompression
internal import SpectrimCore
internal import SpectrimData
internal import SpectrimTraining

/// The model before its first step.
struct StartingModel {
  let model: Model
  /// How the weights started, as it stands in the record.
  let start: StartingWeights?
  private let form: RepresentationArgument
  private let seed: UInt64

  /// A new network in the form that learns.
  init(_ recipe: Recipe, _ options: NetworkOptions, images: ImageSet) throws {
    var recipe = recipe
    let start = options.initializer ?? StartingWeights(recipe.initial)
    recipe.initial = start.drawn
    self.start = start
    form = options.representation
    seed = recipe.settings.seed
    let isDrawnDense = start == .svd
    let drawn = try recipe.initialModel(
      name: options.model.rawValue, form: isDrawnDense ? .dense : Self.drawnForm(form),
      input: ModelInput(
        shape: [1, images.rowCount, images.columnCount], layout: .chw,
        normalization: recipe.normalization))
    model = isDrawnDense ? try Self.factors(of: drawn, form) : drawn
  }

  /// A trained model: its own weights, factors of them, or adapters on them.
  init(base: Model, form: RepresentationArgument, seed: UInt64) throws {
    self.form = form
    self.seed = seed
    let bare = try base.replacing(layers: base.layers, record: nil)
    switch form {
    case .dense:
      model = bare
      start = nil
    case .factorized, .chain:
      model = try Self.factors(of: bare, form)
      start = .svd
    case .lora(let rank):
      model = try bare.withAdapters(rank: rank, seed: seed)
      start = nil
    }
  }

  private static func drawnForm(_ form: RepresentationArgument) -> WeightForm {
    switch form {
    case .dense, .lora: .dense
    case .factorized(let rank): .factorized(rank: rank)
    case .chain(let ranks): .chain(stages: ranks)
    }
  }

  /// The converter's factors in floats; a layer of which they would be no smaller stays dense.
  private static func factors(of model: Model, _ form: RepresentationArgument) throws -> Model {
    let treatment: LayerTreatment =
      switch form {
      case .factorized(let rank): .rank(.fixed(rank))
      case .chain(let ranks): .stages(ranks)
      case .dense, .lora: .skip
      }
    let analysed = AnalysedModel(model)
    let settings = CompressionSettings(treatment: treatment, quantization: .floats)
    let result = try Converter(plan: Planner(settings: settings).plan(for: analysed))
      .convert(analysed)
    return try model.replacing(layers: result.layers, record: nil)
  }
}
