internal import Foundation
internal import SpectrimCore
internal import SpectrimHDF5

/// Files of Keras: the legacy `.h5` of Keras 2 and 3, `.weights.h5` and `.keras` of Keras 3.
public enum KerasFile {
  /// Reads a model, whichever of the three forms it has.
  ///
  /// What has no graph, or one that is no chain, is given as a checkpoint, whose tensors stay in
  /// the file until they are asked for.
  /// - Throws: `InterchangeError` when the file cannot be read, contradicts itself, or holds what
  ///   Spectrim refuses.
  public static func read(
    at path: String, options: ImportOptions = ImportOptions()
  ) throws -> ImportedModel {
    do {
      let head = try head(of: path)
      if head.starts(with: "PK".utf8) { return try readArchive(at: path, options: options) }
      if head.first == UInt8(ascii: "{") {
        throw InterchangeError(
          .unsupported, file: path,
          "the index of a model in several files; save it without `max_shard_size`")
      }
      return try read(HDF5File.open(at: path).root, config: nil, at: path, options: options)
    } catch let error as HDF5Error {
      throw InterchangeError(error, file: path)
    } catch let error as ModelError {
      throw InterchangeError(.invalid, file: path, "\(error)")
    }
  }

  private static func head(of path: String) throws(InterchangeError) -> [UInt8] {
    let file = try PositionedFile(path)
    return try file.read(0..<min(file.byteCount, 4))
  }

  /// The most bytes that a configuration may have; the largest networks of Keras have 2 MB.
  static let configLimit = 16 << 20
  /// How deep a configuration may be nested: models of models of models take about 40.
  static let configDepth = 128

  /// Reads an HDF5 file in either layout.
  static func read(
    _ root: HDF5Group, config: JSONValue?, at path: String, options: ImportOptions
  ) throws -> ImportedModel {
    let legacy = try root.contains("model_weights") ? root.group(named: "model_weights") : root
    if try KerasWeights.isLegacy(legacy) {
      var config = config
      if try config == nil && root.attributes.contains("model_config") {
        let text = try root.attributes.texts("model_config", byteLimit: configLimit).first ?? ""
        config = try StrictJSON.value(
          Array(text.utf8), of: "`/@model_config`", file: path, depthLimit: configDepth)
      }
      let weights = try KerasWeights(legacy: legacy, file: path)
      return try model(config, weights, format: .kerasLegacy, at: path, options: options)
    }
    guard try KerasWeights.isNumbered(root) else {
      throw InterchangeError(
        .invalid, file: path,
        "is HDF5, but neither a model of Spectrim (`format`) nor one of Keras (`layer_names` or "
          + "`layers`)",
        expected: "`format`, `layer_names` or `layers`")
    }
    let weights = try KerasWeights(numbered: root, readsNames: config == nil, file: path)
    let format: ForeignFormat = config == nil ? .kerasWeights : .keras
    return try model(config, weights, format: format, at: path, options: options)
  }

  private static func model(
    _ config: JSONValue?, _ weights: KerasWeights, format: ForeignFormat, at path: String,
    options: ImportOptions
  ) throws -> ImportedModel {
    guard let config else {
      return try weightsAlone(weights, format: format, at: path, options: options)
    }
    let network = try KerasNetwork(config, file: path)
    do {
      let (model, notes) = try assembled(network, weights, at: path, options: options)
      return ImportedModel(.model(model), format: format, notes: weights.notes + notes)
    } catch let obstacle as KerasObstacle {
      let source = try KerasCheckpoint(weights.named(by: network), name: network.name, file: path)
      return ImportedModel(
        .checkpoint(source, reason: obstacle.reason), format: format, notes: weights.notes)
    }
  }

  /// The chain of steps.
  /// - Throws: `KerasObstacle` where there is none, `InterchangeError` where the file is wrong.
  private static func assembled(
    _ network: KerasNetwork, _ weights: KerasWeights, at path: String, options: ImportOptions
  ) throws -> (model: Model, notes: [String]) {
    let sides = try network.inputSides(options)
    var assembler = try KerasAssembler(network, weights, inputSides: sides, file: path)
    for layer in try network.chain.get() {
      do { try assembler.append(layer) } catch let error as ModelError {
        throw layer.obstacle("\(error)")
      }
    }
    do {
      let model = try assembler.model()
      return (model, assembler.notes)
    } catch let error as ModelError {
      throw KerasObstacle("\(error)")
    }
  }

  /// A file without a graph: the steps that were given, or its tensors.
  private static func weightsAlone(
    _ weights: KerasWeights, format: ForeignFormat, at path: String, options: ImportOptions
  ) throws -> ImportedModel {
    let file = URL(filePath: path).lastPathComponent
    let name = file.split(separator: ".").first.map(String.init) ?? file
    guard let architecture = options.architecture else {
      let reason = "the file has weights but no activations; pass --arch, for example mlp:relu"
      let source = try KerasCheckpoint(weights, name: name, file: path)
      return ImportedModel(
        .checkpoint(source, reason: reason), format: format, notes: weights.notes)
    }
    let groups = try weights.weightGroups(file: path)
    let assembly = WeightAssembly(file: path, name: name, groups: groups, convention: .keras)
    let (model, notes) = try assembly.model(architecture, options)
    return ImportedModel(.model(model), format: format, notes: weights.notes + notes)
  }
}

extension KerasNetwork {
  /// The sides of one example in Keras' order: those that were given, else those of the file.
  fileprivate func inputSides(_ options: ImportOptions) throws(KerasObstacle) -> [Int] {
    if let given = options.inputShape {
      return given.count == 3 ? [given[1], given[2], given[0]] : given
    }
    guard let inputShape else {
      throw KerasObstacle("it does not tell the shape of its input; give it with --input-shape")
    }
    let known = inputShape.compactMap(\.self)
    guard known.count == inputShape.count else {
      throw KerasObstacle("its input may have any size; give it with --input-shape")
    }
    return known
  }
}
