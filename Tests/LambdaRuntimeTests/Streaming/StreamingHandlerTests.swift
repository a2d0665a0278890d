import JSON
import Synchronization
import Testing

@testable import LambdaRuntime

/// Streamed responses over real sockets.
@Suite struct StreamingHandlerTests {
  struct Run {
    let requests: [TestRequest]
    let log: [String]
  }

  struct Broken: Error, CustomStringConvertible { let description = "the stock is negative" }

  func run(_ steps: [ScriptedServer.Step], _ handler: some StreamingLambdaHandler & Sendable) async throws -> Run {
    let server = try ScriptedServer(steps)
    let variables = LambdaEnvironment(["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(server.port)"])
    let lines = LogLines()
    let log = RuntimeLog(isJSON: true, threshold: .info) { lines.append($0) }
    let loop = RuntimeLoop(address: try RuntimeAddress(variables), environment: variables, log: log, wait: { _ in })
    let served = ServedHandler(handler, isSendable: true)
    #expect(try await onOwnThread { loop.serve(served).exitStatus } == 1)
    return Run(requests: try await onOwnThread { server.requests() }.map { TestRequest($0) }, log: lines.all)
  }

  let event = RuntimeLoopTests.event("a")
  let accepted = RuntimeLoopTests.accepted
  /// The event that a loop asks for when all went well before.
  let last = [RuntimeLoopTests.event("last"), RuntimeLoopTests.accepted, .hangUp]

  func text(_ request: TestRequest) -> String { String(decoding: request.content.body, as: UTF8.self) }

  @Test func whatIsWrittenArrivesInOrderAndWhole() async throws {
    let large = String(repeating: "0123456789", count: 200_000)
    let run = try await run(
      [event, accepted] + last,
      StreamingHandler { _, writer, context in
        guard context.requestID == "a" else { return }
        try writer.setContentType("text/plain")
        try await writer.write("one ")
        try await writer.write([])
        try await writer.flush()
        try await writer.write(large)
        // From another thread.
        try await Task.detached { try await writer.write(" two") }.value
      })
    #expect(text(run.requests[1]) == "one " + large + " two")
    #expect(run.requests[1].content.trailers == [:])
    #expect(run.requests[1].text.contains("\r\nContent-Type: text/plain\r\n"))
    #expect(run.requests[3].text.contains("/invocation/last/response"))
    #expect(run.requests[3].isComplete)
    #expect(run.log.isEmpty)
  }

  @Test func anHTTPHeadStandsInFrontOfTheBody() async throws {
    let run = try await run(
      [event, accepted] + last,
      StreamingHandler { _, writer, _ in
        try writer.setHead(
          StreamedResponseHead(statusCode: 201, headers: ["Content-Type": "text/html", "X-A": "ü"], cookies: ["a=1", "b=2"]))
        try await writer.write("<p>")
      })
    #expect(run.requests[1].text.contains("\r\nContent-Type: application/vnd.awslambda.http-integration-response\r\n"))
    let body = run.requests[1].content.body
    let zeros = try #require(body.firstIndex(of: 0))
    #expect(
      try JSONValue(parsing: Array(body[..<zeros]))
        == ["statusCode": 201, "headers": ["Content-Type": "text/html", "X-A": "ü"], "cookies": ["a=1", "b=2"]])
    #expect(Array(body[zeros...]) == [UInt8](repeating: 0, count: 8) + Array("<p>".utf8))
  }

  @Test func aTypedEventIsDecodedAndOneThatDoesNotFitIsAnOrdinaryError() async throws {
    let handler = StreamingHandler(decoding: JSONValue.self) { event, writer, _ in try await writer.write(event.text) }
    let run = try await run(
      [RuntimeLoopTests.event("a", body: "[1, 2]"), accepted, RuntimeLoopTests.event("b", body: "[1,"), accepted, .hangUp], handler)
    #expect(text(run.requests[1]) == "[1,2]")
    #expect(run.requests[3].text.contains("/invocation/b/error"))
    #expect(run.requests[3].text.contains("Function.InvalidEvent"))
  }

  @Test func anErrorAfterAHeadThatWasNotSentIsAnOrdinaryError() async throws {
    let run = try await run(
      [event, accepted] + last,
      StreamingHandler { _, writer, context in
        guard context.requestID == "a" else { return }
        try writer.setHead(StreamedResponseHead(statusCode: 200))
        throw Broken()
      })
    #expect(run.requests[1].text.hasPrefix("POST /2018-06-01/runtime/invocation/a/error "))
  }

  @Test func anErrorInMidStreamReachesTheCallerAndTheLog() async throws {
    let run = try await run(
      [event, accepted] + last,
      StreamingHandler { _, writer, context in
        try await writer.write("half")
        if context.requestID == "a" { throw Broken() }
      })
    #expect(text(run.requests[1]) == "half")
    #expect(run.requests[1].content.trailers?["Lambda-Runtime-Function-Error-Type"] == "Function.Broken")
    #expect(run.log.count == 1)
    #expect(run.log[0].contains("the handler failed: the stock is negative"))
    #expect(run.requests[3].content.trailers == [:])
  }

  /// More than any socket buffer holds, so that writing meets the broken connection while it waits.
  static let endless = String(repeating: "x", count: 1 << 20)

  @Test func aConnectionThatBreaksIsAnErrorOfTheWriteAndTheNextEventIsServed() async throws {
    let caught = Mutex<ResponseStreamError?>(nil)
    let run = try await run(
      [event, .hangUpAfter(bodyBytes: 5)] + last,
      StreamingHandler { _, writer, context in
        guard context.requestID == "a" else { return }
        do { while true { try await writer.write(Self.endless) } } catch let error as ResponseStreamError {
          caught.withLock { $0 = error }
          throw error
        }
      })
    #expect(caught.withLock { $0?.reason } == .connectionLost)
    #expect(run.requests[3].text.contains("/invocation/last/response"))
    #expect(run.log.contains { $0.contains("the streamed response is incomplete") })
  }

  @Test(arguments: [("410 Gone", ResponseStreamError.Reason.invocationGivenUp), ("413 Too Large", .refused)])
  func anAnswerInMidStreamEndsTheWriting(status: String, reason: ResponseStreamError.Reason) async throws {
    let caught = Mutex<ResponseStreamError?>(nil)
    let run = try await run(
      [event, .answerHeadAndHangUp("HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\r\n")] + last,
      StreamingHandler { _, writer, context in
        guard context.requestID == "a" else { return }
        do { while true { try await writer.write(Self.endless) } } catch let error as ResponseStreamError {
          // Again: the answer stays the same.
          let again = await #expect(throws: ResponseStreamError.self) { try await writer.write("more") }
          #expect(again == error)
          caught.withLock { $0 = error }
        }
      })
    #expect(caught.withLock { $0?.reason } == reason)
    #expect(run.requests[3].text.contains("/invocation/last/response"))
  }

  /// What was handed over before the handler returned is a part of the response, the more so with its head in front.
  @Test func aPieceThatTheHandlerDidNotWaitForIsSentWithItsHead() async throws {
    let run = try await run(
      [event, accepted] + last,
      StreamingHandler { _, writer, context in
        guard context.requestID == "a" else { return }
        try writer.setHead(StreamedResponseHead(statusCode: 201))
        let board = SlotTests.Board()
        // The handler keeps its thread until the piece has been handed over, and returns before it can be written.
        Task.detached {
          async let written: Void = writer.write("body")
          while (try? writer.setHead(StreamedResponseHead(statusCode: 201))) != nil { await Task.yield() }
          board.change { $0.arrived = 1 }
          try await written
        }
        board.wait { $0.arrived == 1 }
      })
    let body = run.requests[1].content.body
    #expect(body.starts(with: Array("{\"statusCode\":201".utf8)))
    #expect(body.suffix(4) == Array("body".utf8))
  }

  @Test func aWriterThatOutlivesItsHandlerIsToldSo() async throws {
    let kept = Mutex<ResponseWriter?>(nil)
    let run = try await run(
      [event, accepted] + last,
      StreamingHandler { _, writer, context in
        if context.requestID == "a" {
          kept.withLock { $0 = writer }
          return try await writer.write("done")
        }
        let old = try #require(kept.withLock { $0 })
        let late = await #expect(throws: ResponseStreamError.self) { try await old.write("late") }
        #expect(late?.reason == .responseEnded)
        #expect(throws: ResponseStreamError.self) { try old.setContentType("text/plain") }
        try await writer.write("second")
      })
    #expect(text(run.requests[1]) == "done")
    #expect(text(run.requests[3]) == "second")
  }

  @Test func theHeadIsCheckedAndCannotChangeOnceItIsSent() async throws {
    let run = try await run(
      [event, accepted] + last,
      StreamingHandler { _, writer, _ in
        #expect(throws: ResponseStreamError.self) { try writer.setContentType("text/plain\r\nX: y") }
        #expect(throws: ResponseStreamError.self) { try writer.setContentType("") }
        #expect(throws: ResponseStreamError.self) { try writer.setHead(StreamedResponseHead(statusCode: 99)) }
        try await writer.write("x")
        let error = #expect(throws: ResponseStreamError.self) { try writer.setHead(StreamedResponseHead(statusCode: 200)) }
        #expect(error?.reason == .invalidHead)
      })
    #expect(run.requests[1].text.contains("\r\nContent-Type: application/octet-stream\r\n"))
    #expect(text(run.requests[1]) == "x")
  }

  @Test func writesOfSeveralTasksAllArrive() async throws {
    let run = try await run(
      [event, accepted] + last,
      StreamingHandler { _, writer, _ in
        try await withThrowingTaskGroup { group in
          for number in 0..<50 { group.addTask { try await writer.write("<\(number)>") } }
          try await group.waitForAll()
        }
      })
    for number in 0..<50 { #expect(text(run.requests[1]).contains("<\(number)>")) }
  }
}
