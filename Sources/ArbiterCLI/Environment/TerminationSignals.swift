import Glibc
import Synchronization

/// Waits for SIGINT, SIGTERM or SIGHUP instead of ending by them.
enum TerminationSignals {
  /// Call before any thread is started: threads inherit the mask.
  static func block() {
    var signals = mask
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  /// Blocks the calling thread until one of the signals comes.
  @discardableResult
  static func wait() -> Int32 {
    var signals = mask
    var number: Int32 = 0
    sigwait(&signals, &number)
    return number
  }

  private static let farewell = Mutex<String?>(nil)

  /// Sets what `endOnSignal` tells before it ends the process.
  static func setFarewell(_ text: String) { farewell.withLock { $0 = text } }

  /// Waits for a signal, tells what is worth knowing, and ends this process as if the signal had not been blocked.
  static func endOnSignal() -> Never {
    let number = wait()
    Terminal.error.live([])
    if let text = farewell.withLock({ $0 }) { Terminal.error.print(text) }
    end(by: number)
    exit(128 + number)
  }

  /// Ends this process by the signal itself, from which a shell sees that its script is to end too.
  private static func end(by number: Int32) {
    Glibc.signal(number, SIG_DFL)
    unblock()
    kill(getpid(), number)
  }

  private static func unblock() {
    var signals = mask
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// True once one of the signals has come, while they are blocked.
  static var isPending: Bool {
    var pending = sigset_t()
    sigpending(&pending)
    return [SIGINT, SIGTERM, SIGHUP].contains { sigismember(&pending, $0) == 1 && !isIgnored($0) }
  }

  private static var mask: sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(number) { sigaddset(&signals, number) }
    return signals
  }

  /// True when whoever started this process wants it to live on, as nohup does. A blocked signal would be pending all the same.
  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
