internal import Glibc
internal import Synchronization

/// The process of a function, from its start to its end.
enum FunctionProcess {
  /// Milliseconds from the notice to the end; Lambda gives 500, of which some pass before this process runs.
  static let drainMilliseconds: Int64 = 400
  /// Of these, milliseconds for events that are still being served.
  static let graceMilliseconds: Int64 = 200

  /// Makes the handler, then serves events with it.
  static func run(_ environment: LambdaEnvironment, _ makeHandler: (LambdaEnvironment) throws -> ServedHandler) -> Never {
    let log = RuntimeLog(environment)
    let concurrency = Result { () throws(ConfigurationError) in try Self.concurrency(environment) }
    CrashReporter.install(isJSON: log.isJSON, slots: (try? concurrency.get()) ?? 1)
    let address: RuntimeAddress
    do throws(ConfigurationError) {
      address = try RuntimeAddress(environment)
    } catch {
      // There is nobody to tell but the log.
      log.log(.fatal, "the function cannot start: \(error)", [("errorType", error.lambdaErrorType)])
      end(1)
    }
    let loop = RuntimeLoop(address: address, environment: environment, log: log)
    let handler: ServedHandler
    var slots = 1
    do {
      slots = try concurrency.get()
      handler = try makeHandler(environment)
    } catch {
      refuseToStart(error, loop)
    }
    if slots > 1, !handler.isSendable {
      log.log(
        .warn, "the handler is not Sendable, so it serves one event at a time, not the \(slots) that AWS_LAMBDA_MAX_CONCURRENCY asks for")
      slots = 1
    }
    serve(handler, slots: slots, loop)
  }

  /// Events to serve at a time. 1600 is the most that Lambda lets one configure today; the bound leaves room.
  private static func concurrency(_ environment: LambdaEnvironment) throws(ConfigurationError) -> Int {
    try environment.integer("AWS_LAMBDA_MAX_CONCURRENCY", standard: 1, in: 1...10_000)
  }

  private static func serve(_ handler: ServedHandler, slots: Int, _ loop: RuntimeLoop) -> Never {
    guard slots > 1 || handler.shutdownHook != nil else { stop(loop.serve(handler), loop.log) }
    let crew = SlotCrew()
    let ending = handler.shutdownHook.map { ShutdownHookRun($0, loop.log) }
    if let ending {
      // Before the first GET next: Lambda takes no registration after that.
      ShutdownExtension.register(loop)
      ShutdownSignals.install { signal in drain(signal, crew, ending, loop.log) }
    }
    @Sendable func run(slot: Int) {
      let slot = RuntimeSlot(loop, number: slot, crew: crew)
      guard let reason = slot.serve(handler, setsTraceVariable: slots == 1) else { return }
      // The first slot that has to stop ends the process, when the others have answered the events they are serving.
      guard crew.retire() else { return }
      loop.log.log(.fatal, reason.message, [("errorType", "Runtime.Stopped")])
      if !crew.waitUntilIdle() { loop.log.log(.warn, "the process ends while an event is being served whose deadline has passed") }
      _ = ending?.finish(untilMilliseconds: nowMilliseconds() + drainMilliseconds)
      end(reason.exitStatus)
    }
    for number in 1..<max(slots, 1) {
      let started = startThread {
        CrashReporter.enter(slot: number)
        run(slot: number)
      }
      if !started {
        let expected = "so many threads as this environment can start: \(number) run, the next one cannot be started"
        refuseToStart(ConfigurationError(variable: "AWS_LAMBDA_MAX_CONCURRENCY", value: "\(slots)", expected: expected), loop)
      }
    }
    run(slot: 0)
    // Another thread ends the process.
    while true { pause() }
  }

  /// Tells the log and the Runtime API why there is nothing to run.
  private static func refuseToStart(_ error: any Error, _ loop: RuntimeLoop) -> Never {
    let failure = InvocationFailure(error, category: "Runtime")
    loop.log.log(.fatal, "the function cannot start: \(failure.message)", [("errorType", failure.type)])
    let reason = loop.reportInitializationFailure(failure)
    if reason.message != RuntimeProtocol.startFailed { loop.log.log(.fatal, reason.message, [("errorType", "Runtime.Stopped")]) }
    end(reason.exitStatus)
  }

  private static func stop(_ reason: RuntimeProtocol.StopReason, _ log: RuntimeLog) -> Never {
    log.log(.fatal, reason.message, [("errorType", "Runtime.Stopped")])
    end(reason.exitStatus)
  }

  /// Ends the process after a notice: no new events, a moment for those under way, then the function's own work.
  private static func drain(_ signal: Int32, _ crew: SlotCrew, _ ending: ShutdownHookRun, _ log: RuntimeLog) -> Never {
    let start = nowMilliseconds()
    _ = crew.retire()
    if !crew.waitUntilIdle(untilMilliseconds: start + graceMilliseconds) {
      log.log(.warn, "the process ends while an event is being served, \(graceMilliseconds) ms after it was told to")
    }
    end(ending.finish(untilMilliseconds: start + drainMilliseconds) ? 0 : 1)
  }

  private static let isEnding = Atomic(false)

  /// Ends the process once, whichever thread is the first.
  static func end(_ status: Int32) -> Never {
    if !isEnding.exchange(true, ordering: .relaxed) { exit(status) }
    while true { pause() }
  }
}

/// Starts a thread that runs `body`; false when there can be no more threads.
func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
  final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var thread = pthread_t()
  let box = Unmanaged.passRetained(Box(body))
  let status = pthread_create(
    &thread, nil,
    { context in
      if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
      return nil
    }, box.toOpaque())
  guard status == 0 else {
    box.release()
    return false
  }
  pthread_detach(thread)
  return true
}
