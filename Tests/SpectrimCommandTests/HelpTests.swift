import Foundation
import SpectrimTestSupport
import Testing

@Suite struct HelpTests {
  /// Every subcommand there is, as the program itself lists them.
  static func subcommands() throws -> [String] {
    let lines = try SpectrimProgram.run(["--help"]).standardOutput.split(separator: "\n")
    let rest = lines.drop { !$0.hasPrefix("SUBCOMMANDS:") }.dropFirst()
    return rest.filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") && !$0.hasPrefix("  See") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
  }

  @Test func theHelpOfEverySubcommandIsThatOfItsGoldenFile() throws {
    let names = try Self.subcommands()
    #expect(names.contains("inspect"))
    for words in [[]] + names.map({ [$0] }) {
      let outcome = try SpectrimProgram.run(words + ["--help"])
      #expect(outcome.exitCode == 0)
      #expect(outcome.standardError == "")
      let name = (["help"] + words).joined(separator: "-") + ".txt"
      #expect(
        try Golden.difference(of: outcome.standardOutput, from: SpectrimBinary.golden(name)) == nil)
    }
  }

  @Test func everySubcommandHasOneWorkedExample() throws {
    for name in try Self.subcommands() {
      let help = try SpectrimProgram.run([name, "--help"]).standardOutput
      #expect(help.components(separatedBy: "Example: spectrim \(name) ").count == 2, "\(name)")
    }
  }

  @Test func withoutArgumentsTheHelpIsShown() throws {
    let outcome = try SpectrimProgram.run([])
    #expect(outcome.exitCode == 0)
    #expect(try outcome.standardOutput == SpectrimProgram.run(["--help"]).standardOutput)
  }

  @Test func theVersionIsANumber() throws {
    let outcome = try SpectrimProgram.run(["--version"])
    #expect(outcome.exitCode == 0)
    #expect(outcome.standardOutput.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func shellsGetTheirCompletions(shell: String) throws {
    let outcome = try SpectrimProgram.run(["--generate-completion-script", shell])
    #expect(outcome.exitCode == 0)
    #expect(outcome.standardOutput.contains("inspect"))
  }
}
