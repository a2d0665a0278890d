internal import JSON

/// Requests of the runtime: what they ask, and what they are answered.
extension RuntimeAPIMachine {
  /// The head of a request has come.
  mutating func requestBegan(_ connection: ConnectionID, _ request: RuntimeAPIRequest, at now: Int64) {
    var refusal: Reply?
    switch request.route {
    case .response(let requestID): refusal = beginAnswer(connection, requestID, request, isError: false, now)
    case .error(let requestID): refusal = beginAnswer(connection, requestID, request, isError: true, now)
    default: break
    }
    if refusal == nil, isAnswer(connection) { return }
    incoming.append(Incoming(connection: connection, request: request, refusal: refusal))
  }

  /// A piece of its body has come.
  mutating func requestBytes(_ connection: ConnectionID, _ bytes: UnsafeRawBufferPointer) {
    if let index = active.firstIndex(where: { $0.answer?.connection == connection }) {
      take(bytes, for: index)
    } else if let index = incoming.firstIndex(where: { $0.connection == connection }), incoming[index].refusal == nil,
      incoming[index].body.count + bytes.count <= PayloadLimits.maximumResponseBytes
    {
      incoming[index].body.append(contentsOf: bytes)
    }
  }

  /// The request is whole.
  mutating func requestEnded(_ connection: ConnectionID, _ trailers: StreamTrailers, at now: Int64) {
    if let index = active.firstIndex(where: { $0.answer?.connection == connection }) { return endAnswer(index, trailers, now) }
    guard let index = incoming.firstIndex(where: { $0.connection == connection }) else {
      // Its program has ended in the meantime: what it had left behind still speaks.
      return emit(.reply(connection, .invocationGone))
    }
    let request = incoming.remove(at: index)
    if let refusal = request.refusal { return emit(.reply(connection, refusal)) }
    switch request.request.route {
    case .next: next(connection, now)
    // Its invocation ran out of time while it was being received.
    case .response, .error: emit(.reply(connection, .invocationGone))
    case .initializationError: failInitialization(connection, request, now)
    case .registerExtension: register(connection, request)
    case .nextExtensionEvent: nextExtensionEvent(connection, request.request, now)
    case .extensionInitializationError, .extensionExitError: extensionFailed(connection, request, now)
    case .logs: emit(.reply(connection, .error(202, "Logs.NotSupported", "Logs API is not supported")))
    case .telemetry: emit(.reply(connection, .error(202, "Telemetry.NotSupported", "Telemetry API is not supported")))
    case .ping: emit(.reply(connection, Reply(status: 200, body: Array("pong".utf8))))
    case .unknown(let operation): emit(.reply(connection, .unknown(operation)))
    }
  }

  /// The other side has closed the connection, or it broke.
  mutating func connectionClosed(_ connection: ConnectionID, at now: Int64) {
    waiting.removeAll { $0 == connection }
    incoming.removeAll { $0.connection == connection }
    for index in extensions.indices where extensions[index].waiting == connection { extensions[index].waiting = nil }
    guard let index = active.firstIndex(where: { $0.answer?.connection == connection }) else { return }
    active[index].answer = nil
    let message = Self.platformMessage("Runtime truncated its response", active[index].invocation.requestID)
    let failure = FunctionFailure(
      kind: .invalidResponse, type: "Runtime.TruncatedResponse", body: Self.errorBody("Runtime.TruncatedResponse", message))
    settle(index, .failure(failure), at: now)
    if isConcurrent { complete(index, at: now) }
  }

  // MARK: Next

  private mutating func next(_ connection: ConnectionID, _ now: Int64) {
    switch phase {
    case .initializing, .ready: break
    case .cold, .stopping, .stopped:
      // The runtime is on its way out: it waits for an event that does not come.
      return
    }
    if !hasAskedForEvent { hasAskedForEvent = true }
    if !isConcurrent, let index = active.firstIndex(where: { $0.deliveredAt != nil }) {
      guard active[index].outcome != nil else {
        // It has not answered what it was given: it is given it again.
        return deliver(index, to: connection, now)
      }
      waiting.append(connection)
      completeWhenAllAreDone(now)
    } else {
      waiting.append(connection)
    }
    advance(now)
  }

  /// An invocation is over when the runtime, and the extensions that were told of it, have asked for what comes next.
  mutating func completeWhenAllAreDone(_ now: Int64) {
    guard !isConcurrent, let index = active.firstIndex(where: { $0.outcome != nil }), !waiting.isEmpty, active[index].busyExtensions.isEmpty
    else { return }
    complete(index, at: now)
  }

  // MARK: Answers

  private func isAnswer(_ connection: ConnectionID) -> Bool { active.contains { $0.answer?.connection == connection } }

  /// Nil when the answer is taken; else what it is refused with.
  private mutating func beginAnswer(
    _ connection: ConnectionID, _ requestID: String, _ request: RuntimeAPIRequest, isError: Bool, _ now: Int64
  ) -> Reply? {
    let state = isError ? "InvocationErrorResponse" : "InvocationResponse"
    guard let index = active.firstIndex(where: { $0.invocation.requestID == requestID && $0.invocationID != nil }) else {
      if expiredRequests.contains(requestID) { return .invocationGone }
      return requestID == lastAnsweredRequest
        ? .invalidTransition(from: hasAskedForEvent ? "Ready" : "ResponseSent", to: state) : .invalidRequestID
    }
    // The answer of an earlier delivery must not be taken for that of this one.
    if let invocationID = request.invocationID, invocationID != active[index].invocationID { return .invocationGone }
    if active[index].failure?.kind == .timeout { return .invocationGone }
    if active[index].outcome != nil { return .invalidTransition(from: "ResponseSent", to: state) }
    if let answer = active[index].answer {
      return .invalidTransition(from: answer.isError ? "InvocationErrorResponse" : "InvocationResponse", to: state)
    }
    var isStreamed = false
    if let mode = request.responseMode, !isError {
      guard mode.lowercased() == "streaming" else {
        let message = Self.platformMessage("Runtime sent the response mode '\(mode)'", requestID)
        let type = "Runtime.InvalidResponseModeHeader"
        settle(index, .failure(FunctionFailure(kind: .invalidResponse, type: type, body: Self.errorBody(type, message))), at: now)
        if isConcurrent { complete(index, at: now) }
        return .invalidResponseMode
      }
      isStreamed = true
    }
    active[index].answer = Active.Answer(
      connection: connection, isError: isError, isStreamed: isStreamed, errorType: request.errorType, contentType: request.contentType)
    if isStreamed { emit(.streamed(requestID: requestID, contentType: request.contentType, [])) }
    return nil
  }

  private mutating func take(_ bytes: UnsafeRawBufferPointer, for index: Int) {
    guard !bytes.isEmpty else { return }
    let isStreamed = active[index].answer?.isStreamed ?? false
    let count = (active[index].answer?.count ?? 0) + bytes.count
    active[index].answer?.count = count
    if count > (isStreamed ? PayloadLimits.maximumStreamedBytes : PayloadLimits.maximumResponseBytes) {
      active[index].answer?.isTooLarge = true
      active[index].answer?.bytes = []
    } else if isStreamed {
      emit(.streamed(requestID: active[index].invocation.requestID, contentType: nil, Array(bytes)))
    } else if active[index].invocation.keepsResponse || active[index].answer?.isError == true {
      active[index].answer?.bytes.append(contentsOf: bytes)
    }
  }

  private mutating func endAnswer(_ index: Int, _ trailers: StreamTrailers, _ now: Int64) {
    guard let answer = active[index].answer else { return }
    active[index].answer = nil
    guard active[index].failure?.kind != .timeout else { return emit(.reply(answer.connection, .invocationGone)) }
    let requestID = active[index].invocation.requestID
    var reply = Reply.accepted
    if answer.isTooLarge {
      let limit = answer.isStreamed ? PayloadLimits.maximumStreamedBytes : PayloadLimits.maximumResponseBytes
      let message = "Response payload size exceeded maximum allowed payload size (\(limit) bytes)."
      let type = "Function.ResponseSizeTooLarge"
      settle(index, .failure(FunctionFailure(kind: .responseTooLarge, type: type, body: Self.errorBody(type, message))), at: now)
      reply = .tooLarge
    } else if answer.isError {
      settle(index, .failure(FunctionFailure(kind: .function, type: answer.errorType ?? "Runtime.Unknown", body: answer.bytes)), at: now)
    } else if answer.isStreamed, let type = trailers.errorType {
      let body = trailers.errorBody.flatMap { Base64.decode($0) }
      let message = Self.platformMessage("the response stream failed", requestID)
      settle(index, .failure(FunctionFailure(kind: .brokenStream, type: type, body: body ?? Self.errorBody(type, message))), at: now)
    } else {
      let response = FunctionResponse(
        body: answer.bytes, byteCount: answer.count, contentType: answer.contentType, isStreamed: answer.isStreamed)
      settle(index, .response(response), at: now)
    }
    emit(.reply(answer.connection, reply))
    if isConcurrent { complete(index, at: now) }
  }

  // MARK: Initialization errors

  private mutating func failInitialization(_ connection: ConnectionID, _ request: Incoming, _ now: Int64) {
    guard case .initializing = phase, !hasAskedForEvent, initializationFailure == nil else {
      let from = initializationFailure != nil ? "InitError" : active.contains { $0.deliveredAt != nil } ? "Running" : "Ready"
      return emit(.reply(connection, .invalidTransition(from: from, to: "InitError")))
    }
    // What follows is the end of the program, or of its time.
    initializationFailure = FunctionFailure(
      kind: .initialization, type: request.request.errorType ?? "Runtime.Unknown", body: request.body)
    emit(.reply(connection, .accepted))
  }
}

/// RFC 4648, for the bodies of errors in trailers.
enum Base64 {
  /// Nil for what is no base64.
  static func decode(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for byte in text.utf8 where byte != UInt8(ascii: "=") {
      let value: UInt32
      switch byte {
      case 0x41...0x5A: value = UInt32(byte) - 0x41
      case 0x61...0x7A: value = UInt32(byte) - 0x61 + 26
      case 0x30...0x39: value = UInt32(byte) - 0x30 + 52
      case UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "/"): value = 63
      default: return nil
      }
      bits = bits << 6 | value
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return bytes
  }
}
