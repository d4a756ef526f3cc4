internal import ArgumentParser
internal import SpectrimLinearAlgebra

/// `spectrim`: parses the arguments, runs one subcommand and turns every error into an exit code.
@main
struct RootCommand: ParsableCommand {
  /// The version of the program, which is also the tool named in every file it writes.
  static let version = "0.1.0"
  /// The program as it names itself in files.
  static let tool = "spectrim \(version)"

  static let configuration = CommandConfiguration(
    commandName: "spectrim",
    abstract: "Cut the spectrum of a dense network, see what was cut, run the result.",
    discussion: """
      A trained model goes in, a small HDF5 file comes out, and the file is evaluated as it is.

      Example: spectrim convert model.h5 -o small.h5 --rank mp --quantize 8
      """,
    version: version,
    subcommands: [
      Convert.self, Inspect.self, Evaluate.self, Predict.self, Verify.self, Expand.self,
      Export.self,
      Train.self, Finetune.self,
    ])

  static func main() {
    Interrupt.handle()
    // One thread fixes the last bits of every product, hence the bytes of every file.
    BLASThreads.use(1)
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      if let word = arguments.first { try checkIsSubcommand(word) }
      var command = try parseAsRoot(arguments)
      try command.run()
      try Console.checkAllWasPrinted()
    } catch {
      Failure.exit(because: error, asJSON: arguments.contains("--json"))
    }
  }

  /// Names what there is; the parser would speak of an unexpected argument.
  private static func checkIsSubcommand(_ word: String) throws {
    let names = configuration.subcommands.map { $0._commandName }
    guard !word.hasPrefix("-"), word != "help", !names.contains(word) else { return }
    throw Failure(
      .usage, "`\(word)` is no subcommand; expected one of \(names.joined(separator: ", "))",
      found: word, expected: names.joined(separator: ", "))
  }
}
