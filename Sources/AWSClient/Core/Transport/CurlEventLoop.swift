import CCurlCrypto
import Glibc
import Synchronization

/// The thread that runs every transfer of a process through one curl multi handle.
///
/// `@unchecked Sendable`: the handle, and every property that changes outside the lock, is the thread's alone.
final class CurlEventLoop: @unchecked Sendable {
  private enum Command {
    case start(CurlTransfer)
    case cancel(CurlTransfer)
    case stop
  }
  private struct Queue {
    var commands: [Command] = []
    /// True while the thread sleeps or is about to; only then does it need a wake-up.
    var isWaiting = false
    var isStopped = false
  }

  private let multi: UnsafeMutableRawPointer
  /// Wakes the thread. Whoever writes to it holds the loop, which closes it at its end.
  private let wakeDescriptor: Int32
  /// Nil for libcurl's own choice.
  private let certificateAuthorityFile: String?
  private let trust: OpaquePointer?
  private let proxies: ProxySettings
  private let queue = Mutex(Queue())
  private var running: [ObjectIdentifier: CurlTransfer] = [:]
  private var idleHandles: [UnsafeMutableRawPointer] = []

  private static let stackBytes = 512 << 10
  private static let maximumConnectionsPerHost = 64
  private static let maximumIdleHandles = 16

  init(certificateAuthorityFile: String?, proxies: ProxySettings) throws {
    guard let multi = carb_multi_create(CurlEventLoop.maximumConnectionsPerHost) else {
      throw AWSError(code: AWSError.connectionCode, message: "libcurl could not be started")
    }
    self.multi = multi
    self.proxies = proxies
    self.certificateAuthorityFile = certificateAuthorityFile
    wakeDescriptor = carb_wake_create()
    trust = certificateAuthorityFile.flatMap { carb_trust_create($0) }
    do {
      guard wakeDescriptor >= 0 else { throw AWSError(code: AWSError.connectionCode, message: "the process has no file descriptor left") }
      guard trust != nil || certificateAuthorityFile == nil else {
        throw AWSError(code: AWSError.connectionCode, message: "no memory for the certificate authorities")
      }
      try startThread()
    } catch {
      carb_multi_free(multi)
      carb_trust_free(trust)
      throw error
    }
  }

  deinit { if wakeDescriptor >= 0 { close(wakeDescriptor) } }

  func start(_ transfer: CurlTransfer) {
    if !push(.start(transfer)) {
      transfer.finish(throwing: AWSError(code: AWSError.connectionCode, message: "the transport has been closed"))
    }
  }

  func cancel(_ transfer: CurlTransfer) { _ = push(.cancel(transfer)) }

  /// Ends every transfer and then the thread.
  func stop() { _ = push(.stop) }

  private func push(_ command: Command) -> Bool {
    let (isTaken, isWaiting) = queue.withLock { queue in
      guard !queue.isStopped else { return (false, false) }
      queue.commands.append(command)
      defer { queue.isWaiting = false }
      return (true, queue.isWaiting)
    }
    // Not within the lock: the thread would wake to wait for it.
    if isWaiting { carb_wake(wakeDescriptor) }
    return isTaken
  }

  // MARK: The thread

  private func startThread() throws {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, CurlEventLoop.stackBytes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self)
    let result = pthread_create(
      &thread, &attributes,
      { context in
        guard let context else { return nil }
        Unmanaged<CurlEventLoop>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    guard result == 0 else {
      context.release()
      throw AWSError(code: AWSError.connectionCode, message: "no thread could be started for requests (error \(result))")
    }
  }

  private func run() {
    carb_name_thread(CurlEventLoop.threadName)
    blockSignals()
    while true {
      var commands = takeCommands()[...]
      while let command = commands.popFirst() {
        switch command {
        case .start(let transfer): begin(transfer)
        case .cancel(let transfer):
          transfer.isCancelled = true
          // One that has not begun is left to `begin`: its task may still be setting `sink`.
          if running[ObjectIdentifier(transfer)] != nil { end(transfer, throwing: CancellationError()) }
        case .stop: return shutDown(leaving: commands)
        }
      }
      carb_multi_perform(multi)
      if endFinishedTransfers() { continue }
      let idleLimit = endIdleTransfers()
      let mayWait = queue.withLock { queue in
        queue.isWaiting = queue.commands.isEmpty
        return queue.isWaiting
      }
      if mayWait { carb_multi_wait(multi, wakeDescriptor, Int32(clamping: min(idleLimit, 60_000))) }
    }
  }

  /// As it shows in /proc and in debuggers.
  static let threadName = "aws-transfers"

  /// A write to a connection that the peer has closed must not end the process, and other signals are for other threads; but those that
  /// a fault of this thread raises would, when blocked, end the process without a word of the crash reporter's.
  private func blockSignals() {
    var signals = sigset_t()
    sigfillset(&signals)
    for fault in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] { sigdelset(&signals, fault) }
    // Sets the mask and adds nothing to it: the thread has inherited that of whoever sent the first request.
    pthread_sigmask(SIG_SETMASK, &signals, nil)
  }

  private func takeCommands() -> [Command] {
    queue.withLock { queue in
      queue.isWaiting = false
      guard !queue.commands.isEmpty else { return [] }
      let commands = queue.commands
      queue.commands = []
      return commands
    }
  }

  private func begin(_ transfer: CurlTransfer) {
    // A cancellation can overtake the start.
    guard !transfer.isCancelled else { return transfer.finish(throwing: CancellationError()) }
    guard let easy = idleHandles.popLast() ?? makeHandle() else {
      return transfer.finish(throwing: AWSError(code: AWSError.connectionCode, message: "libcurl has no memory for another transfer"))
    }
    transfer.easy = easy
    transfer.apply(to: easy, proxies: proxies)
    if transfer.request.idleTimeoutMilliseconds != nil { transfer.lastActivityMilliseconds = CurlEventLoop.nowMilliseconds() }
    running[ObjectIdentifier(transfer)] = transfer
    guard carb_multi_add(multi, easy) == 1 else {
      return end(transfer, throwing: AWSError(code: AWSError.connectionCode, message: "libcurl did not take the transfer"))
    }
  }

  private func endFinishedTransfers() -> Bool {
    var hasEnded = false
    var outcome = CARB_DONE
    var text: UnsafePointer<CChar>?
    while let context = carb_multi_next_ended(multi, &outcome, &text) {
      hasEnded = true
      let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
      let reason = text.map { String(cString: $0) } ?? ""
      end(
        transfer,
        throwing: outcome == CARB_DONE
          ? nil
          : CurlFailure.ofRule(transfer, outcome)
            ?? CurlFailure.error(outcome, reason, transfer.request, certificateAuthorityFile: certificateAuthorityFile))
    }
    return hasEnded
  }

  /// Ends transfers that have stood still for too long; answers with the milliseconds until the next one may have.
  private func endIdleTransfers() -> Int64 {
    var next = Int64.max
    var idle: [CurlTransfer] = []
    var now: Int64?
    for transfer in running.values {
      guard let limit = transfer.request.idleTimeoutMilliseconds, let easy = transfer.easy else { continue }
      let time = now ?? CurlEventLoop.nowMilliseconds()
      now = time
      let progress = carb_easy_progress(easy)
      if progress != transfer.lastProgress {
        transfer.lastProgress = progress
        transfer.lastActivityMilliseconds = time
      }
      // In this order no limit is too large.
      let left = limit - (time - transfer.lastActivityMilliseconds)
      if left <= 0 { idle.append(transfer) } else { next = min(next, left) }
    }
    for transfer in idle { end(transfer, throwing: CurlFailure.idle(transfer.request)) }
    return idle.isEmpty ? next : 0
  }

  /// A clock that nobody sets.
  private static func nowMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }

  private func end(_ transfer: CurlTransfer, throwing error: (any Error)?) {
    if let easy = transfer.easy {
      carb_multi_remove(multi, easy)
      carb_easy_forget_content(easy)
      carb_list_free(transfer.headerList)
      transfer.headerList = nil
      transfer.dropAddressGuard(of: easy)
      transfer.easy = nil
      if idleHandles.count < CurlEventLoop.maximumIdleHandles { idleHandles.append(easy) } else { carb_easy_free(easy) }
    }
    running[ObjectIdentifier(transfer)] = nil
    transfer.finish(throwing: error)
  }

  /// Ends what runs and what has not begun: `commands`, which have been taken from the queue, and those still in it.
  private func shutDown(leaving commands: ArraySlice<Command>) {
    let waiting = queue.withLock { queue in
      queue.isStopped = true
      defer { queue.commands = [] }
      return commands + queue.commands
    }
    let message = "the transport has been closed"
    let unsent = AWSError(code: AWSError.connectionCode, message: message)
    for case .start(let transfer) in waiting { transfer.finish(throwing: transfer.isCancelled ? CancellationError() : unsent) }
    for transfer in Array(running.values) { end(transfer, throwing: AWSError(code: AWSError.lostCode, message: message)) }
    for easy in idleHandles { carb_easy_free(easy) }
    carb_multi_free(multi)
    carb_trust_free(trust)
  }

  /// A handle with everything set that is the same for all requests.
  private func makeHandle() -> UnsafeMutableRawPointer? {
    carb_easy_create(
      trust,
      { data, size, count, context in
        guard let context else { return 0 }
        let line = UnsafeRawBufferPointer(start: data, count: size * count)
        Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue().receive(headerLine: line)
        return size * count
      },
      { data, size, count, context in
        guard let context else { return 0 }
        let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
        // Another number than that of the bytes ends the transfer.
        return Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue().receive(body: bytes) ? size * count : 0
      })
  }
}
