internal import Foundation
internal import SpectrimReports
internal import Synchronization

/// The two outputs: results go to standard output, everything else to standard error.
enum Console {
  /// Whether a person watches the progress.
  static let progressIsVisible = isatty(STDERR_FILENO) == 1

  /// Prints a result; text that ends in a line feed gets no second one.
  static func print(_ text: String) {
    let line = text.hasSuffix("\n") ? text : text + "\n"
    do { try FileHandle.standardOutput.write(contentsOf: Data(line.utf8)) } catch {
      let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
      let code = Int32((cause ?? error as NSError).code)
      // A reader that went away, such as `head`, is no failure of ours.
      if code != EPIPE { failure.withLock { $0 = String(cString: strerror(code)) } }
    }
  }

  /// Checks that every result was printed: a script must not take a full disk for success.
  /// - Throws: `Failure`.
  static func checkAllWasPrinted() throws {
    guard let reason = failure.withLock(\.self) else { return }
    throw Failure(.cannotWrite, "standard output cannot be written: \(reason)")
  }

  private static let failure = Mutex<String?>(nil)

  /// Prints a warning; it may quote a file, hence nothing in it may steer the terminal.
  static func warning(_ text: String) {
    write("warning: \(text.terminalSafe)\n", to: .standardError)
  }

  /// Prints an error, in one line and as harmless as a warning.
  static func error(_ text: String) { write("error: \(text.terminalSafe)\n", to: .standardError) }

  /// Writes to the terminal what nobody waits for.
  static func write(_ text: String, to handle: FileHandle) {
    try? handle.write(contentsOf: Data(text.utf8))
  }
}

/// One line on standard error that says how far long work is and how long it will still take.
final class Progress {
  private let title: String
  private let isVisible: Bool
  private let start = ContinuousClock.now
  private var lastShown: ContinuousClock.Instant?

  /// Between two lines nothing changes that an eye could see.
  private static let interval = Duration.milliseconds(100)

  init(_ title: String, isQuiet: Bool) {
    self.title = title
    isVisible = Console.progressIsVisible && !isQuiet
  }

  /// Shows the share that is done, 0…1, with a word about what is going on.
  func show(_ fraction: Double, _ detail: String = "") {
    let now = ContinuousClock.now
    guard isVisible, fraction >= 1 || lastShown.map({ now - $0 > Self.interval }) ?? true else {
      return
    }
    lastShown = now
    let elapsed = (now - start) / .seconds(1)
    let left = fraction > 0 ? elapsed * (1 - fraction) / fraction : 0
    let percent = Int((100 * fraction).rounded(.down))
    Console.write(
      "\r\u{1B}[K\(title) \(percent) % \(detail.terminalSafe), \(Int(left.rounded(.up))) s left",
      to: .standardError)
  }

  /// Takes the line away, so that something else can be printed.
  func clear() {
    if lastShown != nil { Console.write("\r\u{1B}[K", to: .standardError) }
    lastShown = nil
  }

  deinit { clear() }
}
