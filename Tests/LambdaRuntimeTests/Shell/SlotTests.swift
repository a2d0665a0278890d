import Glibc
import JSON
import Synchronization
import Testing

@testable import LambdaRuntime

/// Several slots of one process, as on Lambda Managed Instances.
@Suite struct SlotTests {
  /// Keeps what the slots of a test did, and lets threads wait for it.
  final class Board: Sendable {
    struct State {
      var handedOut = 0
      var arrived = 0
      var answers: [String: String] = [:]
    }
    private let condition = ThreadCondition()
    private let state = Mutex(State())

    func change(_ body: (inout State) -> Void) {
      condition.lock()
      state.withLock { body(&$0) }
      condition.broadcastAndUnlock()
    }

    func wait(until isReady: (State) -> Bool) {
      condition.lock()
      while !state.withLock({ isReady($0) }) { condition.wait() }
      condition.unlock()
    }

    var answers: [String: String] { state.withLock { $0.answers } }
    func nextNumber() -> Int {
      state.withLock {
        $0.handedOut += 1
        return $0.handedOut
      }
    }
  }

  /// Hands out `count` events, then answers GET next with an error when all of them have been answered.
  static func server(_ board: Board, count: Int) throws -> LoopbackServer {
    try LoopbackServer { request in
      if request.hasPrefix("GET") {
        let number = board.nextNumber()
        if number > count {
          board.wait { $0.answers.count == count }
          return "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"
        }
        return RuntimeProtocolTests.event(id: "r\(number)", fields: "Lambda-Runtime-Trace-Id: Root=1-\(number)\r\n")
      }
      guard request.hasPrefix("POST /2018-06-01/runtime/invocation/") else { return "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n" }
      let id = String(request.split(separator: "/")[4])
      board.change { $0.answers[id] = String(decoding: TestRequest(request).content.body, as: UTF8.self) }
      return RuntimeProtocolTests.accepted
    }
  }

  static func variables(_ server: LoopbackServer, _ more: [String: String] = [:]) -> LambdaEnvironment {
    LambdaEnvironment(more.merging(["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(server.port)"]) { $1 })
  }

  @Test func eventsAreServedSideBySideEachWithItsOwnContext() async throws {
    let board = Board()
    let server = try Self.server(board, count: 4)
    let variables = Self.variables(server)
    let loop = RuntimeLoop(
      address: try RuntimeAddress(variables), environment: variables, log: RuntimeLog(isJSON: true, threshold: .fatal), wait: { _ in })
    let handler = RawHandler { _, context in
      // All four are here at the same time, or none goes on.
      board.change { $0.arrived += 1 }
      board.wait { $0.arrived == 4 }
      let inner = await Task { LambdaContext.current?.traceHeader ?? "none" }.value
      return Array("\(context.requestID) \(LambdaContext.current?.traceHeader ?? "none") \(inner)".utf8)
    }
    let crew = SlotCrew()
    let statuses = try await withThrowingTaskGroup { group in
      for number in 0..<4 {
        group.addTask {
          try await onOwnThread {
            RuntimeSlot(loop, number: number, crew: crew).serve(ServedHandler(handler, isSendable: true), setsTraceVariable: false)?
              .exitStatus
          }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(
      board.answers == [
        "r1": "r1 Root=1-1 Root=1-1", "r2": "r2 Root=1-2 Root=1-2", "r3": "r3 Root=1-3 Root=1-3", "r4": "r4 Root=1-4 Root=1-4",
      ])
    #expect(statuses == [1, 1, 1, 1])
  }

  @Test func aSlotOfACrewThatRetiresAnswersItsEventAndAsksForNoOther() async throws {
    let board = Board()
    let server = try Self.server(board, count: 2)
    let variables = Self.variables(server)
    let loop = RuntimeLoop(
      address: try RuntimeAddress(variables), environment: variables, log: RuntimeLog(isJSON: true, threshold: .fatal), wait: { _ in })
    let crew = SlotCrew()
    let handler = RawHandler { event, _ in
      #expect(crew.retire())
      #expect(!crew.retire())
      #expect(!crew.waitUntilIdle(untilMilliseconds: 0))
      return event
    }
    let reason = try await onOwnThread {
      RuntimeSlot(loop, crew: crew).serve(ServedHandler(handler, isSendable: true), setsTraceVariable: false)
    }
    #expect(reason == nil)
    #expect(board.answers == ["r1": "{}"])
    #expect(crew.waitUntilIdle(untilMilliseconds: 0))
  }

  @Test func aProcessServesAsManyEventsAtATimeAsLambdaSays() async throws {
    let result = try await #require(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      let board = Board()
      let server = try Self.server(board, count: 3)
      FunctionProcess.run(Self.variables(server, ["AWS_LAMBDA_MAX_CONCURRENCY": "3"])) { _ in
        ServedHandler(
          RawHandler { event, _ in
            board.change { $0.arrived += 1 }
            board.wait { $0.arrived == 3 }
            // The traces of several events cannot share the process's environment.
            if getenv("_X_AMZN_TRACE_ID") != nil { return Array("trace in the environment".utf8) }
            RuntimeLog.toStandardError(Array("served\n".utf8))
            return event
          }, isSendable: true)
      }
    }
    let lines = String(decoding: result.standardErrorContent, as: UTF8.self).split(separator: "\n")
    #expect(lines.filter { $0 == "served" }.count == 3)
    // Managed instances take JSON lines only, whatever else is said.
    let stopped = try #require(lines.first { $0.contains("Runtime.Stopped") })
    #expect(try JSONValue(parsing: String(stopped))["message"]?.stringValue?.contains("GET next was answered with HTTP 500") == true)
    #expect(lines.filter { $0.contains("Runtime.Stopped") }.count == 1)
  }

  /// Managed instances end no process for an event that is late, so nobody else would.
  @Test func aHandlerThatHangsDoesNotKeepAFailedProcessBeyondItsDeadline() async throws {
    let result = try await #require(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      let board = Board()
      let server = try LoopbackServer { _ in
        if board.nextNumber() == 1 { return RuntimeProtocolTests.event(id: "r1", fields: "Lambda-Runtime-Deadline-Ms: 1\r\n") }
        board.wait { $0.arrived == 1 }
        return "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"
      }
      FunctionProcess.run(Self.variables(server, ["AWS_LAMBDA_MAX_CONCURRENCY": "2"])) { _ in
        ServedHandler(
          RawHandler { event, _ in
            board.change { $0.arrived += 1 }
            board.wait { _ in false }
            return event
          }, isSendable: true)
      }
    }
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(text.contains("GET next was answered with HTTP 500"))
    #expect(text.contains("the process ends while an event is being served whose deadline has passed"))
  }

  @Test func aSlotThatReceivesAnEventWhileTheOthersEndIsWaitedForToo() async throws {
    let crew = SlotCrew()
    #expect(crew.slot(isServing: true, deadlineMilliseconds: 1))
    #expect(crew.retire())
    #expect(!crew.waitUntilIdle())
    #expect(crew.slot(isServing: true, deadlineMilliseconds: nowMilliseconds() + 60_000))
    let isIdle = Task.detached { try await onOwnThread { crew.waitUntilIdle() } }
    #expect(!crew.slot(isServing: false))
    #expect(!crew.slot(isServing: false))
    #expect(try await isIdle.value)
  }

  @Test func aHandlerThatIsNotSendableServesOneEventAtATimeAndTheLogSaysSo() async throws {
    final class Counter: LambdaHandler {
      var count = 0
      func handle(_ event: [UInt8], _ context: LambdaContext) async throws -> [UInt8] {
        count += 1
        RuntimeLog.toStandardError(Array("served \(count)\n".utf8))
        return Array("\(count)".utf8)
      }
    }
    let result = try await #require(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      let server = try Self.server(Board(), count: 3)
      FunctionProcess.run(Self.variables(server, ["AWS_LAMBDA_MAX_CONCURRENCY": "8"])) { _ in ServedHandler(Counter(), isSendable: false) }
    }
    let lines = String(decoding: result.standardErrorContent, as: UTF8.self).split(separator: "\n")
    #expect(lines.filter { $0.hasPrefix("served") } == ["served 1", "served 2", "served 3"])
    #expect(lines.filter { $0.contains("the handler is not Sendable") }.count == 1)
  }

  @Test func aCrashNamesTheRequestOfItsSlot() async throws {
    let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let board = Board()
      let server = try Self.server(board, count: 3)
      FunctionProcess.run(Self.variables(server, ["AWS_LAMBDA_MAX_CONCURRENCY": "3"])) { _ in
        ServedHandler(
          RawHandler { event, context in
            board.change { $0.arrived += 1 }
            board.wait { $0.arrived == 3 }
            let numbers = [1]
            if context.requestID == "r2" { return [UInt8(numbers[numbers.count + Int(getpid() % 1)])] }
            board.wait { _ in false }
            return event
          }, isSendable: true)
      }
    }
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    let line = try JSONValue(parsing: String(try #require(text.split(separator: "\n").first { $0.contains("Runtime.Crash") })))
    #expect(line["requestId"] == "r2")
    #expect(line["stackTrace"]?.arrayValue?.isEmpty == false)
  }
}
