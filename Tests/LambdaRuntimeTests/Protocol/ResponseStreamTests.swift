import JSON
import Testing

@testable import LambdaRuntime

/// Streamed responses, as the state machine sees them.
@Suite struct ResponseStreamTests {
  let base = RuntimeProtocolTests()

  /// The machine with an event at the handler.
  func machineServing(_ fields: String = "Lambda-Runtime-Invocation-Id: delivery-7\r\n") -> RuntimeProtocol {
    var machine = base.machineWaitingForAnEvent()
    _ = base.feed(&machine, RuntimeProtocolTests.event(fields: fields))
    return machine
  }

  func produce(_ machine: inout RuntimeProtocol, _ text: String) -> RuntimeProtocol.Action {
    machine.streamProduced(Array(text.utf8), contentType: "text/plain")
  }

  func failure(_ action: RuntimeProtocol.Action) throws -> ResponseStreamError {
    guard case .resumeHandler(let error?) = action else { throw RuntimeProtocolTests.Unexpected(action) }
    return error
  }

  @Test func theFirstPieceSendsTheHeadAndTheOthersFollowAsChunks() throws {
    var machine = machineServing()
    let first = TestRequest(try base.request(produce(&machine, "hello ")))
    #expect(machine.isServing)
    #expect(first.text.hasPrefix("POST /2018-06-01/runtime/invocation/request-1/response HTTP/1.1\r\n"))
    for field in [
      "Lambda-Runtime-Invocation-Id: delivery-7", "Lambda-Runtime-Function-Response-Mode: streaming", "Transfer-Encoding: chunked",
      "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body", "Content-Type: text/plain",
    ] { #expect(first.text.contains("\r\n\(field)\r\n")) }
    #expect(!first.text.contains("Content-Length"))
    #expect(machine.requestSent() == .resumeHandler(nil))
    let second = try base.request(produce(&machine, "wide world"))
    #expect(second == "a\r\nwide world\r\n")
    #expect(machine.requestSent() == .resumeHandler(nil))
    let end = try base.request(machine.handlerStreamed([], contentType: "text/plain"))
    #expect(end == "0\r\n\r\n")
    let whole = TestRequest(first.text + second + end)
    #expect(whole.isComplete)
    #expect(String(decoding: whole.content.body, as: UTF8.self) == "hello wide world")
    #expect(machine.requestSent() == .receive)
    // A connection that carried a stream is not used again.
    #expect(base.feed(&machine, RuntimeProtocolTests.accepted) == .connect)
    #expect(try base.request(machine.connectionOpened()).hasPrefix("GET "))
    #expect(machine.takeNotices().isEmpty)
    #expect(!machine.isServing)
  }

  @Test func anErrorBeforeTheFirstByteIsAnOrdinaryError() throws {
    var machine = machineServing()
    let post = try base.request(machine.handlerFailed(InvocationFailure(type: "Function.X", message: "x")))
    #expect(post.hasPrefix("POST /2018-06-01/runtime/invocation/request-1/error "))
  }

  @Test func anErrorInMidStreamTravelsInTheTrailers() throws {
    var machine = machineServing()
    let first = try base.request(produce(&machine, "hello"))
    _ = machine.requestSent()
    let end = try base.request(machine.handlerFailed(InvocationFailure(type: "Function.Broken", message: "the stock is \"negative\"")))
    let request = TestRequest(first + end)
    let trailers = try #require(request.content.trailers)
    #expect(trailers["Lambda-Runtime-Function-Error-Type"] == "Function.Broken")
    let body = try JSONValue(parsing: try decodeBase64(try #require(trailers["Lambda-Runtime-Function-Error-Body"])))
    #expect(
      body == ["errorMessage": "the stock is \"negative\"", "errorType": "Function.Broken", "requestId": "request-1", "stackTrace": []])
  }

  @Test func aResponseOfNothingIsAWholeRequestThatMayBeRepeated() throws {
    var machine = machineServing()
    let text = try base.request(machine.handlerStreamed([], contentType: "text/plain"))
    #expect(TestRequest(text).isComplete == true)
    _ = machine.requestSent()
    #expect(machine.connectionClosed() == .connect)
    #expect(try base.request(machine.connectionOpened()) == text)
  }

  @Test func theConnectionOfAResponseOfNothingIsClosedAsThatOfAnyStream() throws {
    var machine = machineServing()
    _ = machine.handlerStreamed([], contentType: "text/plain")
    _ = machine.requestSent()
    #expect(base.feed(&machine, RuntimeProtocolTests.accepted) == .connect)
    #expect(try base.request(machine.connectionOpened()).hasPrefix("GET "))
  }

  @Test func aHeadWithoutABodyIsSentWithTheEnd() throws {
    var machine = machineServing()
    let head = StreamedResponseHead(statusCode: 304)
    let request = TestRequest(try base.request(machine.handlerStreamed(head.prelude, contentType: StreamedResponseHead.contentType)))
    #expect(request.isComplete)
    #expect(request.content.body == head.prelude)
  }

  @Test func flushingSendsTheHeadAlone() throws {
    var machine = machineServing()
    let first = try base.request(produce(&machine, ""))
    #expect(first.hasSuffix("\r\n\r\n"))
    #expect(machine.requestSent() == .resumeHandler(nil))
    #expect(produce(&machine, "") == .resumeHandler(nil))
    let rest = try base.request(produce(&machine, "x"))
    _ = machine.requestSent()
    #expect(TestRequest(first + rest + (try base.request(machine.handlerStreamed([], contentType: "")))).content.body == Array("x".utf8))
  }

  @Test func aConnectionThatBreaksStopsTheWritingAndNoMore() throws {
    var machine = machineServing()
    _ = produce(&machine, "hello")
    _ = machine.requestSent()
    _ = produce(&machine, "world")
    #expect(machine.requestCut("send: Broken pipe") == .receive)
    let error = try failure(machine.connectionClosed())
    #expect(error.reason == .connectionLost)
    #expect(error.description.contains("Broken pipe"))
    #expect(try failure(produce(&machine, "again")) == error)
    // The handler's end, in whatever way, asks for the next event: there is nothing left to answer.
    #expect(machine.handlerFailed(InvocationFailure(error)) == .connect)
    #expect(try base.request(machine.connectionOpened()).hasPrefix("GET "))
    #expect(machine.takeNotices().map(\.isError) == [true])
  }

  @Test(arguments: [(410, ResponseStreamError.Reason.invocationGivenUp), (413, .refused), (400, .refused)])
  func anAnswerInMidStreamEndsIt(status: Int, reason: ResponseStreamError.Reason) throws {
    var machine = machineServing()
    _ = produce(&machine, "hello")
    _ = machine.requestSent()
    _ = produce(&machine, "world")
    #expect(machine.requestCut() == .receive)
    let error = try failure(base.feed(&machine, "HTTP/1.1 \(status) No\r\nContent-Length: 0\r\n\r\n"))
    #expect(error.reason == reason)
    #expect(error.description.contains("HTTP \(status)"))
    #expect(machine.handlerStreamed([], contentType: "") == .connect)
    #expect(machine.takeNotices().map(\.isError) == [status != 410])
    #expect(try base.request(machine.connectionOpened()).hasPrefix("GET "))
  }

  @Test func aFailureOfTheRuntimeAPIInMidStreamStopsTheProcessWhenTheHandlerIsDone() throws {
    var machine = machineServing()
    _ = produce(&machine, "hello")
    _ = machine.requestSent()
    _ = produce(&machine, "world")
    _ = machine.requestCut()
    _ = try failure(base.feed(&machine, "HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\noops"))
    let reason = try base.stopReason(machine.handlerStreamed([], contentType: ""))
    #expect(reason.exitStatus != 0)
    #expect(reason.message.contains("HTTP 500: oops"))
  }

  @Test func aStreamIsOpenedAgainOnAConnectionThatHadBeenClosed() throws {
    var machine = machineServing()
    let first = try base.request(produce(&machine, "hello"))
    _ = machine.requestCut("send: Broken pipe")
    #expect(machine.connectionClosed() == .connect)
    #expect(machine.connectionFailed("refused") == .wait(milliseconds: 50))
    #expect(machine.waited() == .connect)
    #expect(try base.request(machine.connectionOpened()) == first)
    _ = machine.requestCut("send: Broken pipe")
    #expect(try failure(machine.connectionClosed()).reason == .connectionLost)
  }

  @Test func aStreamThatCannotBeOpenedFailsTheWriteAndNoMore() throws {
    var machine = machineServing()
    _ = produce(&machine, "hello")
    _ = machine.requestCut("send: Broken pipe")
    _ = machine.connectionClosed()
    for _ in 0..<RuntimeProtocol.retries { _ = machine.connectionFailed("refused") }
    #expect(try failure(machine.connectionFailed("refused")).description.contains("refused"))
    #expect(machine.handlerStreamed([], contentType: "") == .connect)
  }

  @Test func anEndThatIsNotAnsweredIsLoggedAndTheNextEventServed() throws {
    var machine = machineServing()
    _ = produce(&machine, "hello")
    _ = machine.requestSent()
    _ = machine.handlerStreamed([], contentType: "")
    #expect(machine.requestSent() == .receive)
    #expect(machine.connectionClosed() == .connect)
    #expect(machine.takeNotices().map(\.message) == ["the streamed response may not have arrived whole: it closed the connection"])
    #expect(try base.request(machine.connectionOpened()).hasPrefix("GET "))
  }

  @Test func aBufferedResponseAfterAStreamBeganIsABugThatEndsLoudly() throws {
    var machine = machineServing()
    _ = produce(&machine, "hello")
    _ = machine.requestSent()
    #expect(try base.stopReason(machine.handlerSucceeded([])).message.contains("out of turn"))
  }
}

/// Decodes base64 bit by bit, to check the encoder with something else than itself.
func decodeBase64(_ text: String) throws -> [UInt8] {
  struct Invalid: Error {}
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  guard text.utf8.count % 4 == 0 else { throw Invalid() }
  var bits: [Bool] = []
  for byte in text.utf8 where byte != UInt8(ascii: "=") {
    guard let value = alphabet.firstIndex(of: byte) else { throw Invalid() }
    for bit in (0..<6).reversed() { bits.append(value >> bit & 1 == 1) }
  }
  return stride(from: 0, to: bits.count / 8 * 8, by: 8).map { start in
    bits[start..<(start + 8)].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
  }
}
