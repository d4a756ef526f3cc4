internal import Dispatch
internal import Foundation
internal import SpectrimFiles

/// Ends the process cleanly on Ctrl-C, on a request to terminate and when the terminal goes: what is
/// half written goes.
enum Interrupt {
  /// Installs the handlers for the life of the process.
  static func handle() {
    // Writing to a closed pipe is an error of that write, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    // And so is a file that grows beyond what the shell allows.
    signal(SIGXFSZ, SIG_IGN)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        AtomicFile.removeUnfinished()
        Console.write("\n", to: .standardError)
        _exit(128 + number)
      }
      source.activate()
      sources.append(source)
    }
  }

  private static let queue = DispatchQueue(label: "spectrim.interrupt")
  // Written once, from `handle`, which the main thread calls before any other work.
  private nonisolated(unsafe) static var sources: [any DispatchSourceSignal] = []
}
