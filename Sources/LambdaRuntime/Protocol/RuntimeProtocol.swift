/// The Runtime API as a pure state machine: it is told what happened, and says what to do next. No I/O and no clock inside.
///
/// One exchange is under way at a time: GET next, then POST of the response or the error, then GET next again. A streamed response is a POST
/// that is written piece by piece while the handler runs (RuntimeProtocol+Streaming.swift).
struct RuntimeProtocol {
  /// What the shell must do next.
  enum Action: Equatable {
    /// Open a connection, then report `connectionOpened` or `connectionFailed`.
    case connect
    /// Wait, then report `waited`.
    case wait(milliseconds: Int)
    /// Write the request, then report `requestSent`, `requestCut` or `connectionClosed`.
    case send(RuntimeRequest)
    /// Read, without a timeout, then report `bytesReceived` or `connectionClosed`.
    case receive
    /// Run the handler, then report `streamProduced` for each piece of a streamed response, and in the end `handlerSucceeded`,
    /// `handlerStreamed` or `handlerFailed`.
    case invoke(Invocation)
    /// Let the handler go on that waits for a piece of its response to be sent, with the error that kept it from being sent.
    case resumeHandler(ResponseStreamError?)
    /// End the process: with this status, after logging why.
    case stop(StopReason)
  }

  struct StopReason: Equatable, Error {
    let exitStatus: Int32
    let message: String
  }

  /// Something that does not stop the loop but belongs in the log.
  struct Notice: Equatable {
    let isError: Bool
    let requestID: String
    let message: String
  }

  enum Exchange {
    case next
    case answer(Invocation, name: String)
    /// The end of a streamed response, whose beginning is gone and cannot be sent again.
    case endOfStream(Invocation)
    case initializationError
  }

  /// What has been tried for the request at hand.
  struct Attempts: Equatable {
    var failedConnections = 0
    var closedConnections = 0
  }

  enum State {
    case idle
    /// A request has been, or is about to be, written; it is kept because a closed connection may ask for it once more.
    case exchanging(Exchange, RuntimeRequest, Attempts)
    case invoking(Invocation, ResponseStream)
    case stopped

    /// For the log, which events and responses have no place in.
    var name: String {
      switch self {
      case .idle: "before the start"
      case .exchanging(.next, _, _): "while an event was asked for"
      case .exchanging(.answer, _, _), .exchanging(.endOfStream, _, _): "while an answer was posted"
      case .exchanging(.initializationError, _, _): "while a failed start was reported"
      case .invoking: "while an event was served"
      case .stopped: "after the end"
      }
    }
  }

  /// The name of an answer after which Lambda's guide demands to "close the underlying connection".
  static let streamedResponse = "streamed response"

  /// The reason to stop when the Runtime API has been told that the function cannot start.
  static let startFailed = "the function could not start"

  /// A failed connection is tried again this often, and a GET next that was not answered sent again, after a pause that doubles.
  static let retries = 4
  static let firstPauseMilliseconds = 50

  let requests: RuntimeRequests
  private let limits: HTTPResponseParser.Limits
  private var parser: HTTPResponseParser
  var state = State.idle
  var isConnected = false
  /// Why the request at hand could not be written whole; the connection is spent after it.
  private var cut: String?
  private var notices: [Notice] = []

  init(authority: String, workingDirectory: String = "/var/task", limits: HTTPResponseParser.Limits = .init()) {
    requests = RuntimeRequests(authority: authority, workingDirectory: workingDirectory)
    self.limits = limits
    parser = HTTPResponseParser(limits: limits)
  }

  /// True from the moment an event has come until its answer has been taken.
  var isServing: Bool {
    switch state {
    case .invoking, .exchanging(.answer, _, _), .exchanging(.endOfStream, _, _): true
    default: false
    }
  }

  /// The deadline of the event that is with the handler; nil when there is none, or none is known.
  var servedDeadlineMilliseconds: Int64? {
    if case .invoking(let invocation, _) = state { invocation.deadlineMilliseconds } else { nil }
  }

  /// What has come up for the log since the last call.
  mutating func takeNotices() -> [Notice] {
    if notices.isEmpty { return [] }
    defer { notices = [] }
    return notices
  }

  // MARK: The function's side

  /// Asks for the first event.
  mutating func start() -> Action { begin(.next, requests.next) }

  mutating func handlerSucceeded(_ body: [UInt8]) -> Action {
    guard case .invoking(let invocation, .none) = state else { return unexpected("a response") }
    guard body.count <= LambdaLimits.response else {
      let failure = InvocationFailure.responseTooLarge(body.count)
      note(true, invocation, "the response is too large: \(failure.message)")
      return handlerFailed(failure)
    }
    return begin(.answer(invocation, name: "response"), requests.response(to: invocation, body: body))
  }

  mutating func handlerFailed(_ failure: InvocationFailure) -> Action {
    guard case .invoking(let invocation, let stream) = state else { return unexpected("an error") }
    guard case .none = stream else { return endStream(failure, of: invocation, stream) }
    return begin(.answer(invocation, name: "error"), requests.error(of: invocation, failure))
  }

  /// Reports that there is no handler to run; ends in `stop`.
  mutating func initializationFailed(_ failure: InvocationFailure) -> Action {
    begin(.initializationError, requests.initializationError(failure))
  }

  // MARK: The connection's side

  mutating func connectionOpened() -> Action {
    isConnected = true
    cut = nil
    parser = HTTPResponseParser(limits: limits)
    switch state {
    case .exchanging(_, let request, _), .invoking(_, .opening(let request, _)): return .send(request)
    default: return unexpected("a connection")
    }
  }

  /// Nothing was sent, so any request may be tried again.
  mutating func connectionFailed(_ reason: String) -> Action {
    isConnected = false
    let what = "the Runtime API cannot be reached: \(reason)"
    switch state {
    case .exchanging(let exchange, let request, var attempts):
      attempts.failedConnections += 1
      guard attempts.failedConnections <= Self.retries else { return stop(what) }
      state = .exchanging(exchange, request, attempts)
      return .wait(milliseconds: Self.pause(attempts.failedConnections))
    case .invoking(let invocation, .opening(let request, var attempts)):
      attempts.failedConnections += 1
      guard attempts.failedConnections <= Self.retries else { return breakStream(what, of: invocation) }
      state = .invoking(invocation, .opening(request, attempts))
      return .wait(milliseconds: Self.pause(attempts.failedConnections))
    default: return unexpected("a failed connection")
    }
  }

  mutating func waited() -> Action {
    switch state {
    case .exchanging, .invoking(_, .opening): .connect
    default: unexpected("the end of a pause")
    }
  }

  mutating func requestSent() -> Action {
    switch state {
    case .exchanging: return .receive
    case .invoking(let invocation, .opening), .invoking(let invocation, .open):
      state = .invoking(invocation, .open)
      return .resumeHandler(nil)
    default: return unexpected("a request")
    }
  }

  /// The request could not be written whole: because its response came first, or for the given reason. Even then, a response may have come that
  /// says why.
  mutating func requestCut(_ reason: String? = nil) -> Action {
    if case .stopped = state { return unexpected("a request") }
    cut = reason ?? "a response came before the request was sent"
    return .receive
  }

  mutating func bytesReceived(_ bytes: UnsafeRawBufferPointer) -> Action {
    switch state {
    case .exchanging, .invoking(_, .opening), .invoking(_, .open): break
    default: return unexpected("a response of the Runtime API")
    }
    do throws(HTTPProtocolError) {
      guard let response = try parser.feed(bytes) else { return .receive }
      return try handle(response)
    } catch {
      return stop("\(error)")
    }
  }

  /// `reason` says what went wrong with the connection; nil when the other side closed it in order.
  mutating func connectionClosed(_ reason: String? = nil) -> Action {
    isConnected = false
    if let response = parser.finish() {
      do throws(HTTPProtocolError) { return try handle(response) } catch { return stop("\(error)") }
    }
    let what = cut ?? reason ?? (parser.isIdle ? "it closed the connection" : "it closed the connection in the middle of a response")
    switch state {
    case .exchanging(.endOfStream(let invocation), _, _):
      note(true, invocation, "the streamed response may not have arrived whole: \(what)")
      return begin(.next, requests.next)
    case .exchanging(let exchange, let request, var attempts):
      attempts.closedConnections += 1
      // Asking for the next event again loses nothing. An answer that is sent again is told from a new one by its id, but once is enough.
      let allowed = if case .next = exchange { Self.retries } else { 1 }
      guard attempts.closedConnections <= allowed else {
        return stop("the Runtime API does not answer: \(what), \(attempts.closedConnections) times")
      }
      state = .exchanging(exchange, request, attempts)
      return attempts.closedConnections == 1 ? .connect : .wait(milliseconds: Self.pause(attempts.closedConnections - 1))
    case .invoking(let invocation, .opening(let request, var attempts)):
      attempts.closedConnections += 1
      guard attempts.closedConnections <= 1 else { return breakStream(what, of: invocation) }
      state = .invoking(invocation, .opening(request, attempts))
      return .connect
    case .invoking(let invocation, .open): return breakStream(what, of: invocation)
    default: return unexpected("the end of a connection")
    }
  }

  // MARK: Steps

  mutating func begin(_ exchange: Exchange, _ request: RuntimeRequest) -> Action {
    cut = nil
    state = .exchanging(exchange, request, Attempts())
    return isConnected ? .send(request) : .connect
  }

  private mutating func handle(_ response: HTTPResponse) throws(HTTPProtocolError) -> Action {
    if !response.keepsConnection || cut != nil { isConnected = false }
    switch state {
    case .exchanging(.next, _, _):
      guard response.status == 200 else { return stop("GET next was answered with \(Self.describe(response))") }
      let invocation = try Invocation(response)
      state = .invoking(invocation, .none)
      return .invoke(invocation)
    case .exchanging(.answer(let invocation, let name), _, let attempts):
      if name == Self.streamedResponse { isConnected = false }
      return answerTaken(response, name: name, of: invocation, isRepeated: attempts.closedConnections > 0)
    case .exchanging(.endOfStream(let invocation), _, _):
      isConnected = false
      return answerTaken(response, name: Self.streamedResponse, of: invocation, isRepeated: false)
    case .exchanging(.initializationError, _, _):
      return stop(
        (200..<300).contains(response.status)
          ? Self.startFailed
          : "the function could not start, and POST init/error was answered with \(Self.describe(response))")
    case .invoking(let invocation, .opening), .invoking(let invocation, .open):
      isConnected = false
      return streamRefused(response, of: invocation)
    case .idle, .invoking, .stopped: return unexpected("a response of the Runtime API")
    }
  }

  private mutating func answerTaken(_ response: HTTPResponse, name: String, of invocation: Invocation, isRepeated: Bool) -> Action {
    switch response.status {
    case 200..<300: break
    case 410: note(false, invocation, "the \(name) came too late: Lambda had given the invocation up (HTTP 410)")
    // InvalidRequestID and InvalidStateTransition; any other refusal is one of the answer itself, the second time too.
    case 400 where isRepeated, 403 where isRepeated:
      note(
        false, invocation,
        "the \(name), sent twice because the connection closed, had been taken the first time (HTTP \(response.status))")
    case 500...: return stop("POST \(name) of request \(invocation.requestID) was answered with \(Self.describe(response))")
    default: note(true, invocation, "the \(name) was refused with \(Self.describe(response))")
    }
    return begin(.next, requests.next)
  }

  mutating func note(_ isError: Bool, _ invocation: Invocation, _ message: String) {
    notices.append(Notice(isError: isError, requestID: invocation.requestID, message: message))
  }

  static func describe(_ response: HTTPResponse) -> String {
    let body = String(decoding: response.body.prefix(500), as: UTF8.self)
    return "HTTP \(response.status)" + (body.isEmpty ? "" : ": \(body)")
  }

  /// 50, 100, 200 and 400 ms: together less than a second, which a restarting emulator needs and a lost sandbox does not mind.
  private static func pause(_ attempt: Int) -> Int { firstPauseMilliseconds << (attempt - 1) }

  mutating func stop(_ message: String) -> Action {
    state = .stopped
    return .stop(StopReason(exitStatus: 1, message: message))
  }

  /// The shell broke the order of calls; a bug of ours ends loudly, not in silence.
  mutating func unexpected(_ what: String) -> Action { stop("\(what) came out of turn, \(state.name)") }
}
