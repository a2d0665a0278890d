/// Starts and ends of the program.
extension RuntimeAPIMachine {
  /// Begins with INIT.
  mutating func begin(at now: Int64) { start(isSuppressed: false, now) }

  mutating func start(isSuppressed: Bool, _ now: Int64) {
    phase = .initializing(isSuppressed: isSuppressed)
    startedAt = now
    hasAskedForEvent = false
    initializationFailure = nil
    extensions = []
    waiting = []
    if !isSuppressed { emit(.log(.initializationStart(functionName: configuration.name, version: configuration.version))) }
    guard !configuration.externalExtensions.isEmpty else { return startProgram() }
    for name in configuration.externalExtensions.sorted() {
      runningExtensions.insert(name)
      emit(.startExtension(name))
    }
  }

  /// The runtime's turn comes when all external extensions have registered.
  mutating func startProgramWhenExtensionsAreThere() {
    guard case .initializing = phase, !isProgramRunning, configuration.externalExtensions.isSubset(of: extensions.map(\.name)) else {
      return
    }
    startProgram()
  }

  private mutating func startProgram() {
    isProgramRunning = true
    emit(.start)
  }

  /// The program is about to be started.
  mutating func programStarted(at now: Int64) {
    // With extensions, INIT has begun before.
    if configuration.externalExtensions.isEmpty { startedAt = now }
  }

  /// The program could not be started at all.
  mutating func programFailedToStart(_ reason: String, at now: Int64) {
    let type = "Runtime.InvalidEntrypoint"
    let requestID = active.first?.invocation.requestID
    initializationFailure = FunctionFailure(
      kind: .entrypoint, type: type, body: Self.errorBody(type, Self.platformMessage(reason, requestID)))
    programEnded(.exited(1), at: now)
  }

  /// The program has ended, as it should or not.
  mutating func programEnded(_ end: ProcessEnd, at now: Int64) {
    isProgramRunning = false
    killAt = nil
    let was = phase
    waiting = []
    incoming = []
    switch was {
    case .initializing(let isSuppressed):
      failInitialization(end, isSuppressed: isSuppressed, now)
    case .ready, .cold:
      failActive(end, now)
    case .stopping: completeAll(now)
    case .stopped: return
    }
    if case .stopping(let reason) = was { finishStopping(reason, now) } else { stopExtensions(.failure, now) }
    finishIfGone(now)
  }

  private mutating func failInitialization(_ end: ProcessEnd, isSuppressed: Bool, _ now: Int64) {
    let requestID = active.first?.invocation.requestID
    let type = "Runtime.ExitError"
    let failure =
      initializationFailure
      ?? FunctionFailure(kind: .exit, type: type, body: Self.errorBody(type, Self.platformMessage(end.reason, requestID)))
    emit(
      .log(
        .initializationReport(
          nanoseconds: now - startedAt, phase: isSuppressed ? "invoke" : "init", status: "error",
          errorType: Self.validErrorType(failure.type))))
    if !isSuppressed { emit(.startFailed(failure)) }
    for index in active.indices { settle(index, .failure(failure), at: now) }
    completeAll(now)
  }

  private mutating func failActive(_ end: ProcessEnd, _ now: Int64) {
    for index in active.indices {
      let message = Self.platformMessage(end.reason, active[index].invocation.requestID)
      let failure = FunctionFailure(kind: .exit, type: "Runtime.ExitError", body: Self.errorBody("Runtime.ExitError", message))
      active[index].answer = nil
      settle(index, .failure(failure), at: now)
      active[index].failure = active[index].failure ?? failure
    }
    completeAll(now)
  }

  mutating func completeAll(_ now: Int64) {
    while !active.isEmpty {
      // One that has no outcome was given up with the environment: its caller has gone.
      if active[0].outcome == nil { active.removeFirst() } else { complete(0, at: now) }
    }
  }

  // MARK: Shutdown

  /// Ends the environment; what is queued is given up, what runs has the time that Lambda grants.
  mutating func shutDown(at now: Int64) {
    guard !wantsShutdown else { return }
    wantsShutdown = true
    queue = []
    switch phase {
    case .cold: finishIfGone(now)
    case .initializing, .ready: stopProgram(.spindown, now)
    case .stopping, .stopped: break
    }
  }

  /// SIGTERM and a while, when an extension is registered; else SIGKILL at once.
  mutating func stopProgram(_ reason: ShutdownReason, _ now: Int64) {
    phase = .stopping(reason)
    guard isProgramRunning else {
      completeAll(now)
      finishStopping(reason, now)
      finishIfGone(now)
      return
    }
    guard !extensions.isEmpty else { return emit(.signal(Signal.kill)) }
    if extensions.contains(where: \.isExternal) {
      let share = Self.runtimeShareOfShutdown
      killAt = now + Self.externalShutdownNanoseconds / share.denominator * share.numerator
      shutdownEndsAt = now + Self.externalShutdownNanoseconds
    } else {
      killAt = now + Self.internalShutdownNanoseconds
    }
    emit(.signal(Signal.terminate))
  }

  private mutating func finishStopping(_ reason: ShutdownReason, _ now: Int64) { stopExtensions(reason, now) }

  /// External extensions hear of the shutdown when the runtime is gone, if they have asked to; the others are ended at once.
  private mutating func stopExtensions(_ reason: ShutdownReason, _ now: Int64) {
    let ends = shutdownEndsAt ?? now + Self.externalShutdownNanoseconds
    for name in runningExtensions.sorted() {
      guard let index = extensions.firstIndex(where: { $0.name == name }), extensions[index].events.contains("SHUTDOWN"),
        let connection = extensions[index].waiting
      else {
        emit(.signalExtension(name, Signal.kill))
        continue
      }
      extensions[index].waiting = nil
      emit(.reply(connection, Self.shutdownEvent(reason, deadlineMilliseconds: epochMilliseconds(ends))))
      shutdownEndsAt = ends
    }
    if runningExtensions.isEmpty { shutdownEndsAt = nil }
  }

  /// An external extension has ended.
  mutating func extensionEnded(_ name: String, at now: Int64) {
    runningExtensions.remove(name)
    extensions.removeAll { $0.name == name && $0.isExternal }
    switch phase {
    case .initializing, .ready:
      // An extension that ends takes the environment with it.
      initializationFailure =
        initializationFailure
        ?? FunctionFailure(
          kind: .exit, type: "Extension.Crash",
          body: Self.errorBody("Extension.Crash", "the extension \(name) ended before the environment"))
      for index in active.indices { if let failure = initializationFailure { settle(index, .failure(failure), at: now) } }
      stopProgram(.failure, now)
    default: break
    }
    finishIfGone(now)
  }

  /// Begins anew when all processes are gone, or ends for good.
  private mutating func finishIfGone(_ now: Int64) {
    guard !isProgramRunning, runningExtensions.isEmpty else { return }
    extensions = []
    shutdownEndsAt = nil
    if wantsShutdown {
      if phase != .stopped {
        phase = .stopped
        emit(.stopped)
      }
      return
    }
    phase = .cold
    advance(now)
  }

  static func platformMessage(_ reason: String, _ requestID: String?) -> String {
    requestID.map { "RequestId: \($0) Error: \(reason)" } ?? reason
  }
}
