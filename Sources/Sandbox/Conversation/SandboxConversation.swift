import JSON

/// The parent's half of one run: what it says to the child, and what it makes of what the child says, which may be anything.
///
/// Holds no descriptor, no clock and no thread: what happens is told to it, and what is to be done comes back as actions, in order. What
/// happens after the end changes nothing.
struct SandboxConversation {
  /// What a run is about.
  struct Terms: Sendable {
    var task = BeginFrame.Task.run
    var lockPolicy: LockPolicy
    var module: SandboxModule
    /// JSON.
    var input: [UInt8]
    var capabilities: Capabilities
    var limits: SandboxLimits
    var nowMilliseconds: Int64
    var randomSeed: [UInt8]
    /// What is granted was decided when the record was made: every call is passed on, to be answered from there.
    var isReplay = false
  }

  enum Action: Equatable {
    /// A whole frame.
    case send([UInt8])
    /// The child says that it is locked: look from outside, and tell `inspected`.
    case inspect(held: [SandboxLock])
    /// To be answered with `answer`, `now` at once and others when they are done.
    case perform(HostCall)
    case log(level: String, message: String)
  }

  enum Ending: Equatable {
    /// JSON, and the same as a value.
    case result([UInt8], JSONValue)
    case failure(SandboxFailure)
  }

  private enum Stage { case beginning, locking, inspecting, running }

  /// Calls that the host performs at the same time; others wait their turn.
  static let maximumConcurrentCalls = 16
  /// What the requests of such calls have together, in bytes of JSON, where it is more than one call: as values, they take many times as much
  /// of the parent's memory.
  static let maximumConcurrentBytes = 2 << 20
  /// What a failure's frame has at most, in bytes.
  static let maximumFailureBytes = 256 << 10
  static let maximumLockedBytes = 64 << 10

  let terms: Terms
  private(set) var ending: Ending?
  private(set) var entries: [RunRecord.Entry] = []
  private(set) var locks: [SandboxLock] = []
  private(set) var missingLocks: [SandboxLock: String] = [:]
  private(set) var hostCallCount = 0
  private(set) var logBytes = 0
  private var stage = Stage.beginning
  private var reader = FrameReader()
  private var lastCall = 0
  private var exchangedBytes = 0
  /// The bytes of the requests that are under way, by call.
  private var underWay: [Int: Int] = [:]
  private var bytesUnderWay = 0
  /// A slice, since taking the first from an array moves all others, and there may be as many as a module has calls.
  private var waiting: ArraySlice<HostCall> = []

  init(_ terms: Terms) { self.terms = terms }

  private var limits: SandboxLimits { terms.limits }

  // MARK: The beginning

  mutating func begin() -> [Action] {
    guard ending == nil, stage == .beginning else { return [] }
    if let problem = limits.problem { return fail(.notStarted, problem) }
    guard String(validating: terms.module.source, as: UTF8.self) != nil else {
      return fail(.compileError, "the module \(terms.module.name) is not UTF-8")
    }
    stage = .locking
    let frame = BeginFrame(
      task: terms.task, lockPolicy: terms.lockPolicy, moduleName: terms.module.name, hasTools: !terms.capabilities.tools.isEmpty,
      functions: terms.capabilities.functions, limits: limits, nowMilliseconds: terms.nowMilliseconds, randomSeed: terms.randomSeed)
    // The child locks itself before it looks at the last two.
    return send(.begin, frame.json) + send(.module, terms.module.source) + send(.input, terms.input)
  }

  /// The child was looked at from outside.
  /// - Parameter contradiction: how what was seen differs from what it says; nil when nothing does.
  mutating func inspected(contradiction: String?) -> [Action] {
    guard ending == nil, stage == .inspecting else { return [] }
    if let contradiction { return violate(contradiction) }
    if terms.lockPolicy == .required, !missingLocks.isEmpty {
      let missing = missingLocks.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue) (\($0.value))" }
      return fail(
        .notLocked,
        "not run, since these locks could not be applied: \(missing.joined(separator: ", ")); only the operator may allow a run without them"
      )
    }
    stage = .running
    // It has gone on in the meantime.
    return readFrames()
  }

  // MARK: What comes from the child

  /// Bytes have come through the pipe.
  mutating func receive(_ bytes: UnsafeRawBufferPointer) -> [Action] {
    guard ending == nil else { return [] }
    reader.append(bytes)
    return readFrames()
  }

  private mutating func readFrames() -> [Action] {
    var actions: [Action] = []
    do throws(SandboxFailure) {
      // Nothing is read further while the locks are looked at.
      while ending == nil, stage != .inspecting, let frame = try reader.next(judge) {
        actions += take(frame)
      }
    } catch {
      ending = .failure(error)
    }
    return actions
  }

  private func judge(_ header: FrameHeader) -> FrameReader.Verdict {
    func violation(_ text: String) -> FrameReader.Verdict { .end(SandboxFailure(.protocolViolation, "the child \(text)")) }
    guard let kind = header.kind else { return violation("sent a frame of an unknown kind (\(header.kindByte))") }
    let length = Int(header.length)
    if stage == .locking, kind != .locked, kind != .failure { return violation("spoke before it was locked") }
    if kind != .call, header.id != 0 { return violation("sent a frame with the id of a call that is none") }
    switch kind {
    case .locked where stage != .locking: return violation("said twice that it is locked")
    case .locked: return length <= Self.maximumLockedBytes ? .take(kind) : violation("sent a list of locks of \(length) bytes")
    case .failure: return length <= Self.maximumFailureBytes ? .take(kind) : violation("sent a failure of \(length) bytes")
    case .result where length > limits.outputBytes:
      return .end(SandboxFailure(.outputLimit, "the result has \(length) bytes of JSON; at most \(limits.outputBytes) are allowed"))
    case .log where length > limits.outputBytes - logBytes:
      return .end(SandboxFailure(.outputLimit, "the log lines have \(logBytes + length) bytes; at most \(limits.outputBytes) are allowed"))
    case .call where length > limits.hostCallBytes + HostCall.maximumEnvelopeBytes: return .end(tooLarge(length))
    case .call where header.id != UInt32(lastCall + 1):
      return violation("sent a call with the id \(header.id) where \(lastCall + 1) was due")
    case .log, .call:
      if hostCallCount >= limits.hostCalls {
        return .end(SandboxFailure(.hostCallLimit, "the module called its host more than \(limits.hostCalls) times, log lines included"))
      }
      return .take(kind)
    case .result: return .take(kind)
    case .begin, .module, .input, .answer, .refusal: return violation("sent what only the parent sends")
    }
  }

  private func tooLarge(_ bytes: Int) -> SandboxFailure {
    SandboxFailure(
      .hostCallTooLarge, "the request of host call \(lastCall + 1) has \(bytes) bytes of JSON; at most \(limits.hostCallBytes) are allowed")
  }

  private mutating func take(_ frame: FrameReader.Frame) -> [Action] {
    switch frame.kind {
    case .locked: takeLocked(frame.payload)
    case .call: takeCall(frame.payload)
    case .log: takeLog(frame.payload)
    case .result: takeResult(frame.payload)
    case .failure: takeFailure(frame.payload)
    case .begin, .module, .input, .answer, .refusal: []
    }
  }

  private mutating func takeLocked(_ payload: [UInt8]) -> [Action] {
    let frame: LockedFrame
    do throws(JSONError) {
      frame = try LockedFrame(json: payload)
    } catch {
      return violate("sent a list of locks that cannot be read: \(error)")
    }
    locks = frame.held
    for missing in frame.missing { missingLocks[missing.lock] = missing.reason.prefixed(bytes: 200) }
    guard Set(locks).count == locks.count, missingLocks.count == frame.missing.count, locks.allSatisfy({ missingLocks[$0] == nil }) else {
      return violate("named a lock twice")
    }
    for lock in SandboxLock.allCases where !locks.contains(lock) && missingLocks[lock] == nil {
      missingLocks[lock] = "the child says nothing of it"
    }
    stage = .inspecting
    return [.inspect(held: locks)]
  }

  private mutating func takeLog(_ payload: [UInt8]) -> [Action] {
    let line: LogFrame
    do throws(JSONError) {
      line = try LogFrame(json: payload)
    } catch {
      return violate("sent a log line that cannot be read: \(error)")
    }
    hostCallCount += 1
    guard terms.capabilities.functions.contains(.log) else { return violate("logged without being granted to") }
    guard line.level.utf8.count <= 16, line.level.utf8.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }) else {
      return violate("sent a log line of a level that there is not")
    }
    logBytes += payload.count
    entries.append(.log(level: line.level, message: line.message))
    return [.log(level: line.level, message: line.message)]
  }

  private mutating func takeResult(_ payload: [UInt8]) -> [Action] {
    do throws(JSONError) {
      ending = .result(payload, try JSONValue(parsing: payload, maximumDepth: HostCall.maximumDepth))
      return []
    } catch {
      return error.isOfValue
        ? fail(.invalidResult, "the result is JSON that cannot be taken: \(error)")
        : violate("sent a result that is no JSON: \(error)")
    }
  }

  private mutating func takeFailure(_ payload: [UInt8]) -> [Action] {
    do throws(JSONError) {
      let failure = try SandboxFailure(json: payload)
      guard failure.code.isChilds else {
        return violate("failed with a code that is not its own (\(failure.code.rawValue.prefixed(bytes: 64)))")
      }
      ending = .failure(
        SandboxFailure(failure.code, failure.message.prefixed(bytes: 8_000), stack: failure.stack.map { $0.prefixed(bytes: 32_000) }))
      return []
    } catch {
      return violate("sent a failure that cannot be read: \(error)")
    }
  }

  // MARK: Host calls

  private mutating func takeCall(_ payload: [UInt8]) -> [Action] {
    let id = lastCall + 1
    let call: HostCall
    do throws(JSONError) {
      call = try HostCall(id: id, payload: payload)
    } catch {
      guard error.isOfValue, let text = String(validating: payload, as: UTF8.self) else {
        return violate("sent a call that cannot be read: \(error)")
      }
      if let failure = count(payload.count) { return fail(failure) }
      lastCall = id
      entries.append(.unreadableCall(id: id, payload: text))
      return terms.isReplay ? [] : refuse(id, HostCallError("invalid_input", "the input is JSON that the host does not take: \(error)"))
    }
    let size = call.input?.count ?? 0
    guard size <= limits.hostCallBytes else { return fail(tooLarge(size)) }
    if let failure = count(size) { return fail(failure) }
    lastCall = id
    entries.append(.call(call))
    if !terms.isReplay, let refusal = refusal(of: call) { return refuse(id, refusal) }
    if call.function == .now || terms.isReplay || (waiting.isEmpty && hasRoom(for: call)) { return [start(call)] }
    waiting.append(call)
    return []
  }

  private func hasRoom(for call: HostCall) -> Bool {
    underWay.isEmpty
      || (underWay.count < Self.maximumConcurrentCalls && bytesUnderWay + (call.input?.count ?? 0) <= Self.maximumConcurrentBytes)
  }

  private mutating func start(_ call: HostCall) -> Action {
    let bytes = call.input?.count ?? 0
    underWay[call.id] = bytes
    bytesUnderWay += bytes
    return .perform(call)
  }

  /// Counts a call that has been read.
  private mutating func count(_ bytes: Int) -> SandboxFailure? {
    hostCallCount += 1
    return exchange(bytes)
  }

  private mutating func exchange(_ bytes: Int) -> SandboxFailure? {
    exchangedBytes += bytes
    guard exchangedBytes > limits.hostTotalBytes else { return nil }
    return SandboxFailure(
      .hostCallLimit, "the requests and answers of host calls have more than \(limits.hostTotalBytes) bytes of JSON together")
  }

  /// Why a call does not come to the host; nil when it does.
  private func refusal(of call: HostCall) -> HostCallError? {
    let granted = terms.capabilities
    switch call.function {
    case .callTool:
      let name = call.name ?? ""
      // Byte by byte: as text, some names that differ are equal.
      if granted.tools.contains(where: { $0.utf8.elementsEqual(name.utf8) }) { return nil }
      let all = granted.tools.isEmpty ? "no tool is" : "granted are \(granted.tools.joined(separator: ", "))"
      return HostCallError("not_granted", "the tool '\(name.prefixed(bytes: HostCall.maximumNameBytes))' is not granted: \(all)")
    case .converse: return granted.functions.contains(.converse) ? nil : HostCallError("not_granted", "converse is not granted")
    case .now: return granted.functions.contains(.now) ? nil : HostCallError("not_granted", "now is not granted")
    }
  }

  /// A call has its answer: JSON, or why there is none.
  mutating func answer(_ id: Int, _ answer: Result<[UInt8], HostCallError>) -> [Action] {
    guard ending == nil else { return [] }
    bytesUnderWay -= underWay.removeValue(forKey: id) ?? 0
    var actions: [Action]
    switch answer {
    case .success(let json) where json.count > limits.hostCallBytes:
      actions = refuse(
        id,
        HostCallError(
          "answer_too_large", "the answer has \(json.count) bytes of JSON; at most \(limits.hostCallBytes) are allowed: ask for less"))
    case .success(let json):
      // The answer that is too much is kept as well: without it no replay would come to the same end.
      entries.append(.answer(id: id, json))
      if let failure = exchange(json.count) { return fail(failure) }
      actions = send(.answer, id: id, json)
    case .failure(let error): actions = refuse(id, error)
    }
    while ending == nil, let next = waiting.first, hasRoom(for: next) {
      waiting.removeFirst()
      actions.append(start(next))
    }
    return actions
  }

  /// Delivers a recorded answer.
  mutating func repeatAnswer(_ entry: RunRecord.Entry) -> [Action] {
    guard ending == nil else { return [] }
    switch entry {
    case .answer(let id, let json): return answer(id, .success(json))
    case .refusal(let id, let error): return answer(id, .failure(error))
    case .call, .unreadableCall, .log: return []
    }
  }

  private mutating func refuse(_ id: Int, _ error: HostCallError) -> [Action] {
    let error = HostCallError(error.code.prefixed(bytes: 200), error.message.prefixed(bytes: 8_000))
    let payload = error.json
    entries.append(.refusal(id: id, error))
    if let failure = exchange(payload.count) { return fail(failure) }
    return send(.refusal, id: id, payload)
  }

  // MARK: Other ends

  /// The run ends for a reason that is not the child's to tell.
  mutating func end(_ failure: SandboxFailure) {
    if ending == nil { ending = .failure(failure) }
  }

  /// The child has ended, and all that it said has been received.
  mutating func childEnded(_ end: ChildEnd) { self.end(end.failure) }

  private mutating func violate(_ text: String) -> [Action] { fail(.protocolViolation, "the child \(text)") }

  private mutating func fail(_ code: SandboxFailure.Code, _ message: String) -> [Action] { fail(SandboxFailure(code, message)) }

  private mutating func fail(_ failure: SandboxFailure) -> [Action] {
    end(failure)
    return []
  }

  private mutating func send(_ kind: FrameKind, id: Int = 0, _ payload: [UInt8]) -> [Action] {
    guard let frame = kind.frame(id: UInt32(id), payload) else {
      return fail(.notStarted, "what goes to the module has \(payload.count) bytes, more than a frame can hold")
    }
    return [.send(frame)]
  }
}

extension SandboxFailure.Code {
  /// Whether the child may say it of itself; other codes are the parent's.
  var isChilds: Bool {
    [
      .compileError, .threw, .invalidResult, .cpuLimit, .memoryLimit, .recursionLimit, .outputLimit, .hostCallLimit, .hostCallTooLarge,
      .neverSettles, .notLocked, .protocolViolation,
    ].contains(self)
  }
}
