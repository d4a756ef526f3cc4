internal import ArgumentParser
internal import SpectrimCompression
internal import SpectrimCore

/// Where a plan comes from and where it goes, besides into the file.
struct PlanOptions: ParsableArguments {
  @Flag(help: "Show what would be done and how large the file would be; write no model.")
  var dryRun = false

  @Option(
    help: ArgumentHelp("Write the plan as JSON, to be edited and replayed.", valueName: "file"))
  var savePlan: String?

  @Option(
    help: ArgumentHelp("Carry out a saved plan instead of making one.", valueName: "file"))
  var plan: String?
}
