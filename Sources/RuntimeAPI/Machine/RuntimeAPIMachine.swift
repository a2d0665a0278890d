internal import JSON

/// Lambda's execution environment for one function, without its sockets and processes: what comes in are requests, ends of processes and
/// the time; what goes out are effects, in order.
///
/// The life of an environment: INIT, until the runtime and its extensions have asked for their first event; INVOKE, one event after
/// another, each with a deadline; SHUTDOWN. A program that ends or runs out of time in between is started anew with the next event.
///
/// Times are nanoseconds of a monotonic clock, except where a name says otherwise.
/// Sources: Lambda execution environment lifecycle; aws-lambda-runtime-interface-emulator, for answers and their order.
struct RuntimeAPIMachine {
  typealias ConnectionID = Int

  enum Effect: Equatable {
    /// Start the program; tell `programStarted` when.
    case start
    /// Send a signal to all processes of the program.
    case signal(Int32)
    case startExtension(String)
    case signalExtension(String, Int32)
    case reply(ConnectionID, Reply)
    /// Hand out the event; tell `delivered` when.
    case deliver(ConnectionID, Delivery)
    case log(PlatformEvent)
    /// A piece of a streamed response, or the beginning of one when it is empty.
    case streamed(requestID: String, contentType: String?, [UInt8])
    /// The program did not come as far as to ask for an event, and no invocation has waited for it yet.
    case startFailed(FunctionFailure)
    case answered(requestID: String, Outcome, roundTripNanoseconds: Int64)
    case completed(InvocationReport)
    /// Nothing of the environment is left.
    case stopped
  }

  struct Delivery: Equatable {
    let requestID: String
    let invocationID: String
    let deadlineMilliseconds: Int64
    let traceHeader: String?
    let clientContext: String?
    let cognitoIdentity: String?
    let tenantID: String?
    let event: [UInt8]
  }

  enum Phase: Equatable {
    /// No program runs: before the first start, and after an end.
    case cold
    /// The program runs and is not ready for an event. Suppressed: it is started for an invocation, on that one's time.
    case initializing(isSuppressed: Bool)
    case ready
    case stopping(ShutdownReason)
    case stopped
  }

  enum ShutdownReason: String {
    case spindown
    case timeout
    case failure
  }

  /// An invocation whose time runs.
  struct Active {
    let invocation: Invocation
    var begunAt: Int64
    var deadlineAt: Int64
    var invocationID: String?
    var deliveredAt: Int64?
    var answer: Answer?
    var outcome: Outcome?
    /// The failure that the REPORT line tells of, which a response that had gone out before it does not.
    var failure: FunctionFailure?
    var initializationNanoseconds: Int64?
    /// Extensions that work on this invocation too.
    var busyExtensions: Set<String> = []

    /// A response or an error that is being received.
    struct Answer {
      let connection: ConnectionID
      let isError: Bool
      let isStreamed: Bool
      let errorType: String?
      let contentType: String?
      var count = 0
      var isTooLarge = false
      var bytes: [UInt8] = []
    }
  }

  /// A request whose body is being received, other than an answer that counts.
  struct Incoming {
    let connection: ConnectionID
    let request: RuntimeAPIRequest
    /// What it will get whatever follows; nil when the body decides, or an answer that counts.
    let refusal: Reply?
    var body: [UInt8] = []
  }

  struct Extension {
    let identifier: String
    let name: String
    let isExternal: Bool
    let events: Set<String>
    /// The connection on which it waits for its next event.
    var waiting: ConnectionID?
  }

  static let extensionLimit = 10
  /// What the shutdown may take with internal extensions, and with external ones; of the latter the runtime has three tenths.
  static let internalShutdownNanoseconds: Int64 = 500_000_000
  static let externalShutdownNanoseconds: Int64 = 2_000_000_000
  static let runtimeShareOfShutdown = (numerator: Int64(3), denominator: Int64(10))
  static let rememberedRequests = 64

  let configuration: FunctionConfiguration
  /// Milliseconds since the Unix epoch of a time.
  let epochMilliseconds: @Sendable (Int64) -> Int64
  let makeID: @Sendable () -> String

  var phase = Phase.cold
  var isProgramRunning = false
  var startedAt: Int64 = 0
  /// Why the start failed, as the runtime itself told.
  var initializationFailure: FunctionFailure?
  /// Of a start that is over and in no report yet.
  var initializationNanoseconds: Int64?
  var hasAskedForEvent = false
  var wantsShutdown = false
  var killAt: Int64?
  var shutdownEndsAt: Int64?

  var queue: [Invocation] = []
  var active: [Active] = []
  var waiting: [ConnectionID] = []
  var incoming: [Incoming] = []
  var extensions: [Extension] = []
  var runningExtensions: Set<String> = []
  /// Requests that ran out of time, and the last that was answered: what comes late for them is told apart.
  var expiredRequests: [String] = []
  var lastAnsweredRequest: String?

  private var effects: [Effect] = []

  init(
    _ configuration: FunctionConfiguration, epochMilliseconds: @escaping @Sendable (Int64) -> Int64,
    makeID: @escaping @Sendable () -> String
  ) {
    self.configuration = configuration
    self.epochMilliseconds = epochMilliseconds
    self.makeID = makeID
  }

  var isConcurrent: Bool { configuration.maximumConcurrency > 1 }

  var isInitializing: Bool { if case .initializing = phase { true } else { false } }

  /// Invocations that are not over.
  var inFlight: Int { active.count + queue.count }

  mutating func emit(_ effect: Effect) { effects.append(effect) }

  var hasEffects: Bool { !effects.isEmpty }

  mutating func takeEffects(into list: inout [Effect]) {
    list.removeAll(keepingCapacity: true)
    swap(&list, &effects)
  }

  /// When `timePassed` is due next; nil when nothing waits for the time.
  var nextDue: Int64? {
    var due: Int64?
    func consider(_ time: Int64?) { if let time { due = min(due ?? time, time) } }
    if case .initializing(false) = phase { consider(startedAt + milliseconds(configuration.initializationTimeoutMilliseconds)) }
    if case .stopping = phase {} else { for one in active where one.deadlineAt != .max { consider(one.deadlineAt) } }
    consider(killAt)
    consider(shutdownEndsAt)
    return due
  }

  func milliseconds(_ count: Int) -> Int64 { Int64(count) * 1_000_000 }

  // MARK: Invocations

  /// Queues an invocation; its time begins when the environment can take it.
  mutating func submit(_ invocation: Invocation, at now: Int64) {
    guard invocation.event.count <= PayloadLimits.maximumEventBytes else {
      let message = "Request must be smaller than \(PayloadLimits.maximumEventBytes) bytes for the InvokeFunction operation"
      let failure = FunctionFailure(
        kind: .eventTooLarge, type: "RequestEntityTooLarge", body: Self.errorBody("RequestEntityTooLarge", message))
      emit(.answered(requestID: invocation.requestID, .failure(failure), roundTripNanoseconds: 0))
      return
    }
    queue.append(invocation)
    advance(now)
  }

  /// Begins and hands out what can be.
  mutating func advance(_ now: Int64) {
    guard !wantsShutdown else { return }
    switch phase {
    case .cold where !queue.isEmpty && !isProgramRunning:
      // The program has ended, or could not start: this invocation pays for another start.
      if active.isEmpty { begin(queue.removeFirst(), now) }
      start(isSuppressed: true, now)
    case .initializing(let isSuppressed) where isReadyForEvents:
      phase = .ready
      if !isSuppressed { initializationNanoseconds = now - startedAt }
      advance(now)
    case .ready:
      while let connection = waiting.first {
        if let index = active.firstIndex(where: { $0.deliveredAt == nil && $0.invocationID == nil }) {
          waiting.removeFirst()
          deliver(index, to: connection, now)
        } else if !queue.isEmpty, active.count < configuration.maximumConcurrency, isReadyForEvents {
          begin(queue.removeFirst(), now)
        } else {
          return
        }
      }
    default: return
    }
  }

  /// The runtime waits for an event, and so does every extension: only then INIT, or the invocation before, is over.
  var isReadyForEvents: Bool { !waiting.isEmpty && extensions.allSatisfy { $0.waiting != nil } }

  private mutating func begin(_ invocation: Invocation, _ now: Int64) {
    var begun = Active(
      invocation: invocation, begunAt: now, deadlineAt: now + milliseconds(configuration.timeoutMilliseconds))
    begun.initializationNanoseconds = initializationNanoseconds
    initializationNanoseconds = nil
    active.append(begun)
    emit(.log(.start(requestID: invocation.requestID, version: configuration.version)))
  }

  mutating func deliver(_ index: Int, to connection: ConnectionID, _ now: Int64) {
    let invocationID = makeID()
    active[index].invocationID = invocationID
    active[index].deliveredAt = now
    let one = active[index]
    let deadlineMilliseconds = epochMilliseconds(one.deadlineAt)
    let invocation = one.invocation
    emit(
      .deliver(
        connection,
        Delivery(
          requestID: invocation.requestID, invocationID: invocationID, deadlineMilliseconds: deadlineMilliseconds,
          traceHeader: invocation.traceHeader, clientContext: invocation.clientContext, cognitoIdentity: invocation.cognitoIdentity,
          tenantID: invocation.tenantID, event: invocation.event)))
    if !extensions.isEmpty { tellExtensions(of: index, deadlineMilliseconds) }
  }

  /// The event is about to be written: from here its round trip is measured.
  mutating func delivered(_ requestID: String, at now: Int64) {
    if let index = active.firstIndex(where: { $0.invocation.requestID == requestID }) { active[index].deliveredAt = now }
  }

  /// Settles what the invocation came to; the first outcome is the one that counts.
  mutating func settle(_ index: Int, _ outcome: Outcome, at now: Int64) {
    guard active[index].outcome == nil else { return }
    active[index].outcome = outcome
    if case .failure(let failure) = outcome { active[index].failure = failure }
    let requestID = active[index].invocation.requestID
    emit(.answered(requestID: requestID, outcome, roundTripNanoseconds: now - (active[index].deliveredAt ?? active[index].begunAt)))
  }

  /// The runtime is done with the invocation.
  mutating func complete(_ index: Int, at now: Int64) {
    let one = active.remove(at: index)
    let requestID = one.invocation.requestID
    let (status, errorType): (InvocationReport.Status, String?) =
      switch one.failure?.kind {
      case nil: (.success, nil)
      case .timeout?: (.timeout, nil)
      // An error that the function answered with is none of the platform's.
      case .function?: (.error, nil)
      default: (.error, one.failure.map { Self.validErrorType($0.type) })
      }
    let duration = status == .timeout ? min(now, one.deadlineAt) : now
    emit(
      .completed(
        InvocationReport(
          requestID: requestID, durationNanoseconds: duration - one.begunAt, initializationNanoseconds: one.initializationNanoseconds,
          status: status, errorType: errorType, traceHeader: one.invocation.traceHeader)))
    if status == .timeout {
      expiredRequests.append(requestID)
      if expiredRequests.count > Self.rememberedRequests { expiredRequests.removeFirst() }
    } else {
      lastAnsweredRequest = requestID
    }
  }

  // MARK: Time

  /// Looks at what the time has brought.
  mutating func timePassed(_ now: Int64) {
    if case .initializing(false) = phase, now >= startedAt + milliseconds(configuration.initializationTimeoutMilliseconds) {
      emit(.log(.initializationReport(nanoseconds: now - startedAt, phase: "init", status: "timeout", errorType: nil)))
      stopProgram(.timeout, now)
    }
    if case .stopping = phase {} else { expire(now) }
    if let killAt, now >= killAt {
      self.killAt = nil
      if isProgramRunning { emit(.signal(Signal.kill)) }
    }
    if let shutdownEndsAt, now >= shutdownEndsAt {
      self.shutdownEndsAt = nil
      for name in runningExtensions.sorted() { emit(.signalExtension(name, Signal.kill)) }
    }
  }

  private mutating func expire(_ now: Int64) {
    var index = 0
    while index < active.count {
      guard now >= active[index].deadlineAt else {
        index += 1
        continue
      }
      let requestID = active[index].invocation.requestID
      let seconds = Self.seconds(milliseconds: configuration.timeoutMilliseconds)
      emit(.log(.timedOut(requestID: requestID, seconds: seconds)))
      let message = "RequestId: \(requestID) Error: Task timed out after \(seconds) seconds"
      let failure = FunctionFailure(kind: .timeout, type: "Sandbox.Timedout", body: Self.errorBody("Sandbox.Timedout", message))
      settle(index, .failure(failure), at: now)
      active[index].failure = failure
      if isConcurrent {
        // The others go on: on Managed Instances nothing is ended for one that is late.
        complete(index, at: now)
      } else {
        active[index].deadlineAt = now
        stopProgram(.timeout, now)
        return
      }
    }
    if isConcurrent { advance(now) }
  }

  // MARK: Words

  static func errorBody(_ type: String, _ message: String) -> [UInt8] {
    let body: JSONValue = ["errorType": .string(type), "errorMessage": .string(message)]
    return body.bytes
  }

  /// "3.00".
  static func seconds(milliseconds: Int) -> String {
    let hundredths = String(milliseconds / 10 % 100)
    return "\(milliseconds / 1000).\(hundredths.count == 1 ? "0" : "")\(hundredths)"
  }

  /// The error type of a report: "Runtime." or "Function." and a name, else one of the two that stand for all others.
  static func validErrorType(_ type: String) -> String {
    for category in ["Runtime.", "Function.", "Extension.", "Sandbox."] where type.hasPrefix(category) {
      let name = type.utf8.dropFirst(category.utf8.count)
      if let first = name.first, first >= 0x41, first <= 0x5A, name.count > 1 { return type }
      if category == "Function." { return "Function.Unknown" }
    }
    return "Runtime.Unknown"
  }
}

enum Signal {
  static let terminate: Int32 = 15
  static let kill: Int32 = 9
}
