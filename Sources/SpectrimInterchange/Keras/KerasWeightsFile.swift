public import SpectrimCore
internal import SpectrimHDF5

/// `.weights.h5` of Keras 3, which `Model.load_weights` reads into a model of the same layers.
public enum KerasWeightsFile {
  /// Writes the weights of a model.
  ///
  /// Factors become layers of their own, codes with a scale per output a quantized `Dense`.
  /// - Returns: What Keras does differently, and the Python code of the matching model.
  /// - Throws: `InterchangeError` when Keras has no such layer, or the path cannot be written to.
  public static func write(_ model: Model, to path: String) throws -> [String] {
    let export = try KerasExport(model, file: path)
    try write(export, to: path)
    return export.notes + ["the model to load the weights into:"] + export.python
  }

  static func write(_ export: KerasExport, to path: String) throws {
    do {
      var root = HDF5GroupContents()
      root.addLink("layers")
      let file = try HDF5File.create(at: path, contents: root)
      let keyed = keys(of: export.plans).filter { !$0.plan.variables.isEmpty }
      var contents = HDF5GroupContents()
      for (key, _) in keyed { contents.addLink(key) }
      let layers = try file.root.createGroup("layers", contents: contents)
      for (key, plan) in keyed { try write(plan, to: layers, key: key) }
      try file.close()
    } catch let error as HDF5Error {
      throw InterchangeError(error, file: path)
    }
  }

  /// The names of the groups: layers are counted per class.
  private static func keys(
    of plans: [KerasLayerPlan]
  ) -> [(key: String, plan: KerasLayerPlan)] {
    var counts: [String: Int] = [:]
    return plans.map { plan in
      let className = KerasClassName.snakeCase(plan.className)
      let count = counts[className, default: 0]
      counts[className] = count + 1
      return (count == 0 ? className : "\(className)_\(count)", plan)
    }
  }

  private static func write(
    _ plan: KerasLayerPlan, to layers: HDF5Group, key: String
  ) throws {
    var contents = HDF5GroupContents()
    contents.addLink("vars")
    let group = try layers.createGroup(key, contents: contents)
    var variables = HDF5GroupContents()
    for index in plan.variables.indices { variables.addLink(String(index)) }
    variables.addAttribute("name", type: .fixedString(byteCount: max(1, plan.name.utf8.count)))
    let vars = try group.createGroup("vars", contents: variables)
    try vars.attributes.write(plan.name, named: "name")
    for (index, tensor) in plan.variables.enumerated() {
      let type: HDF5ElementType = tensor.type == .int8 ? .int8 : .float32
      let dataset = try vars.createDataset(
        String(index), type: type, shape: tensor.shape, layout: .contiguous)
      try dataset.write(tensor.bytes)
    }
  }
}

/// The layers of Keras that a model corresponds to.
public enum KerasArchitecture {
  /// Python code that makes the model with `keras.Sequential`.
  /// - Throws: `InterchangeError.unsupported` when Keras has no such layer.
  public static func python(_ model: Model) throws -> String {
    try KerasExport(model, file: model.name).python.joined(separator: "\n") + "\n"
  }
}
