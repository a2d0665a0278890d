import CSandboxProcess
internal import Glibc
import JSON

/// One run in a thread of its own: the conversation with a child, and the child.
///
/// Starting, reading, waiting and reaping may take a while, so that none of it is on the threads that run Swift's tasks.
/// `@unchecked Sendable`: what changes is the thread's alone until `run` has returned; `mailbox` is made for several.
final class SandboxSession: @unchecked Sendable {
  /// Who answers calls.
  enum Responder {
    /// `perform` starts what will be posted to the mailbox.
    case host(any SandboxHost, perform: @Sendable (HostCall) -> Void)
    case record(ReplayScript)
    /// Nobody: a module that is only compiled is granted nothing.
    case nobody
  }

  /// What JSON that is nested as deep as it may be takes, in a debug build too.
  private static let stackBytes = 2 << 20
  private static let bufferBytes = 1 << 16
  /// As it shows in /proc and in debuggers.
  static let threadName = "sandbox-run"
  /// What a child has from closing its pipe to its end.
  private static let exitNanoseconds: Int64 = 1_000_000_000
  /// How often is looked whether a child has ended, where the system does not tell.
  private static let lookMilliseconds: Int32 = 20
  /// How long a child is silent before is looked whether it waits for what its record does not have.
  private static let silenceMilliseconds: Int32 = 50

  let mailbox = Mailbox()
  private let program: SandboxProgram
  private let begun = monotonicNanoseconds()
  private let deadline: Int64
  private let deadlineFailure: SandboxFailure
  private(set) var conversation: SandboxConversation
  private(set) var responder: Responder
  private(set) var usage = SandboxUsage()

  private var thread = pthread_t()
  private var onEnd: (@Sendable () -> Void)?
  private var isPipeClosed = false
  /// When a child that has closed its pipe must have ended.
  private var lastExit = Int64.max
  /// When the child may have used all of its processor time.
  private var nextCPUCheck: Int64
  /// How many of the conversation's entries the record has been compared with.
  private var comparedEntries = 0

  /// - Parameters:
  ///   - milliseconds: what the run may take from now on.
  ///   - deadlineFailure: what it comes to when it takes longer.
  init(
    _ program: SandboxProgram, _ terms: SandboxConversation.Terms, _ responder: Responder, milliseconds: Int64,
    deadlineFailure: SandboxFailure
  ) {
    self.program = program
    self.responder = responder
    self.deadlineFailure = deadlineFailure
    conversation = SandboxConversation(terms)
    // A year is for ever, and does not overflow.
    deadline = begun + min(max(milliseconds, 0), 31_536_000_000) * 1_000_000
    nextCPUCheck = begun
  }

  /// Runs to the end, which `conversation` tells then.
  func run() async {
    let isStarted = await withCheckedContinuation { continuation in
      onEnd = { continuation.resume(returning: true) }
      let error = start()
      if error != 0 {
        conversation.end(ChildProcess.notStarted("a thread of its own", error))
        continuation.resume(returning: false)
      }
    }
    // It has nothing left to do, and is not there any more for whoever counts threads.
    if isStarted { pthread_join(thread, nil) }
    onEnd = nil
  }

  /// 0, or the error for which there is no thread.
  private func start() -> Int32 {
    // Before there is a thread that would have an arena of its own.
    _ = ParentMemory.isClosed
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, Self.stackBytes)
    let context = Unmanaged.passRetained(self)
    let error = pthread_create(
      &thread, &attributes,
      { context in
        guard let context else { return nil }
        let session = Unmanaged<SandboxSession>.fromOpaque(context).takeRetainedValue()
        sandbox_thread_prepare(SandboxSession.threadName)
        session.converse()
        session.onEnd?()
        return nil
      }, context.toOpaque())
    if error != 0 { context.release() }
    return error
  }

  // MARK: The thread

  private func converse() {
    defer {
      mailbox.close()
      usage.wallMilliseconds = Int((monotonicNanoseconds() - begun + 500_000) / 1_000_000)
      usage.hostCalls = conversation.hostCallCount
      usage.outputBytes = conversation.logBytes
      if case .result(let bytes, _) = conversation.ending { usage.outputBytes += bytes.count }
    }
    // A module that cannot be run needs no process to be told so.
    let beginning = conversation.begin()
    guard conversation.ending == nil else { return }
    if !ParentMemory.isClosed, conversation.terms.lockPolicy == .required {
      return conversation.end(
        SandboxFailure(.notLocked, "not run, since this process could not close its memory to its child (PR_SET_DUMPABLE)"))
    }
    guard monotonicNanoseconds() < deadline else { return conversation.end(deadlineFailure) }
    guard let wake = mailbox.open() else { return conversation.end(ChildProcess.notStarted("its descriptors", errno)) }
    let child: ChildProcess
    do throws(SandboxFailure) {
      child = try ChildProcess(program)
    } catch {
      return conversation.end(error)
    }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.bufferBytes, alignment: 16)
    defer { buffer.deallocate() }
    perform(beginning, child)
    while conversation.ending == nil { turn(child, wake, buffer) }
    _ = child.look()
    child.finish()
    usage.cpuMilliseconds = (child.cpuMicroseconds + 500) / 1_000
    usage.peakMemoryBytes = child.peakBytes
  }

  /// Waits for something to happen, and does what it asks for.
  private func turn(_ child: ChildProcess, _ wake: Int32, _ buffer: UnsafeMutableRawBufferPointer) {
    let readable = Int16(POLLIN)
    var waits = [
      pollfd(fd: wake, events: readable, revents: 0), pollfd(fd: isPipeClosed ? -1 : child.fromChild, events: readable, revents: 0),
      pollfd(fd: child.endDescriptor, events: readable, revents: 0),
      pollfd(fd: child.hasOutgoing ? child.toChild : -1, events: Int16(POLLOUT), revents: 0),
    ]
    let count = poll(&waits, 4, pollMilliseconds(child))
    if count < 0, errno != EINTR {
      conversation.end(SandboxFailure(.crashed, "the child could not be watched: \(String(cString: strerror(errno)))"))
    }
    if count == 0, case .record(var script) = responder, child.waitsToBeTold {
      script.isStuck()
      responder = .record(script)
      if let failure = script.end { conversation.end(failure) }
    }
    if count > 0 {
      if waits[0].revents != 0 { takeMail(child) }
      if waits[3].revents != 0 { child.sendMore() }
      if waits[1].revents != 0 { _ = receive(child, buffer) }
    }
    if waits[2].revents != 0 || child.endDescriptor < 0, var end = child.reapIfEnded() {
      // The kernel's last word, when the time has long been over.
      if end == .signaled(SIGKILL), child.cpuMicroseconds / 1_000 >= conversation.terms.limits.cpuMilliseconds { end = .signaled(SIGXCPU) }
      // What it said before it ended is still in the pipe.
      while conversation.ending == nil, receive(child, buffer) {}
      conversation.childEnded(end)
    }
    checkTime(child)
  }

  /// False when there was nothing to receive.
  private func receive(_ child: ChildProcess, _ buffer: UnsafeMutableRawBufferPointer) -> Bool {
    var actions: [SandboxConversation.Action] = []
    switch child.receive(into: buffer, { actions = conversation.receive($0) }) {
    case .bytes:
      perform(actions, child)
      return true
    case .nothing: return false
    case .closed:
      if !isPipeClosed { lastExit = monotonicNanoseconds() + Self.exitNanoseconds }
      isPipeClosed = true
      return false
    }
  }

  private func takeMail(_ child: ChildProcess) {
    for message in mailbox.take() {
      switch message {
      case .answer(let id, let answer): perform(conversation.answer(id, answer), child)
      case .cancel: conversation.end(SandboxFailure(.cancelled, "the run was cancelled"))
      }
    }
  }

  private func pollMilliseconds(_ child: ChildProcess) -> Int32 {
    let left = min(deadline, lastExit, nextCPUCheck) - monotonicNanoseconds()
    var milliseconds = Int32(clamping: max(0, left + 999_999) / 1_000_000)
    if child.endDescriptor < 0 { milliseconds = min(milliseconds, Self.lookMilliseconds) }
    if case .record = responder { milliseconds = min(milliseconds, Self.silenceMilliseconds) }
    return milliseconds
  }

  private func checkTime(_ child: ChildProcess) {
    let now = monotonicNanoseconds()
    if now >= deadline { conversation.end(deadlineFailure) }
    if now >= lastExit { conversation.childEnded(.silent) }
    guard now >= nextCPUCheck, conversation.ending == nil else { return }
    let limit = conversation.terms.limits.cpuMilliseconds
    let left = limit + SandboxLimits.cpuGraceMilliseconds - (child.cpuMilliseconds ?? 0)
    if left <= 0 {
      conversation.end(SandboxFailure(.cpuLimit, "the module used more than \(limit) ms of processor time"))
    } else {
      // Not earlier, unless it has several processors.
      nextCPUCheck = now + Int64(left) * 1_000_000
    }
  }

  // MARK: Actions

  private func perform(_ actions: [SandboxConversation.Action], _ child: ChildProcess) {
    // What follows from an action comes behind those that are there: frames go out in the order of the entries.
    var queue = actions
    var index = 0
    queue += repeatAnswers()
    while index < queue.count {
      let action = queue[index]
      index += 1
      switch (action, responder) {
      case (.log(let level, let message), .host(let host, _)): host.log(level, message)
      // After the end there is nobody left who would hear of it.
      case _ where conversation.ending != nil: break
      case (.send(let frame), _): child.send(frame)
      case (.inspect(let held), _): queue += conversation.inspected(contradiction: child.look()?.contradiction(of: held))
      case (.perform(let call), .host(let host, _)) where call.function == .now:
        queue += conversation.answer(call.id, .success(JSONValue.number(host.nowMilliseconds()).bytes))
      case (.perform(let call), .host(_, let perform)): perform(call)
      case (.perform, _), (.log, _): break
      }
      queue += repeatAnswers()
    }
  }

  /// Compares what the module has done with the record; gives it the answers that are due.
  private func repeatAnswers() -> [SandboxConversation.Action] {
    guard case .record(var script) = responder else { return [] }
    var actions: [SandboxConversation.Action] = []
    while comparedEntries < conversation.entries.count {
      let entry = conversation.entries[comparedEntries]
      comparedEntries += 1
      for answer in script.answers(after: entry) { actions += conversation.repeatAnswer(answer) }
    }
    responder = .record(script)
    if let failure = script.end { conversation.end(failure) }
    return actions
  }
}
