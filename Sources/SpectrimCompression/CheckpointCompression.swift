public import SpectrimCore
internal import SpectrimLinearAlgebra

/// Plans and converts the tensors of a checkpoint one after another, each of them read, decomposed
/// and given away before the next ones.
///
/// What a tensor needs grows with its size, so that the largest one bounds the memory: smaller ones
/// are worked on side by side only as long as they are together no larger than that.
public struct CheckpointCompression: Sendable {
  /// What is to be done.
  public enum Order: Sendable {
    /// What the user asks for; the plan is made on the way.
    case settings(CompressionSettings)
    /// A plan that was made before.
    case plan(Plan)
  }

  /// What was done.
  public struct Outcome: Sendable, Equatable {
    /// What was done with each weight, in the order of the source.
    public let plan: Plan
    /// What was kept and lost per weight, in the same order.
    public let figures: [LayerFigures]
  }

  /// What is to be done.
  public let order: Order
  /// How many weights are worked on at once; the result is the same for every number.
  public let threadCount: Int

  /// Creates a compression.
  public init(_ order: Order, threadCount: Int = 1) {
    precondition(threadCount >= 1, "\(threadCount) threads")
    self.order = order
    self.threadCount = threadCount
  }

  /// Converts every weight and hands on every tensor in the order of the source.
  ///
  /// Sets the threads of BLAS to one.
  /// - Parameter emit: takes the next tensor.
  /// - Throws: `CompressionError` when settings or plan do not fit, `LinearAlgebraError` when a
  ///   matrix cannot be decomposed, and what the source and `emit` throw.
  public func run(
    _ source: any CheckpointSource, progress: ((LayerProgress) -> Void)? = nil,
    emit: (CheckpointContent) throws -> Void
  ) throws -> Outcome {
    BLASThreads.use(1)
    let tasks = try self.tasks(for: source)
    let costs = source.entries.map { $0.matrixShape.map { 4 * $0.elementCount } ?? $0.byteCount }
    var (plans, figures): ([LayerPlan], [LayerFigures]) = ([], [])
    for wave in Self.waves(costs: costs, width: threadCount) {
      progress?(
        LayerProgress(
          layer: source.entries[wave.lowerBound].name, index: wave.lowerBound,
          count: source.entries.count))
      for (content, plan, measured) in try run(wave, of: source, tasks) {
        try emit(content)
        if let plan { plans.append(plan) }
        if let measured { figures.append(measured) }
      }
    }
    return Outcome(plan: finished(plans), figures: figures)
  }

  /// Runs of neighbours that are together no larger than the largest one alone.
  package static func waves(costs: [Int], width: Int) -> [Range<Int>] {
    let largest = costs.max() ?? 0
    var waves: [Range<Int>] = []
    var (start, sum) = (0, 0)
    for (index, cost) in costs.enumerated() {
      if index > start, sum + cost > largest || index - start == width {
        waves.append(start..<index)
        (start, sum) = (index, 0)
      }
      sum += cost
    }
    if start < costs.count { waves.append(start..<costs.count) }
    return waves
  }
}

extension CheckpointCompression {
  /// What is done with one weight.
  private typealias Task = @Sendable (Layer) throws -> (Layer, LayerPlan, LayerFigures)
  private typealias Converted = (CheckpointContent, LayerPlan?, LayerFigures?)

  /// One task for every tensor, `nil` for those that are no weights.
  private func tasks(for source: any CheckpointSource) throws -> [Task?] {
    let weights = source.entries.compactMap { entry in
      entry.matrixShape.map { (name: entry.name, shape: $0) }
    }
    var tasks: [Task]
    switch order {
    case .plan(let plan):
      let converter = Converter(plan: plan)
      for layer in plan.layers where layer.pruning?.isOfNeurons == true {
        throw CompressionError.plan(
          layer: layer.name, problem: "tensors without a graph have no neurons; remove `pruning`")
      }
      tasks = try plan.forms(for: weights).map { plan, form in
        { @Sendable layer in
          let (converted, figures) = try converter.convert(
            AnalysedLayer(layer, pruning: plan.pruning), as: form, plan: plan)
          return (converted, plan, figures)
        }
      }
    case .settings(let settings):
      let planner = Planner(settings: settings)
      let converter = Converter(plan: finished([]))
      let largest = weights.map(\.shape.elementCount).max() ?? 0
      let resolved = try settings.resolved(for: weights.map(\.name))
      for (asked, weight) in zip(resolved, weights) where asked.pruning?.isOfNeurons == true {
        throw NeuronPruning.problem(
          layer: weight.name, "tensors without a graph have no neurons", asked.pruning)
      }
      tasks = resolved.map { asked in
        { @Sendable layer in
          let analysed = AnalysedLayer(layer, pruning: asked.pruning)
          let plan = try planner.plan(for: analysed, asked, largestElementCount: largest)
          let form = try plan.form(for: layer.weight.shape)
          let (converted, figures) = try converter.convert(analysed, as: form, plan: plan)
          return (converted, plan, figures)
        }
      }
    }
    tasks.reverse()
    return source.entries.map { $0.matrixShape == nil ? nil : tasks.popLast() }
  }

  /// Reads the tensors of a wave in turn, since not every source can be read by several threads,
  /// and converts them side by side.
  private func run(
    _ wave: Range<Int>, of source: any CheckpointSource, _ tasks: [Task?]
  ) throws -> [Converted] {
    let contents = try wave.map { try source.content(of: $0) }
    let names = wave.map { source.entries[$0].name }
    return try SideBySide.map(0..<wave.count) { index in
      try Self.convert(contents[index], named: names[index], tasks[wave.lowerBound + index])
    }
  }

  private static func convert(
    _ content: CheckpointContent, named name: String, _ task: Task?
  ) throws -> Converted {
    guard case .weight(let weight) = content, let task else { return (content, nil, nil) }
    let (layer, plan, figures) = try task(try Layer(name: name, weight: weight))
    return (.weight(layer.weight), plan, figures)
  }

  private func finished(_ plans: [LayerPlan]) -> Plan {
    switch order {
    case .plan(let plan): plan
    case .settings(let settings):
      Plan(layers: plans, initializer: settings.initializer, storage: settings.storage)
    }
  }
}
