internal import Glibc

/// Lambda's execution environment on this machine: serves the Runtime API, runs the function's program, and ends it when its time is up.
///
/// One thread does it all, the one that calls `run`: it waits with poll(2), and each request is answered before the next is looked at.
public final class ExecutionEnvironment {
  private var machine: RuntimeAPIMachine
  private let platformLog: PlatformLog
  private let program: Program?
  private let extensionPrograms: [String: Program]
  private unowned let observer: any ExecutionObserver
  private let epochMilliseconds: @Sendable (Int64) -> Int64
  /// False when nobody wants lines and memory of each invocation, as in a measurement.
  private let reports: Bool

  private var listener: Int32
  /// "127.0.0.1:PORT", the value of AWS_LAMBDA_RUNTIME_API.
  public let address: String

  private var connections: [Connection] = []
  private var nextIdentifier = 0
  private var polled: [pollfd] = []
  private var effects: [RuntimeAPIMachine.Effect] = []
  private var head: [UInt8] = []
  private var process: ProgramProcess?
  private var extensionProcesses: [(name: String, process: ProgramProcess)] = []
  private var spawnedAt: Int64 = 0
  private var hasAsked = false
  private var peakKilobytes = 0
  private var interruptionDue: Int64 = 0

  private static let interruptionIntervalMilliseconds: Int64 = 100
  private static let mostConnections = 1024

  /// Listens on a port of the loopback interface.
  /// - Parameters:
  ///   - program: what is started; nil when the runtime runs elsewhere, and is thought to have ended once its connections are closed.
  ///   - extensions: programs that register as external extensions, by name.
  ///   - reports: false leaves out the platform's lines, and the memory of each invocation.
  /// - Throws: `RuntimeAPIError` when the system has no socket or pipe left.
  public init(
    _ configuration: FunctionConfiguration, program: Program?, extensions: [String: Program] = [:], observer: any ExecutionObserver,
    reports: Bool = true
  ) throws(RuntimeAPIError) {
    var configuration = configuration
    configuration.externalExtensions.formUnion(extensions.keys)
    epochMilliseconds = epochMillisecondsOfMonotonicClock()
    machine = RuntimeAPIMachine(configuration, epochMilliseconds: epochMilliseconds, makeID: IdentifierSource().makeID)
    platformLog = PlatformLog(configuration: configuration)
    self.program = program
    extensionPrograms = extensions
    self.observer = observer
    self.reports = reports
    let (listener, port) = try LoopbackListener.listen()
    self.listener = listener
    address = "127.0.0.1:\(port)"
  }

  deinit { stopListening() }

  private func stopListening() {
    if listener >= 0 { close(listener) }
    listener = -1
  }

  // MARK: Running

  /// Starts the program, gives it one invocation after another, and ends it after the last. Once: then nobody listens any more.
  /// - Parameters:
  ///   - nextInvocation: asked when there is room for one more; nil ends the environment.
  ///   - isInterrupted: asked ten times a second; true gives up what is under way and ends the environment.
  public func run(_ nextInvocation: () -> Invocation?, isInterrupted: () -> Bool = { false }) {
    var isExhausted = false
    machine.begin(at: monotonicNanoseconds())
    while true {
      performEffects()
      removeClosed()
      if machine.phase == .stopped { break }
      while !isExhausted, machine.inFlight < machine.configuration.maximumConcurrency {
        if let invocation = nextInvocation() {
          machine.submit(invocation, at: monotonicNanoseconds())
        } else {
          isExhausted = true
        }
        performEffects()
      }
      if isExhausted, machine.inFlight == 0, !machine.wantsShutdown, !machine.isInitializing {
        machine.shutDown(at: monotonicNanoseconds())
        continue
      }
      if wait(), isInterrupted() { machine.shutDown(at: monotonicNanoseconds()) }
    }
    connections = []
    stopListening()
  }

  /// What the program takes, while it runs.
  public var usage: ResourceUsage? {
    guard let process, let time = process.processorNanoseconds, let peak = process.peakKilobytes else { return nil }
    return ResourceUsage(processorNanoseconds: time, peakKilobytes: peak)
  }

  /// Processor time that the program has taken, in nanoseconds; cheap enough to be asked between two invocations.
  public var processorNanoseconds: Int64? { process?.processorNanoseconds }

  /// Waits for requests, ends of processes, or the time. True when it is the time to ask for interruptions.
  private func wait() -> Bool {
    let now = monotonicNanoseconds()
    var milliseconds = Self.interruptionIntervalMilliseconds
    if let due = machine.nextDue { milliseconds = max(0, min(milliseconds, (due - now + 999_999) / 1_000_000)) }
    preparePolling()
    let ready = polled.withUnsafeMutableBufferPointer { poll($0.baseAddress, nfds_t($0.count), Int32(milliseconds)) }
    if ready > 0 { serveReady() }
    let after = monotonicNanoseconds()
    if let due = machine.nextDue, after >= due { machine.timePassed(after) }
    guard after >= interruptionDue else { return false }
    interruptionDue = after + Self.interruptionIntervalMilliseconds * 1_000_000
    if reports { notePeak() }
    reapEnded()
    return true
  }

  private func serveReady() {
    let hasNewConnection = polled[0].revents != 0
    let mayHaveEnded = polled[1].revents != 0 || polled[(connections.count + 2)...].contains(where: { $0.revents != 0 })
    // Positions stay valid: connections that close are removed after all have been looked at.
    for index in connections.indices where polled[index + 2].revents != 0 {
      serve(connections[index], polled[index + 2].revents)
      performEffects()
    }
    removeClosed()
    if hasNewConnection { acceptConnection() }
    if mayHaveEnded { reapEnded() }
  }

  /// The listener, the program, the connections in their order, and the extensions.
  private func preparePolling() {
    polled.removeAll(keepingCapacity: true)
    polled.append(pollfd(fd: connections.count < Self.mostConnections ? listener : -1, events: Int16(POLLIN), revents: 0))
    polled.append(pollfd(fd: process?.descriptor ?? -1, events: Int16(POLLIN), revents: 0))
    for connection in connections {
      polled.append(pollfd(fd: connection.descriptor, events: Int16(connection.hasPending ? POLLIN | POLLOUT : POLLIN), revents: 0))
    }
    for one in extensionProcesses { polled.append(pollfd(fd: one.process.descriptor, events: Int16(POLLIN), revents: 0)) }
  }

  // MARK: Connections

  private func acceptConnection() {
    let descriptor = accept(listener, nil, nil)
    guard descriptor >= 0 else { return }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    nextIdentifier += 1
    connections.append(Connection(nextIdentifier, descriptor: descriptor))
  }

  private func serve(_ connection: Connection, _ events: Int16) {
    if events & Int16(POLLOUT) != 0, !connection.writePending() { connection.isClosed = true }
    if connection.endsAfterWriting {
      if !connection.hasPending { connection.isClosed = true }
      return
    }
    while !connection.isClosed {
      let result = connection.read()
      let now = monotonicNanoseconds()
      if result == .closed {
        connection.isClosed = true
        break
      }
      parse(connection, now)
      if result == .nothingMore { break }
    }
  }

  private func parse(_ connection: Connection, _ now: Int64) {
    while !connection.endsAfterWriting, !connection.isClosed {
      let bytes = connection.unused
      if bytes.isEmpty, connection.parser.isIdle { return }
      let step: (event: RequestParser.Event, consumed: Int)
      do throws(RequestParseError) {
        step = try connection.parser.step(bytes)
      } catch {
        connection.consume(bytes.count)
        reply(connection, .malformed(error))
        return
      }
      switch step.event {
      case .needsMore: return
      case .head(let request):
        if request.route == .next, !hasAsked { noteStart(now) }
        if request.expectsContinue { _ = connection.write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8), []) }
        connection.closesAfterAnswer = request.isLast
        machine.requestBegan(connection.identifier, request, at: now)
      case .body(let offset, let count):
        if count > 0 {
          machine.requestBytes(connection.identifier, UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)]))
        }
      case .end(let trailers):
        machine.requestEnded(connection.identifier, trailers, at: now)
      }
      connection.consume(step.consumed)
      // Streamed pieces are seen as they come.
      if machine.hasEffects { performEffects() }
    }
  }

  private func removeClosed() {
    guard connections.contains(where: { $0.isClosed }) else { return }
    let now = monotonicNanoseconds()
    for connection in connections where connection.isClosed { machine.connectionClosed(connection.identifier, at: now) }
    connections.removeAll { $0.isClosed }
    if program == nil, connections.isEmpty, nextIdentifier > 0 { attachedProgramEnded() }
    performEffects()
  }

  private func noteStart(_ now: Int64) {
    hasAsked = true
    observer.started(nanoseconds: now - spawnedAt, usage)
  }

  // MARK: Effects

  private func performEffects() {
    while machine.hasEffects {
      var list: [RuntimeAPIMachine.Effect] = []
      swap(&list, &effects)
      machine.takeEffects(into: &list)
      for effect in list { perform(effect) }
      list.removeAll(keepingCapacity: true)
      swap(&list, &effects)
    }
  }

  private func perform(_ effect: RuntimeAPIMachine.Effect) {
    switch effect {
    case .deliver(let connection, let delivery): deliver(delivery, to: connection)
    case .reply(let identifier, let answer):
      if let connection = connections.first(where: { $0.identifier == identifier }) { reply(connection, answer) }
    case .answered(let requestID, let outcome, let roundTrip):
      if reports { notePeak() }
      observer.answered(requestID, outcome, roundTripNanoseconds: roundTrip)
    case .completed(let report): complete(report)
    case .startFailed(let failure): observer.startFailed(failure)
    case .streamed(let requestID, let contentType, let bytes): observer.streamed(bytes, contentType: contentType, requestID: requestID)
    case .log(let event):
      if reports {
        for line in platformLog.lines(event, epochMilliseconds: epochMilliseconds(monotonicNanoseconds())) { observer.logged(line) }
      }
    case .start: start()
    case .signal(let number):
      notePeak()
      if let process { process.signal(number) } else if program == nil { closeAttached() }
    case .startExtension(let name): startExtension(name)
    case .signalExtension(let name, let number):
      if let found = extensionProcesses.first(where: { $0.name == name }) {
        found.process.signal(number)
      } else {
        machine.extensionEnded(name, at: monotonicNanoseconds())
      }
    case .stopped: break
    }
  }

  private func deliver(_ delivery: RuntimeAPIMachine.Delivery, to identifier: Int) {
    guard let connection = connections.first(where: { $0.identifier == identifier }) else { return }
    head.removeAll(keepingCapacity: true)
    delivery.appendHead(to: &head, functionARN: machine.configuration.arn)
    machine.delivered(delivery.requestID, at: monotonicNanoseconds())
    if !connection.write(head, delivery.event) { connection.isClosed = true }
  }

  private func reply(_ connection: Connection, _ reply: Reply) {
    let closes = reply.isLast || connection.closesAfterAnswer
    if !connection.write(reply.head, reply.body) { connection.isClosed = true }
    if closes {
      connection.endsAfterWriting = true
      if !connection.hasPending { connection.isClosed = true }
    }
  }

  private func complete(_ report: InvocationReport) {
    if reports {
      notePeak()
      let megabytes = (peakKilobytes + 1023) / 1024
      let now = epochMilliseconds(monotonicNanoseconds())
      for line in platformLog.lines(report, maximumMemoryMegabytes: megabytes, epochMilliseconds: now) { observer.logged(line) }
    }
    observer.completed(report, peakMemoryKilobytes: peakKilobytes)
  }

  private func notePeak() { if let peak = process?.peakKilobytes { peakKilobytes = max(peakKilobytes, peak) } }

  // MARK: Processes

  private func start() {
    spawnedAt = monotonicNanoseconds()
    guard let program else { return machine.programStarted(at: spawnedAt) }
    do throws(RuntimeAPIError) {
      process = try ProgramProcess(program, runtimeAPI: address) {
        spawnedAt = monotonicNanoseconds()
        machine.programStarted(at: spawnedAt)
      }
    } catch {
      machine.programFailedToStart("fork/exec \(program.path): \(error)", at: monotonicNanoseconds())
    }
  }

  private func startExtension(_ name: String) {
    guard let program = extensionPrograms[name] else { return machine.extensionEnded(name, at: monotonicNanoseconds()) }
    do throws(RuntimeAPIError) {
      extensionProcesses.append((name, try ProgramProcess(program, runtimeAPI: address) {}))
    } catch {
      observer.logged("the extension \(name) could not be started: \(error)")
      machine.extensionEnded(name, at: monotonicNanoseconds())
    }
  }

  private func reapEnded() {
    let isOver = process?.hasEnded ?? false
    let extensions = extensionProcesses.filter { $0.process.hasEnded }
    guard isOver || !extensions.isEmpty else { return }
    // What they have sent before their end comes before their end.
    drain()
    let now = monotonicNanoseconds()
    for (name, process) in extensions {
      extensionProcesses.removeAll { $0.name == name }
      _ = process.reap()
      machine.extensionEnded(name, at: now)
    }
    if isOver, let process {
      self.process = nil
      let (end, peak) = process.reap()
      peakKilobytes = max(peakKilobytes, peak)
      machine.programEnded(end, at: now)
    }
    performEffects()
  }

  private func drain() {
    while true {
      preparePolling()
      // Processes that have ended stay readable.
      polled[1].fd = -1
      polled.removeLast(extensionProcesses.count)
      let ready = polled.withUnsafeMutableBufferPointer { poll($0.baseAddress, nfds_t($0.count), 0) }
      guard ready > 0 else { return }
      for index in connections.indices where polled[index + 2].revents != 0 {
        serve(connections[index], polled[index + 2].revents)
        performEffects()
      }
      removeClosed()
      if polled[0].revents != 0 { acceptConnection() }
    }
  }

  /// The runtime runs elsewhere: closing its connections is all that there is to end it.
  private func closeAttached() {
    for connection in connections { connection.isClosed = true }
    if connections.isEmpty { attachedProgramEnded() }
  }

  private func attachedProgramEnded() {
    guard machine.isProgramRunning else { return }
    machine.programEnded(.exited(0), at: monotonicNanoseconds())
  }
}
