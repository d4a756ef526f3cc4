internal import ArgumentParser
internal import Foundation
internal import SpectrimCompression
internal import SpectrimCore
internal import SpectrimData
internal import SpectrimFiles
internal import SpectrimInterchange
internal import SpectrimLinearAlgebra
internal import SpectrimReports
internal import SpectrimTraining

/// The exit codes that scripts depend on.
enum ExitStatus: Int32 {
  /// A difference was found, a file failed verification, or a promise cannot be met.
  case finding = 1
  case usage = 64
  case badData = 65
  case noInput = 66
  case ourBug = 70
  case cannotWrite = 74
  case interrupted = 130
}

/// An error as the user sees it: an exit code and one sentence.
struct Failure: Error {
  let status: ExitStatus
  let message: String
  var path: String?
  var found: String?
  var expected: String?

  init(
    _ status: ExitStatus, _ message: String, path: String? = nil, found: String? = nil,
    expected: String? = nil
  ) {
    self.status = status
    self.message = message
    self.path = path
    self.found = found
    self.expected = expected
  }

  /// Says what went wrong on standard error, and with `--json` on standard output, and ends the
  /// process. This is the only place where an error becomes an exit code.
  static func exit(because error: any Error, asJSON: Bool) -> Never {
    // The parser has help, versions and its own usage errors.
    if RootCommand.exitCode(for: error) == .success || error is CleanExit {
      RootCommand.exit(withError: error)
    }
    if let code = error as? ExitCode { Foundation.exit(code.rawValue) }
    let failure = Failure(error)
    Console.error(failure.message)
    if asJSON {
      let report = ErrorReport(
        code: failure.status.rawValue, message: failure.message, path: failure.path,
        found: failure.found, expected: failure.expected)
      Console.print((try? report.json()) ?? "")
    }
    Foundation.exit(failure.status.rawValue)
  }

  /// Sorts the errors of all modules.
  private init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as ModelFileError:
      self.init(
        Self.status(of: error.code), error.description, path: error.file, found: error.found,
        expected: error.expected)
    case let error as InterchangeError:
      self.init(
        Self.status(of: error.code), error.description, path: error.file, found: error.found,
        expected: error.expected)
    case let error as DataError: self.init(error)
    case let error as ArchitectureError: self.init(.usage, "--arch: \(error)")
    case let error as CompressionError: self.init(error.isUsage ? .usage : .badData, "\(error)")
    case let error as LinearAlgebraError: self.init(.badData, "\(error)")
    case let error as TrainingError: self.init(.badData, "\(error)")
    case let error as ModelError: self.init(.badData, "\(error)")
    case is ValidationError:
      self.init(.usage, RootCommand.message(for: error))
    default:
      let isParserError = RootCommand.exitCode(for: error) == .validationFailure
      self.init(isParserError ? .usage : .ourBug, RootCommand.message(for: error))
    }
  }

  private init(_ error: DataError) {
    switch error {
    case .missing(let path, _), .unreadable(let path, _):
      self.init(.noInput, "\(error)", path: path)
    case .invalid(let path, let found, let expected):
      self.init(.badData, "\(error)", path: path, found: found, expected: expected)
    }
  }

  private static func status(of code: InterchangeError.Code) -> ExitStatus {
    switch code {
    case .cannotRead: .noInput
    case .invalid, .unsupported: .badData
    case .ambiguous: .usage
    case .cannotWrite: .cannotWrite
    }
  }

  private static func status(of code: ModelFileError.Code) -> ExitStatus {
    switch code {
    case .cannotRead: .noInput
    case .invalid: .badData
    case .exists, .cannotWrite: .cannotWrite
    }
  }
}
