internal import ArgumentParser
internal import SpectrimFiles
internal import SpectrimInterchange
internal import SpectrimReports

/// What every subcommand takes.
struct CommonOptions: ParsableArguments {
  @Flag(help: "Print one JSON document instead of text.")
  var json = false

  @Flag(help: "Show no progress.")
  var quiet = false

  @Flag(help: "Read models with NaN or infinite weights all the same.")
  var allowNonFinite = false

  /// Prints a report in the form that was asked for.
  func print(_ report: some Report) throws {
    Console.print(json ? try report.json() : report.text)
  }

  /// Prints what a person should know, unless it stands in the JSON document.
  func warn(_ warnings: [String]) { for warning in warnings { Console.warning(warning) } }

  /// Reads a model or checkpoint of any kind and passes on the reader's warnings.
  func read(_ path: String, _ foreign: ForeignOptions = ForeignOptions()) throws -> ModelSource {
    guard try SpectrimFile.isFound(at: path) else {
      let imported = try ForeignFile.read(at: path, options: try foreign.options())
      warn(imported.notes.map { "\(path): \($0)" })
      let source = ModelSource(imported, at: path)
      return allowNonFinite ? source : try source.checkedForFiniteValues()
    }
    let file = try SpectrimFile.read(at: path, allowNonFinite: allowNonFinite)
    warn(file.warnings.map { "\(path): \($0)" })
    return ModelSource(file, at: path)
  }
}

/// What every subcommand that writes a model takes.
struct OutputOptions: ParsableArguments {
  @Option(name: [.short, .long], help: "The file to write.")
  var output: String

  @Flag(help: "Replace an existing file.")
  var force = false

  /// The file as a place to write to.
  var destination: Destination { Destination(path: output, force: force) }
}
