internal import ArgumentParser
internal import SpectrimFiles
internal import SpectrimReports

/// `spectrim verify`: whether files are what they claim to be.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check the structure, checksums, digests and values of files.",
    discussion: """
      All files are checked. The exit code is 0 if all are sound, 1 if something is wrong inside a \
      file, and 66 if one cannot even be opened, which goes before 1.

      Example: spectrim verify small.h5 model.h5
      """)

  @Argument(help: ArgumentHelp("The files to check.", valueName: "file"))
  var files: [String]

  @OptionGroup var common: CommonOptions

  func run() throws {
    let progress = Progress("verifying", isQuiet: common.quiet)
    var (reports, allOpen): ([VerificationReport.File], Bool) = ([], true)
    for (index, path) in files.enumerated() {
      progress.show(Double(index) / Double(files.count), path)
      let result = ModelFile.verify(at: path, allowNonFinite: common.allowNonFinite)
      allOpen = allOpen && result.opens
      reports.append(
        VerificationReport.File(
          path: path,
          checks: result.checks.map { .init(name: $0.name, ok: $0.isOK, text: $0.text) }))
    }
    progress.clear()
    let report = VerificationReport(files: reports)
    try common.print(report)
    // What could not be looked at is worse than what was found bad: it may be anything.
    if !allOpen { throw ExitCode(ExitStatus.noInput.rawValue) }
    if !report.ok { throw ExitCode(ExitStatus.finding.rawValue) }
  }
}
