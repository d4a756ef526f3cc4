/// Whether files are what they claim to be.
public struct VerificationReport: Report, Equatable {
  /// One entry per file, in the order they were given.
  public let files: [File]
  /// Whether every check of every file passed.
  public let ok: Bool

  /// Collects the checks of files.
  public init(files: [File]) {
    self.files = files
    ok = files.allSatisfy(\.ok)
  }

  /// The checks of one file.
  public struct File: Sendable, Encodable, Equatable {
    /// The file as it was named.
    public let path: String
    /// Whether every check passed.
    public let ok: Bool
    /// The checks in the order they were made.
    public let checks: [Check]

    /// Collects the checks of a file.
    public init(path: String, checks: [Check]) {
      self.path = path
      self.checks = checks
      ok = checks.allSatisfy(\.ok)
    }
  }

  /// One thing that was looked at.
  public struct Check: Sendable, Encodable, Equatable {
    /// What was looked at: `structure`, `checksums`, `digests`, `finite values`.
    public let name: String
    /// Whether it is as it should be.
    public let ok: Bool
    /// What was seen, in words.
    public let text: String

    /// Creates a check.
    public init(name: String, ok: Bool, text: String) {
      self.name = name
      self.ok = ok
      self.text = text
    }
  }

  /// The verdict on each file, and its checks below it.
  public var text: String {
    files.map { file in
      let verdict = "\(file.path.terminalSafe): \(file.ok ? "ok" : "failed")\n"
      let checks = file.checks.map { ["  " + ($0.ok ? "ok" : "failed"), $0.name, $0.text] }
      return verdict + Table.lines(checks)
    }.joined()
  }
}
