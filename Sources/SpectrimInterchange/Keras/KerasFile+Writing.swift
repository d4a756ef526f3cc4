internal import Foundation
public import SpectrimCore

extension KerasFile {
  /// Writes a whole model as `.keras`, which `keras.saving.load_model` reads.
  ///
  /// - Returns: What Keras does differently.
  /// - Throws: `InterchangeError` when Keras has no such layer, or the path cannot be written to.
  public static func write(_ model: Model, to path: String) throws -> [String] {
    let export = try KerasExport(model, file: path)
    let config = try config(of: export, file: path)
    let weights = path + ".weights.h5"
    defer { try? FileManager.default.removeItem(atPath: weights) }
    try KerasWeightsFile.write(export, to: weights)
    try ZipWriter.write(
      [
        ZipWriter.Entry("metadata.json") { Array(#"{"keras_version": "3.0.0"}"#.utf8) },
        ZipWriter.Entry("config.json") { Array(config.utf8) },
        ZipWriter.Entry("model.weights.h5") {
          [UInt8](try Data(contentsOf: URL(filePath: weights)))
        },
      ], to: path)
    return export.notes
  }

  private static func config(of export: KerasExport, file: String) throws -> String {
    let sides = (["null"] + export.inputSides.map(String.init)).joined(separator: ", ")
    var layers = [
      KerasLayerPlan.entry(
        of: "InputLayer",
        config: ["\"batch_shape\": [\(sides)], \"dtype\": \"float32\", \"name\": \"input_layer\""])
    ]
    for plan in export.plans {
      guard let json = plan.json else {
        throw InterchangeError(
          .unsupported, file: file,
          "layer `\(plan.name)`: a configuration of Keras cannot hold the tanh form of gelu; write "
            + "a .weights.h5")
      }
      layers.append(json)
    }
    return "{\"module\": \"keras\", \"class_name\": \"Sequential\", \"config\": {\"name\": "
      + "\(KerasValue.quoted(export.name)), \"trainable\": true, \"layers\": "
      + "[\(layers.joined(separator: ", "))], \"build_input_shape\": [\(sides)]}, "
      + "\"registered_name\": null, \"build_config\": {\"input_shape\": [\(sides)]}}"
  }
}
