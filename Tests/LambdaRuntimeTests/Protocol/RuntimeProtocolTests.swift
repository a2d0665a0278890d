import JSON
import Testing

@testable import LambdaRuntime

@Suite struct RuntimeProtocolTests {
  static let accepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 16\r\n\r\n{\"status\":\"OK\"}\n"

  static func event(id: String = "request-1", fields: String = "", body: String = "{}") -> String {
    "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: \(id)\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  /// The machine with its first request written.
  func machineWaitingForAnEvent() -> RuntimeProtocol {
    var machine = RuntimeProtocol(authority: "127.0.0.1:9001")
    #expect(machine.start() == .connect)
    guard case .send(let request) = machine.connectionOpened() else {
      Issue.record("no request after connecting")
      return machine
    }
    #expect(
      text(request)
        == "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: 127.0.0.1:9001\r\nUser-Agent: arbiter-lambda-runtime\r\n\r\n")
    #expect(machine.requestSent() == .receive)
    return machine
  }

  func text(_ request: RuntimeRequest) -> String { String(decoding: request.head + request.body + request.tail, as: UTF8.self) }

  func feed(_ machine: inout RuntimeProtocol, _ text: String) -> RuntimeProtocol.Action {
    Array(text.utf8).withUnsafeBytes { machine.bytesReceived($0) }
  }

  func invocation(_ action: RuntimeProtocol.Action) throws -> Invocation {
    guard case .invoke(let invocation) = action else { throw Unexpected(action) }
    return invocation
  }

  func request(_ action: RuntimeProtocol.Action) throws -> String {
    guard case .send(let request) = action else { throw Unexpected(action) }
    return text(request)
  }

  func stopReason(_ action: RuntimeProtocol.Action) throws -> RuntimeProtocol.StopReason {
    guard case .stop(let reason) = action else { throw Unexpected(action) }
    return reason
  }

  struct Unexpected: Error {
    let action: RuntimeProtocol.Action
    init(_ action: RuntimeProtocol.Action) { self.action = action }
  }

  @Test func anEventReachesTheHandlerWithItsFields() throws {
    var machine = machineWaitingForAnEvent()
    let fields = """
      lambda-runtime-deadline-ms: 1795159140000\r
      LAMBDA-RUNTIME-INVOKED-FUNCTION-ARN: arn:aws:lambda:eu-west-1:123456789012:function:supervisor\r
      Lambda-Runtime-Trace-Id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1\r
      Lambda-Runtime-Client-Context: {"client":{}}\r
      Lambda-Runtime-Cognito-Identity: {"identity_id":"x"}\r
      Lambda-Runtime-Aws-Tenant-Id: blue\r
      Lambda-Runtime-Invocation-Id: delivery-7\r

      """
    let invocation = try invocation(feed(&machine, Self.event(fields: fields, body: "[1]")))
    #expect(invocation.requestID == "request-1")
    #expect(invocation.deadlineMilliseconds == 1_795_159_140_000)
    #expect(invocation.functionARN == "arn:aws:lambda:eu-west-1:123456789012:function:supervisor")
    #expect(invocation.traceHeader == "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1")
    #expect(invocation.clientContext == "{\"client\":{}}")
    #expect(invocation.cognitoIdentity == "{\"identity_id\":\"x\"}")
    #expect(invocation.tenantID == "blue")
    #expect(invocation.invocationID == "delivery-7")
    #expect(invocation.event == Array("[1]".utf8))
  }

  @Test func aResponseIsPostedAndTheNextEventAskedForOnTheSameConnection() throws {
    var machine = machineWaitingForAnEvent()
    _ = feed(&machine, Self.event(fields: "Lambda-Runtime-Invocation-Id: delivery-7\r\n"))
    let post = try request(machine.handlerSucceeded(Array("{\"ok\":true}".utf8)))
    #expect(post.hasPrefix("POST /2018-06-01/runtime/invocation/request-1/response HTTP/1.1\r\n"))
    #expect(post.contains("\r\nLambda-Runtime-Invocation-Id: delivery-7\r\n"))
    #expect(post.hasSuffix("\r\nContent-Length: 11\r\n\r\n{\"ok\":true}"))
    _ = machine.requestSent()
    #expect(try request(feed(&machine, Self.accepted)).hasPrefix("GET /2018-06-01/runtime/invocation/next "))
    #expect(machine.takeNotices().isEmpty)
  }

  @Test func withoutADeliveryIDNoneIsEchoed() throws {
    var machine = machineWaitingForAnEvent()
    _ = feed(&machine, Self.event())
    #expect(try !request(machine.handlerSucceeded([])).contains("Invocation-Id"))
  }

  @Test func anErrorIsPostedWithTypeMessageAndEmptyTrace() throws {
    var machine = machineWaitingForAnEvent()
    _ = feed(&machine, Self.event(fields: "Lambda-Runtime-Invocation-Id: delivery-7\r\n"))
    let failure = InvocationFailure(type: "Function.Bad Input\r\n", message: "line 1\nüber \"quoted\"")
    let post = try request(machine.handlerFailed(failure))
    #expect(post.hasPrefix("POST /2018-06-01/runtime/invocation/request-1/error HTTP/1.1\r\n"))
    #expect(post.contains("\r\nLambda-Runtime-Invocation-Id: delivery-7\r\n"))
    #expect(post.contains("\r\nLambda-Runtime-Function-Error-Type: Function.Bad_Input__\r\n"))
    let parts = post.split(separator: "\r\n\r\n", maxSplits: 1)
    let body = try JSONValue(parsing: String(try #require(parts.last)))
    #expect(
      body == ["errorMessage": "line 1\nüber \"quoted\"", "errorType": "Function.Bad_Input__", "requestId": "request-1", "stackTrace": []])
    let cause = try #require(parts[0].split(separator: "\r\n").first { $0.hasPrefix("Lambda-Runtime-Function-XRay-Error-Cause: ") })
    #expect(cause.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
    #expect(
      try JSONValue(parsing: String(cause.split(separator: ": ", maxSplits: 1)[1]))["exceptions"]?[0]?["type"] == "Function.Bad_Input__")
  }

  @Test(arguments: ["response", "error"])
  func anAnswerThatCameTooLateIsLoggedAndSurvived(kind: String) throws {
    var machine = machineWaitingForAnEvent()
    _ = feed(&machine, Self.event())
    _ = kind == "response" ? machine.handlerSucceeded([]) : machine.handlerFailed(InvocationFailure(type: "Function.X", message: "x"))
    _ = machine.requestSent()
    let gone = "HTTP/1.1 410 Gone\r\nContent-Length: 2\r\n\r\n{}"
    #expect(try request(feed(&machine, gone)).hasPrefix("GET "))
    let notices = machine.takeNotices()
    #expect(notices.map(\.requestID) == ["request-1"])
    #expect(notices.first?.message.contains("410") == true)
    #expect(machine.takeNotices().isEmpty)
  }

  @Test(arguments: [400, 403, 413])
  func aRefusedAnswerIsAnErrorInTheLogAndTheLoopGoesOn(status: Int) throws {
    var machine = machineWaitingForAnEvent()
    _ = feed(&machine, Self.event())
    _ = machine.handlerSucceeded([])
    #expect(try request(feed(&machine, "HTTP/1.1 \(status) No\r\nContent-Length: 6\r\n\r\nreason")).hasPrefix("GET "))
    let notice = try #require(machine.takeNotices().first)
    #expect(notice.isError)
    #expect(notice.message.contains("HTTP \(status): reason"))
  }

  @Test func aFailureOfTheRuntimeAPIStopsTheProcess() throws {
    var machine = machineWaitingForAnEvent()
    _ = feed(&machine, Self.event())
    _ = machine.handlerSucceeded([])
    let reason = try stopReason(feed(&machine, "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\noops"))
    #expect(reason.exitStatus != 0)
    #expect(reason.message == "POST response of request request-1 was answered with HTTP 500: oops")
  }

  @Test(arguments: [403, 500, 503])
  func anErrorInsteadOfAnEventStopsTheProcess(status: Int) throws {
    var machine = machineWaitingForAnEvent()
    let reason = try stopReason(feed(&machine, "HTTP/1.1 \(status) No\r\nContent-Length: 0\r\n\r\n"))
    #expect(reason.message.contains("GET next was answered with HTTP \(status)"))
  }

  @Test(arguments: ["", "two words", "a/../b", "a?b"])
  func anEventWithoutAUsableRequestIDStopsTheProcess(id: String) throws {
    var machine = machineWaitingForAnEvent()
    let reason = try stopReason(feed(&machine, Self.event(id: id)))
    #expect(reason.message.contains("Lambda-Runtime-Aws-Request-Id '\(id)'"))
  }

  @Test func junkStopsTheProcessAndIsQuoted() throws {
    var machine = machineWaitingForAnEvent()
    #expect(try stopReason(feed(&machine, "220 smtp.example ESMTP\r\n")).message.contains("220 smtp.example ESMTP"))
  }

  @Test func aConnectionClosedWhileWaitingIsOpenedAgainAFewTimes() throws {
    var machine = machineWaitingForAnEvent()
    #expect(machine.connectionClosed() == .connect)
    for pause in [50, 100, 200] {
      #expect(try request(machine.connectionOpened()).hasPrefix("GET "))
      _ = machine.requestSent()
      #expect(machine.connectionClosed("read: Connection reset by peer") == .wait(milliseconds: pause))
      #expect(machine.waited() == .connect)
    }
    _ = machine.connectionOpened()
    _ = machine.requestSent()
    #expect(
      try stopReason(machine.connectionClosed("read: Connection reset by peer")).message.contains("Connection reset by peer, 5 times"))
  }

  @Test func anAnswerIsSentAgainOnceOnly() throws {
    var machine = machineWaitingForAnEvent()
    _ = feed(&machine, Self.event())
    _ = machine.handlerSucceeded([])
    #expect(machine.connectionClosed() == .connect)
    #expect(try request(machine.connectionOpened()).hasPrefix("POST "))
    let reason = try stopReason(machine.connectionClosed("send: Broken pipe"))
    #expect(reason.exitStatus != 0)
    #expect(reason.message.contains("Broken pipe, 2 times"))
  }

  @Test func aSecondChanceIsGivenForEachRequest() throws {
    var machine = machineWaitingForAnEvent()
    _ = machine.connectionClosed()
    _ = machine.connectionOpened()
    _ = feed(&machine, Self.event())
    _ = machine.handlerSucceeded([])
    #expect(machine.connectionClosed() == .connect)
    #expect(try request(machine.connectionOpened()).hasPrefix("POST "))
  }

  @Test func aRepeatedAnswerThatHadBeenTakenIsNoError() throws {
    var machine = machineWaitingForAnEvent()
    _ = feed(&machine, Self.event())
    _ = machine.handlerSucceeded(Array("1".utf8))
    _ = machine.connectionClosed()
    #expect(try request(machine.connectionOpened()).hasSuffix("\r\n\r\n1"))
    #expect(try request(feed(&machine, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")).hasPrefix("GET "))
    #expect(machine.takeNotices().map(\.isError) == [false])
  }

  @Test func aRepeatedAnswerThatIsRefusedForItselfIsAnError() throws {
    var machine = machineWaitingForAnEvent()
    _ = feed(&machine, Self.event())
    _ = machine.handlerSucceeded(Array("1".utf8))
    _ = machine.connectionClosed()
    _ = machine.connectionOpened()
    #expect(try request(feed(&machine, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")).hasPrefix("GET "))
    let notice = try #require(machine.takeNotices().first)
    #expect(notice.isError)
    #expect(notice.message.contains("refused with HTTP 413"))
  }

  @Test func aResponseCutShortIsAskedForAgain() throws {
    var machine = machineWaitingForAnEvent()
    #expect(feed(&machine, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{") == .receive)
    #expect(machine.connectionClosed() == .connect)
    _ = machine.connectionOpened()
    #expect(try invocation(feed(&machine, Self.event(body: "[]"))).event == Array("[]".utf8))
  }

  @Test func aConnectionThatIsNotKeptIsReplaced() throws {
    var machine = machineWaitingForAnEvent()
    let action = feed(
      &machine, "HTTP/1.1 200 OK\r\nConnection: close\r\nLambda-Runtime-Aws-Request-Id: a\r\nContent-Length: 0\r\n\r\n")
    #expect(try invocation(action).requestID == "a")
    #expect(machine.handlerSucceeded([]) == .connect)
    #expect(try request(machine.connectionOpened()).hasPrefix("POST "))
  }

  @Test func aConnectionThatCannotBeOpenedIsTriedAgainForLessThanASecond() throws {
    var machine = RuntimeProtocol(authority: "127.0.0.1:9001")
    _ = machine.start()
    for pause in [50, 100, 200, 400] {
      #expect(machine.connectionFailed("connect to 127.0.0.1:9001: Connection refused") == .wait(milliseconds: pause))
      #expect(machine.waited() == .connect)
    }
    let reason = try stopReason(machine.connectionFailed("connect to 127.0.0.1:9001: Connection refused"))
    #expect(reason.exitStatus != 0)
    #expect(reason.message.contains("refused"))
  }

  @Test func aConnectionThatComesBackServesTheNextEvent() throws {
    var machine = RuntimeProtocol(authority: "127.0.0.1:9001")
    _ = machine.start()
    _ = machine.connectionFailed("refused")
    _ = machine.waited()
    #expect(try request(machine.connectionOpened()).hasPrefix("GET "))
    _ = machine.requestSent()
    #expect(try invocation(feed(&machine, Self.event(body: "[]"))).event == Array("[]".utf8))
  }

  @Test func aResponseThatIsTooLargeFailsItsInvocationAndNoOther() throws {
    var machine = machineWaitingForAnEvent()
    _ = feed(&machine, Self.event())
    let post = try request(machine.handlerSucceeded([UInt8](repeating: 0x20, count: 6_291_557)))
    #expect(post.hasPrefix("POST /2018-06-01/runtime/invocation/request-1/error "))
    #expect(post.contains("\r\nLambda-Runtime-Function-Error-Type: Function.ResponseSizeTooLarge\r\n"))
    #expect(post.contains("Response payload size (6291557 bytes) exceeded maximum allowed payload size (6291556 bytes)."))
    #expect(machine.takeNotices().map(\.isError) == [true])
    #expect(try request(feed(&machine, Self.accepted)).hasPrefix("GET "))
  }

  @Test func theLargestResponseIsPosted() throws {
    var machine = machineWaitingForAnEvent()
    _ = feed(&machine, Self.event())
    #expect(try request(machine.handlerSucceeded([UInt8](repeating: 0x20, count: 6_291_556))).contains("/response HTTP/1.1"))
  }

  /// What a server does that refuses a body by its length alone.
  @Test func aRefusalThatComesBeforeTheRequestIsSentIsHeard() throws {
    var machine = machineWaitingForAnEvent()
    _ = feed(&machine, Self.event())
    _ = machine.handlerSucceeded([UInt8](repeating: 0x20, count: 1_000_000))
    #expect(machine.requestCut() == .receive)
    // The rest of the request was never written, so the connection has lost its framing.
    #expect(feed(&machine, "HTTP/1.1 413 Request Entity Too Large\r\nContent-Length: 0\r\n\r\n") == .connect)
    #expect(machine.takeNotices().map(\.message) == ["the response was refused with HTTP 413"])
    #expect(try request(machine.connectionOpened()).hasPrefix("GET "))
  }

  @Test func aRequestThatCouldNotBeWrittenIsSentAgain() throws {
    var machine = machineWaitingForAnEvent()
    _ = feed(&machine, Self.event())
    _ = machine.handlerSucceeded(Array("1".utf8))
    #expect(machine.requestCut("send: Broken pipe") == .receive)
    #expect(machine.connectionClosed() == .connect)
    #expect(try request(machine.connectionOpened()).hasSuffix("\r\n\r\n1"))
    _ = machine.requestCut("send: Broken pipe")
    #expect(try stopReason(machine.connectionClosed()).message.contains("send: Broken pipe, 2 times"))
  }

  @Test func aFailedStartIsPostedToInitError() throws {
    var machine = RuntimeProtocol(authority: "127.0.0.1:9001")
    let error = ConfigurationError(variable: "ORCHESTRATION_TABLE", value: nil, expected: "the name of a table")
    #expect(machine.initializationFailed(InvocationFailure(error)) == .connect)
    let post = try request(machine.connectionOpened())
    #expect(post.hasPrefix("POST /2018-06-01/runtime/init/error HTTP/1.1\r\n"))
    #expect(post.contains("\r\nLambda-Runtime-Function-Error-Type: Runtime.InvalidConfiguration\r\n"))
    #expect(post.contains("environment variable ORCHESTRATION_TABLE is not set; expected the name of a table"))
    #expect(try stopReason(feed(&machine, Self.accepted)).exitStatus == 1)
  }

  @Test func callsOutOfTurnEndLoudly() throws {
    var machine = machineWaitingForAnEvent()
    #expect(try stopReason(machine.handlerSucceeded([])).message.contains("out of turn"))
  }

  @Test func aCallOutOfTurnKeepsTheEventOutOfTheLog() throws {
    var machine = machineWaitingForAnEvent()
    _ = feed(&machine, Self.event(body: "[123]"))
    let message = try stopReason(machine.waited()).message
    #expect(message == "the end of a pause came out of turn, while an event was served")
  }

  /// Whoever subtracts the time from such a number, or adds to it, would trap.
  @Test(arguments: ["-9223372036854775808", "9223372036854775807", "-1", "253402300800000", "9999999999999999999", "soon", ""])
  func aDeadlineThatIsNoTimeIsNone(text: String) throws {
    var machine = machineWaitingForAnEvent()
    let invocation = try invocation(feed(&machine, Self.event(fields: "Lambda-Runtime-Deadline-Ms: \(text)\r\n")))
    #expect(invocation.deadlineMilliseconds == nil)
  }
}
