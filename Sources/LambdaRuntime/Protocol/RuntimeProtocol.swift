/// The Runtime API as a pure state machine: it is told what happened, and says what to do next. No I/O and no clock inside.
///
/// One exchange is under way at a time: GET next, then POST of the response or the error, then GET next again.
struct RuntimeProtocol {
  /// What the shell must do next.
  enum Action: Equatable {
    /// Open a connection, then report `connectionOpened` or `connectionFailed`.
    case connect
    /// Write the request, then report `requestSent` or `connectionClosed`.
    case send(RuntimeRequest)
    /// Read, without a timeout, then report `bytesReceived` or `connectionClosed`.
    case receive
    /// Run the handler, then report `handlerSucceeded` or `handlerFailed`.
    case invoke(Invocation)
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

  private enum Exchange {
    case next
    case answer(Invocation, name: String)
    case initializationError
  }

  private enum State {
    case idle
    /// A request has been, or is about to be, written; it is kept because a closed connection may ask for it once more.
    case exchanging(Exchange, RuntimeRequest, isRepeated: Bool)
    case invoking(Invocation)
    case stopped
  }

  private let requests: RuntimeRequests
  private let limits: HTTPResponseParser.Limits
  private var parser: HTTPResponseParser
  private var state = State.idle
  private var isConnected = false
  private var notices: [Notice] = []

  init(authority: String, limits: HTTPResponseParser.Limits = .init()) {
    requests = RuntimeRequests(authority: authority)
    self.limits = limits
    parser = HTTPResponseParser(limits: limits)
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
    guard case .invoking(let invocation) = state else { return unexpected("a response") }
    return begin(.answer(invocation, name: "response"), requests.response(to: invocation, body: body))
  }

  mutating func handlerFailed(_ failure: InvocationFailure) -> Action {
    guard case .invoking(let invocation) = state else { return unexpected("an error") }
    return begin(.answer(invocation, name: "error"), requests.error(of: invocation, failure))
  }

  /// Reports that there is no handler to run; ends in `stop`.
  mutating func initializationFailed(_ failure: InvocationFailure) -> Action {
    begin(.initializationError, requests.initializationError(failure))
  }

  // MARK: The connection's side

  mutating func connectionOpened() -> Action {
    isConnected = true
    parser = HTTPResponseParser(limits: limits)
    guard case .exchanging(_, let request, _) = state else { return unexpected("a connection") }
    return .send(request)
  }

  mutating func connectionFailed(_ reason: String) -> Action { stop("the Runtime API cannot be reached: \(reason)") }

  mutating func requestSent() -> Action { .receive }

  mutating func bytesReceived(_ bytes: UnsafeRawBufferPointer) -> Action {
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
    guard case .exchanging(let exchange, let request, let isRepeated) = state else { return unexpected("the end of a connection") }
    if let response = parser.finish() {
      do throws(HTTPProtocolError) { return try handle(response) } catch { return stop("\(error)") }
    }
    let what = reason ?? (parser.isIdle ? "it closed the connection" : "it closed the connection in the middle of a response")
    if isRepeated { return stop("the Runtime API does not answer: \(what), twice") }
    state = .exchanging(exchange, request, isRepeated: true)
    return .connect
  }

  // MARK: Steps

  private mutating func begin(_ exchange: Exchange, _ request: RuntimeRequest) -> Action {
    state = .exchanging(exchange, request, isRepeated: false)
    return isConnected ? .send(request) : .connect
  }

  private mutating func handle(_ response: HTTPResponse) throws(HTTPProtocolError) -> Action {
    if !response.keepsConnection { isConnected = false }
    guard case .exchanging(let exchange, _, let isRepeated) = state else { return unexpected("a response of the Runtime API") }
    switch exchange {
    case .next:
      guard response.status == 200 else { return stop("GET next was answered with \(describe(response))") }
      let invocation = try Invocation(response)
      state = .invoking(invocation)
      return .invoke(invocation)
    case .answer(let invocation, let name):
      if response.status >= 500 { return stop("POST \(name) of request \(invocation.requestID) was answered with \(describe(response))") }
      note(response, to: name, of: invocation, isRepeated: isRepeated)
      return begin(.next, requests.next)
    case .initializationError:
      return stop(
        (200..<300).contains(response.status) ? "the function could not start" : "POST init/error was answered with \(describe(response))")
    }
  }

  private mutating func note(_ response: HTTPResponse, to name: String, of invocation: Invocation, isRepeated: Bool) {
    switch response.status {
    case 200..<300: return
    case 410:
      notices.append(
        Notice(
          isError: false, requestID: invocation.requestID,
          message: "the \(name) came too late: Lambda had given the invocation up (HTTP 410)"))
    case 400..<500 where isRepeated:
      notices.append(
        Notice(
          isError: false, requestID: invocation.requestID,
          message: "the \(name), sent twice because the connection closed, had been taken the first time (HTTP \(response.status))"))
    default:
      notices.append(
        Notice(isError: true, requestID: invocation.requestID, message: "the \(name) was refused with \(describe(response))"))
    }
  }

  private func describe(_ response: HTTPResponse) -> String {
    let body = String(decoding: response.body.prefix(500), as: UTF8.self)
    return "HTTP \(response.status)" + (body.isEmpty ? "" : ": \(body)")
  }

  private mutating func stop(_ message: String) -> Action {
    state = .stopped
    return .stop(StopReason(exitStatus: 1, message: message))
  }

  /// The shell broke the order of calls; a bug of ours ends loudly, not in silence.
  private mutating func unexpected(_ what: String) -> Action { stop("\(what) came out of turn, in state \(state)") }
}
