import JSON
import Testing

@testable import RuntimeAPI

@Suite struct InvocationTests {
  @Test func anEventIsHandedOutAndItsResponseTaken() throws {
    var driver = MachineDriver.ready()
    driver.submit("r-1")
    var effects = driver.effects()
    #expect(effects.logs == [.start(requestID: "r-1", version: "$LATEST")])
    let delivery = try #require(effects.deliveries.first)
    #expect(delivery.requestID == "r-1")
    #expect(delivery.deadlineMilliseconds == 100 + 3_000)
    driver.pass(milliseconds: 12)
    driver.send(.response("r-1"), "[1]") { $0.contentType = "application/json" }
    effects = driver.effects()
    #expect(effects.replies == [.accepted])
    #expect(effects.outcomes == [.response(FunctionResponse(body: Array("[1]".utf8), byteCount: 3, contentType: "application/json"))])
    #expect(effects.reports.isEmpty)
    driver.pass(milliseconds: 1)
    driver.send(.next)
    let report = try #require(driver.effects().reports.first)
    #expect(report.status == .success)
    #expect(report.durationNanoseconds == 13_000_000)
    #expect(report.initializationNanoseconds == 100_000_000)
    #expect(report.billedMilliseconds == 113)
  }

  @Test func eachDeliveryHasAnIdOfItsOwnAndOnlyTheFirstReportTheInitialization() throws {
    var driver = MachineDriver.running()
    driver.send(.response("r-1"), "1")
    driver.send(.next)
    driver.submit("r-2")
    let first = try #require(driver.effects().deliveries.first)
    driver.send(.response("r-2"), "2")
    driver.send(.next)
    #expect(driver.effects().reports.map(\.initializationNanoseconds) == [nil])
    driver.submit("r-3")
    #expect(driver.effects().deliveries.first?.invocationID != first.invocationID)
  }

  @Test func anErrorKeepsItsTypeAndBody() throws {
    var driver = MachineDriver.running()
    driver.send(.error("r-1"), #"{"errorMessage":"no"}"#) { $0.errorType = "Function.Refused" }
    let effects = driver.effects()
    #expect(effects.replies == [.accepted])
    let failure = try #require(effects.failures.first)
    #expect(failure.kind == .function && failure.type == "Function.Refused" && failure.message == "no")
    driver.send(.next)
    let report = try #require(driver.effects().reports.first)
    #expect(report.status == .error && report.errorType == nil)
  }

  @Test func anAnswerToAnotherRequestIsRefused() throws {
    var driver = MachineDriver.running()
    driver.send(.response("r-2"), "1")
    let reply = try driver.reply()
    #expect(reply.status == 400 && reply.errorType == "InvalidRequestID")
  }

  @Test func aSecondAnswerIsAnInvalidTransition() throws {
    var driver = MachineDriver.running()
    driver.send(.response("r-1"), "1")
    driver.send(.response("r-1"), "2")
    let effects = driver.effects()
    #expect(effects.outcomes.count == 1)
    #expect(effects.replies.map(\.status) == [202, 403])
    #expect(effects.replies.last?.errorType == "InvalidStateTransition")
    driver.send(.next)
    driver.send(.error("r-1"), on: 2, "{}")
    #expect(try driver.reply().status == 403)
  }

  @Test func theAnswerOfAnEarlierDeliveryIsGone() throws {
    var driver = MachineDriver.running()
    driver.send(.response("r-1"), "1") { $0.invocationID = "another" }
    let effects = driver.effects()
    #expect(effects.replies.map(\.status) == [410] && effects.replies.first?.errorType == "InvokeTimeout")
    #expect(effects.outcomes.isEmpty)
    driver.send(.response("r-1"), "1") { $0.invocationID = "id-1" }
    #expect(try driver.reply() == .accepted)
  }

  @Test func anEventThatWasNotAnsweredIsGivenAgain() throws {
    var driver = MachineDriver.running()
    driver.machine.connectionClosed(1, at: driver.now)
    driver.send(.next, on: 2)
    let delivery = try #require(driver.effects().deliveries.first)
    #expect(delivery.requestID == "r-1" && delivery.invocationID == "id-2")
  }

  @Test func aResponseThatIsTooLargeIsRefusedAndFailsItsInvocation() throws {
    var driver = MachineDriver.running()
    let piece = String(repeating: "x", count: 1 << 20)
    driver.begin(.response("r-1"))
    for _ in 0..<6 { driver.write(piece) }
    driver.write(String(repeating: "x", count: 101))
    driver.machine.requestEnded(1, StreamTrailers(), at: driver.now)
    let effects = driver.effects()
    #expect(effects.replies.map(\.status) == [413])
    #expect(effects.replies.first?.errorMessage == "Exceeded maximum allowed payload size (6291556 bytes).")
    let failure = try #require(effects.failures.first)
    #expect(failure.type == "Function.ResponseSizeTooLarge")
    #expect(failure.message == "Response payload size exceeded maximum allowed payload size (6291556 bytes).")
    driver.send(.next)
    #expect(driver.effects().reports.map(\.errorType) == ["Function.ResponseSizeTooLarge"])
  }

  @Test func theLargestResponseIsTaken() {
    var driver = MachineDriver.running()
    driver.send(.response("r-1"), String(repeating: "x", count: PayloadLimits.maximumResponseBytes))
    #expect(driver.effects().replies == [.accepted])
  }

  @Test func anEventThatIsTooLargeIsNeverHandedOut() throws {
    var driver = MachineDriver.ready()
    driver.machine.submit(Invocation(requestID: "r-1", event: [UInt8](repeating: 0x20, count: PayloadLimits.maximumEventBytes + 1)), at: 0)
    let effects = driver.effects()
    #expect(effects.deliveries.isEmpty)
    let failure = try #require(effects.failures.first)
    #expect(failure.type == "RequestEntityTooLarge" && failure.message?.contains("6291456") == true)
  }

  @Test func aBrokenConnectionTruncatesTheResponse() throws {
    var driver = MachineDriver.running()
    driver.begin(.response("r-1")) { $0.framing = .length(10) }
    driver.write("12345")
    driver.machine.connectionClosed(1, at: driver.now)
    #expect(driver.effects().failures.map(\.type) == ["Runtime.TruncatedResponse"])
  }

  @Test func whatIsNoOperationIsSaidSo() throws {
    var driver = MachineDriver.ready()
    driver.send(.unknown("GET /nothing"), on: 2)
    let reply = try driver.reply()
    #expect(reply.status == 404 && reply.errorMessage?.contains("GET /nothing") == true)
  }

  @Test func telemetryIsNotSupportedAsOnTheEmulator() throws {
    var driver = MachineDriver.ready()
    driver.send(.telemetry, on: 2)
    #expect(try driver.reply().errorType == "Telemetry.NotSupported")
  }

  // MARK: Streams

  @Test func aStreamIsPassedOnAsItComes() throws {
    var driver = MachineDriver.running()
    driver.begin(.response("r-1")) {
      $0.responseMode = "streaming"
      $0.contentType = "text/plain"
      $0.framing = .chunked
    }
    #expect(driver.effects() == [.streamed(requestID: "r-1", contentType: "text/plain", [])])
    driver.write("one")
    #expect(driver.effects() == [.streamed(requestID: "r-1", contentType: nil, Array("one".utf8))])
    driver.write("two")
    driver.machine.requestEnded(1, StreamTrailers(), at: driver.now)
    let outcome = try #require(driver.effects().outcomes.first)
    #expect(outcome == .response(FunctionResponse(byteCount: 6, contentType: "text/plain", isStreamed: true)))
  }

  @Test func trailersFailAStream() throws {
    var driver = MachineDriver.running()
    let body = "eyJlcnJvck1lc3NhZ2UiOiJicm9rZSIsImVycm9yVHlwZSI6IkZ1bmN0aW9uLkEifQ=="
    driver.send(.response("r-1"), "half", trailers: StreamTrailers(errorType: "Function.A", errorBody: body)) {
      $0.responseMode = "streaming"
    }
    let effects = driver.effects()
    #expect(effects.replies == [.accepted])
    let failure = try #require(effects.failures.first)
    #expect(failure.kind == .brokenStream && failure.type == "Function.A" && failure.message == "broke")
  }

  @Test func aModeThatThereIsNotFailsTheInvocation() throws {
    var driver = MachineDriver.running()
    driver.send(.response("r-1"), "x") { $0.responseMode = "buffered" }
    let effects = driver.effects()
    #expect(effects.replies.map(\.errorType) == ["InvalidFunctionResponseMode"])
    #expect(effects.failures.map(\.type) == ["Runtime.InvalidResponseModeHeader"])
  }

  @Test func aStreamMayBeLargerThanAResponse() {
    var driver = MachineDriver.running()
    driver.begin(.response("r-1")) { $0.responseMode = "streaming" }
    let piece = String(repeating: "x", count: 10 << 20)
    for _ in 0..<20 { driver.write(piece) }
    _ = driver.effects()
    driver.write("x")
    driver.machine.requestEnded(1, StreamTrailers(), at: driver.now)
    let effects = driver.effects()
    #expect(effects.replies.map(\.status) == [413])
    #expect(effects.failures.map(\.type) == ["Function.ResponseSizeTooLarge"])
  }
}
