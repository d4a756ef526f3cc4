internal import ArgumentParser
internal import Foundation
internal import SpectrimCore
internal import SpectrimFiles
internal import SpectrimInterchange
internal import SpectrimReports

/// `spectrim export`: the same model in a file of another program.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a model for other programs: safetensors, NPZ, Keras or ONNX.",
    discussion: """
      The extension of OUTPUT says which: .safetensors, .npz, .keras, .weights.h5 or .onnx. Factors stay \
      factors and 8-bit codes stay codes where the other format has them; what it cannot hold is \
      told. Pixels must be normalized by the caller, as the output says.

      Example: spectrim export small.h5 -o small.onnx
      """)

  @Argument(help: "The model to read.")
  var file: String

  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Files of other programs") var foreign: ForeignOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    let format = try ExportFormat(path: output.output)
    try output.destination.check(inputs: [file])
    let source = try common.read(file, foreign)
    var notes: [String] = []
    try AtomicFile.write(output.output, overwrite: output.force) { partial in
      notes = try format.write(source, to: partial)
    }
    let attributes = try? FileManager.default.attributesOfItem(atPath: output.output)
    let report = ExportReport(
      format: format.rawValue, bytes: attributes?[.size] as? Int ?? 0, notes: notes)
    common.warn(notes)
    try common.print(report)
  }
}

/// What a model can be exported to, by the end of the file's name.
enum ExportFormat: String, CaseIterable {
  case safetensors
  case npz
  case keras
  case kerasWeights = "weights.h5"
  case onnx

  init?(endOf path: String) {
    let name = URL(filePath: path).lastPathComponent.lowercased()
    guard let format = Self.allCases.first(where: { name.hasSuffix(".\($0.rawValue)") }) else {
      return nil
    }
    self = format
  }

  init(path: String) throws {
    guard let format = ExportFormat(endOf: path) else {
      let known = Self.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
      throw Failure(
        .usage, "\(path): the extension says what is written; expected one of \(known)",
        path: path)
    }
    self = format
  }

  /// Writes and returns what could not be kept.
  func write(_ source: ModelSource, to path: String) throws -> [String] {
    switch (self, source.content) {
    case (.safetensors, .model(let model)): return try SafetensorsFile.write(model, to: path)
    case (.npz, .model(let model)): return try NPZFile.write(model, to: path)
    case (.keras, .model(let model)): return try KerasFile.write(model, to: path)
    case (.kerasWeights, .model(let model)): return try KerasWeightsFile.write(model, to: path)
    case (.onnx, .model(let model)): return try ONNXFile.write(model, to: path)
    case (.safetensors, .checkpoint(let checkpoint, _)):
      return try SafetensorsFile.write(checkpoint, to: path)
    case (.npz, .checkpoint(let checkpoint, _)): return try NPZFile.write(checkpoint, to: path)
    case (.keras, .checkpoint), (.kerasWeights, .checkpoint), (.onnx, .checkpoint):
      _ = try source.runnable()
      return []
    }
  }
}
