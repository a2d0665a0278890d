/// A response that is written while the handler runs.
enum ResponseStream {
  /// Nothing of it has been sent: an error is still an ordinary error.
  case none
  /// Its head, and its first piece, have been or are about to be written. They are kept because the connection may turn out to be closed.
  case opening(RuntimeRequest, RuntimeProtocol.Attempts)
  /// Its head is gone; what comes now is one chunk after another.
  case open
  /// Nothing more can be sent; with the reason to end the process when the handler is done, if there is one.
  case broken(ResponseStreamError, RuntimeProtocol.StopReason?)
}

extension RuntimeProtocol {
  /// True while a piece of a response may meet an answer that came before the response was complete.
  var isStreaming: Bool {
    if case .invoking(_, .open) = state { true } else { false }
  }

  /// The handler produced a piece of its response; ends in `resumeHandler` when it has been written. The first piece, which may be empty,
  /// sends the head.
  mutating func streamProduced(_ bytes: [UInt8], contentType: String) -> Action {
    guard case .invoking(let invocation, let stream) = state else { return unexpected("a piece of a response") }
    switch stream {
    case .none:
      let request = requests.streamedResponse(to: invocation, contentType: contentType, first: bytes)
      state = .invoking(invocation, .opening(request, Attempts()))
      return isConnected ? .send(request) : .connect
    case .open: return bytes.isEmpty ? .resumeHandler(nil) : .send(requests.chunk(bytes))
    case .broken(let error, _): return .resumeHandler(error)
    case .opening: return unexpected("a second piece of a response")
    }
  }

  /// The handler returned. `rest` is what it left to be sent, with the head unless that is gone.
  mutating func handlerStreamed(_ rest: [UInt8], contentType: String) -> Action {
    guard case .invoking(let invocation, let stream) = state else { return unexpected("the end of a response") }
    guard case .none = stream else { return endStream(nil, of: invocation, stream) }
    // Whole in one piece, so that it may be repeated like any other answer.
    var request = requests.streamedResponse(to: invocation, contentType: contentType, first: rest)
    request.tail += requests.endOfStream(nil, requestID: invocation.requestID).head
    return begin(.answer(invocation, name: Self.streamedResponse), request)
  }

  mutating func endStream(_ failure: InvocationFailure?, of invocation: Invocation, _ stream: ResponseStream) -> Action {
    switch stream {
    case .open: return begin(.endOfStream(invocation), requests.endOfStream(failure, requestID: invocation.requestID))
    case .broken(let error, let stopReason):
      if let stopReason { return stop(stopReason.message) }
      note(!error.isInvocationGivenUp, invocation, "the streamed response is incomplete: \(error)")
      return begin(.next, requests.next)
    case .none, .opening: return unexpected("the end of a response")
    }
  }

  /// The connection failed: the handler is told, and the rest of the response is not asked for.
  mutating func breakStream(_ what: String, of invocation: Invocation) -> Action {
    isConnected = false
    let error = ResponseStreamError(.connectionLost, "the response cannot be sent any further: \(what)")
    state = .invoking(invocation, .broken(error, nil))
    return .resumeHandler(error)
  }

  /// The Runtime API answered before the response was complete.
  mutating func streamRefused(_ response: HTTPResponse, of invocation: Invocation) -> Action {
    let error: ResponseStreamError
    var stopReason: StopReason?
    if response.status == 410 {
      error = ResponseStreamError(.invocationGivenUp, "Lambda has given the invocation up (HTTP 410)")
    } else {
      error = ResponseStreamError(.refused, "Lambda refused the response with \(Self.describe(response))")
      if response.status >= 500 {
        stopReason = StopReason(
          exitStatus: 1, message: "a streamed response of request \(invocation.requestID) was answered with \(Self.describe(response))")
      }
    }
    state = .invoking(invocation, .broken(error, stopReason))
    return .resumeHandler(error)
  }
}
