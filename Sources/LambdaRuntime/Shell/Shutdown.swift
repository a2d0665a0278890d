internal import Glibc
internal import Synchronization

/// Runs a function's shutdown hook once, within its time.
final class ShutdownHookRun: Sendable {
  private let hook: ShutdownHook
  private let log: RuntimeLog
  private let isStarted = Atomic(false)
  private let isDone = Atomic(false)
  private let condition = ThreadCondition()

  init(_ hook: @escaping ShutdownHook, _ log: RuntimeLog) {
    self.hook = hook
    self.log = log
  }

  /// Runs the hook unless it runs already, and waits for its end; false when it is not done at the given time, in milliseconds since the Unix
  /// epoch.
  func finish(untilMilliseconds time: Int64) -> Bool {
    if !isStarted.exchange(true, ordering: .acquiringAndReleasing) {
      // Detached: the slots' threads may all be waiting for events.
      Task.detached {
        await self.hook()
        self.condition.lock()
        self.isDone.store(true, ordering: .releasing)
        self.condition.broadcastAndUnlock()
      }
    }
    condition.lock()
    defer { condition.unlock() }
    while !isDone.load(ordering: .acquiring) {
      if !condition.wait(untilMilliseconds: time) {
        log.log(
          .error, "the shutdown hook was not done in time; what it had left to do is lost", [("errorType", "Runtime.ShutdownTimeout")])
        return false
      }
    }
    return true
  }
}

/// Turns SIGTERM and SIGINT into a call on a thread of its own. A second signal ends the process at once.
///
/// The signal handler only counts and posts a semaphore, both of which are async-signal-safe; the calls that it interrupts are made again.
/// Signal masks stay as they are, so that child processes are not born deaf to SIGTERM.
enum ShutdownSignals {
  private struct Notice: @unchecked Sendable {  // Sendable because a semaphore is, and `signal` is written before it is posted.
    let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    let signal = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
  }

  nonisolated(unsafe) private static var notice: Notice?  // Written once, before the handlers are installed.

  /// `drain` gets the number of the signal.
  static func install(_ drain: @escaping @Sendable (Int32) -> Void) {
    guard notice == nil else { return }
    let made = Notice()
    sem_init(made.semaphore, 0, 0)
    made.signal.pointee = 0
    notice = made
    // Without the thread the signals keep their default: they end the process.
    guard
      startThread({
        while sem_wait(made.semaphore) == -1, errno == EINTR {}
        drain(made.signal.pointee)
      })
    else { return }
    for signal in [SIGTERM, SIGINT] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { signal in
        guard let notice = ShutdownSignals.notice else { return }
        if notice.signal.pointee != 0 { _exit(128 + signal) }
        notice.signal.pointee = signal
        sem_post(notice.semaphore)
      }
      action.sa_flags = SA_RESTART
      // The two must not interrupt each other.
      sigaddset(&action.sa_mask, SIGTERM)
      sigaddset(&action.sa_mask, SIGINT)
      sigaction(signal, &action, nil)
    }
  }
}

/// The internal extension that makes Lambda send SIGTERM before it ends the process.
/// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
enum ShutdownExtension {
  /// How long the Extensions API may take to answer, in seconds; a stand-in for it might not know it.
  private static let timeoutSeconds = 2

  /// Registers the extension. Where that fails the function runs all the same, and is not told before its end.
  static func register(_ loop: RuntimeLoop) {
    if let problem = attempt(loop) {
      loop.log.log(.warn, "no shutdown extension, so the shutdown hook may not run on Lambda: \(problem)")
    }
  }

  /// Nil when it went well, else what went wrong.
  private static func attempt(_ loop: RuntimeLoop) -> String? {
    let requests = RuntimeRequests(authority: loop.address.authority)
    var socket = RuntimeSocket(loop.address, bufferSize: 4096)
    if let failure = socket.open() { return "\(failure)" }
    socket.limitReads(seconds: timeoutSeconds)
    guard case .sent = socket.send(requests.registration) else { return "the registration could not be sent" }
    var parser = HTTPResponseParser()
    while true {
      let bytes: UnsafeRawBufferPointer
      switch socket.receive() {
      case .failure(let failure): return "\(failure)"
      case .success(let received): bytes = received
      }
      do throws(HTTPProtocolError) {
        guard let response = bytes.isEmpty ? parser.finish() : try parser.feed(bytes) else {
          if bytes.isEmpty { return "the connection was closed" }
          continue
        }
        guard response.status == 200 else { return "the registration was answered with \(RuntimeProtocol.describe(response))" }
        guard let identifier = response.head["lambda-extension-identifier"], Invocation.isToken(identifier) else {
          return "the registration was answered without a usable Lambda-Extension-Identifier"
        }
        if !response.keepsConnection, let failure = socket.open() { return "\(failure)" }
        guard case .sent = socket.send(requests.nextExtensionEvent(identifier: identifier)) else {
          return "the extension could not be reported as ready"
        }
        // Left open and unread for the life of the process: this request is never answered, and its end would be the extension's.
        socket.abandon()
        return nil
      } catch {
        return "\(error)"
      }
    }
  }
}
