import Glibc
import JSON
import Synchronization
import Testing

@testable import LambdaRuntime

/// What a function with a shutdown hook does from its start to its end. Each in a process of its own, which the server ends by a signal.
@Suite struct ShutdownTests {
  /// Speaks the Extensions API too; when the second GET next comes, it calls `whenIdle`, and never answers.
  static func server(register: String = registered, whenIdle: @escaping @Sendable () -> Void) throws -> LoopbackServer {
    let events = Atomic(0)
    return try LoopbackServer { request in
      let line = String(request.split(separator: "\r\n")[0])
      RuntimeLog.toStandardError(Array((line + "\n").utf8))
      if line.hasPrefix("POST /2020-01-01/extension/register ") {
        let content = TestRequest(request).content
        let isRight = request.contains("\r\nLambda-Extension-Name: arbiter-shutdown\r\n") && content.body == Array("{\"events\":[]}".utf8)
        return isRight ? register : "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
      }
      if line.hasPrefix("GET /2020-01-01/extension/event/next "), request.contains("\r\nLambda-Extension-Identifier: extension-1\r\n") {
        // Nothing was asked for, so nothing comes.
        while true { pause() }
      }
      if line.hasPrefix("GET") {
        if events.add(1, ordering: .relaxed).newValue == 1 { return RuntimeProtocolTests.event(id: "a") }
        whenIdle()
        while true { pause() }
      }
      return RuntimeProtocolTests.accepted
    }
  }

  static let registered = "HTTP/1.1 200 OK\r\nLambda-Extension-Identifier: extension-1\r\nContent-Length: 2\r\n\r\n{}"

  static func say(_ text: String) { RuntimeLog.toStandardError(Array((text + "\n").utf8)) }

  static func run(_ server: LoopbackServer, _ handler: some LambdaHandler & Sendable) -> Never {
    FunctionProcess.run(SlotTests.variables(server)) { _ in ServedHandler(handler, isSendable: true) }
  }

  func lines(_ content: [UInt8]) -> [String] {
    String(decoding: content, as: UTF8.self).split(separator: "\n").map { String($0) }
  }

  static let handler = RawHandler { event, _ in
    say("served")
    return event
  }.onShutdown { say("hook") }

  @Test func theExtensionIsRegisteredBeforeTheFirstEventAndSIGTERMRunsTheHook() async throws {
    let result = try await #require(processExitsWith: .exitCode(0), observing: [\.standardErrorContent]) {
      Self.run(try Self.server { kill(getpid(), SIGTERM) }, Self.handler)
    }
    let lines = lines(result.standardErrorContent)
    let registration = try #require(lines.firstIndex { $0.hasPrefix("POST /2020-01-01/extension/register") })
    let firstEvent = try #require(lines.firstIndex { $0.hasPrefix("GET /2018-06-01/runtime/invocation/next") })
    #expect(registration < firstEvent)
    #expect(lines.contains { $0.hasPrefix("GET /2020-01-01/extension/event/next") })
    #expect(lines.filter { $0 == "hook" }.count == 1)
    #expect(try #require(lines.firstIndex(of: "served")) < (try #require(lines.firstIndex(of: "hook"))))
  }

  @Test func theKeyboardGivesTheSameNotice() async throws {
    let result = try await #require(processExitsWith: .exitCode(0), observing: [\.standardErrorContent]) {
      Self.run(try Self.server { kill(getpid(), SIGINT) }, Self.handler)
    }
    #expect(lines(result.standardErrorContent).contains("hook"))
  }

  @Test func aHookThatIsNotDoneInTimeIsCutOffAndTheLogSaysSo() async throws {
    let result = try await #require(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      Self.run(
        try Self.server { kill(getpid(), SIGTERM) },
        RawHandler { event, _ in event }.onShutdown {
          Self.say("hook begins")
          try? await Task.sleep(for: .seconds(3600))
        })
    }
    let lines = lines(result.standardErrorContent)
    #expect(lines.contains("hook begins"))
    #expect(lines.contains { $0.contains("the shutdown hook was not done in time") })
  }

  @Test func aSecondSignalEndsTheProcessAtOnce() async throws {
    let result = try await #require(processExitsWith: .exitCode(128 + SIGTERM), observing: [\.standardErrorContent]) {
      Self.run(
        try Self.server { kill(getpid(), SIGTERM) },
        RawHandler { event, _ in event }.onShutdown {
          kill(getpid(), SIGTERM)
          try? await Task.sleep(for: .seconds(3600))
        })
    }
    #expect(!lines(result.standardErrorContent).contains { $0.contains("not done in time") })
  }

  @Test func anEventUnderWayIsAnsweredBeforeTheHookRuns() async throws {
    let result = try await #require(processExitsWith: .exitCode(0), observing: [\.standardErrorContent]) {
      Self.run(
        try Self.server { Self.say("asked for another event") },
        RawHandler { event, _ in
          kill(getpid(), SIGTERM)
          // The signal arrives on some thread before kill returns; the drain begins while this event is served.
          for _ in 0..<100 { await Task.yield() }
          Self.say("served")
          return event
        }.onShutdown { Self.say("hook") })
    }
    let lines = lines(result.standardErrorContent)
    let answer = try #require(lines.firstIndex { $0.hasPrefix("POST /2018-06-01/runtime/invocation/a/response") })
    #expect(answer < (try #require(lines.firstIndex(of: "hook"))))
  }

  @Test func anEventThatGoesOnIsNotWaitedForLongerThanTheGrace() async throws {
    let result = try await #require(processExitsWith: .exitCode(0), observing: [\.standardErrorContent]) {
      Self.run(
        try Self.server {},
        RawHandler { event, _ in
          kill(getpid(), SIGTERM)
          try await Task.sleep(for: .seconds(3600))
          return event
        }.onShutdown { Self.say("hook") })
    }
    let lines = lines(result.standardErrorContent)
    #expect(lines.contains { $0.contains("the process ends while an event is being served") })
    #expect(lines.contains("hook"))
  }

  @Test func theHookAlsoRunsWhenTheRuntimeAPIFails() async throws {
    let result = try await #require(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      let board = SlotTests.Board()
      Self.run(try SlotTests.server(board, count: 1), Self.handler)
    }
    let lines = lines(result.standardErrorContent)
    #expect(lines.filter { $0 == "hook" }.count == 1)
    #expect(lines.contains { $0.contains("GET next was answered with HTTP 500") })
  }

  @Test(arguments: [
    "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "junk\r\n\r\n",
  ])
  func withoutTheExtensionsAPITheFunctionServesAllTheSame(answer: String) async throws {
    let result = try await #require(processExitsWith: .exitCode(0), observing: [\.standardErrorContent]) { [answer] in
      Self.run(try Self.server(register: answer) { kill(getpid(), SIGTERM) }, Self.handler)
    }
    let lines = lines(result.standardErrorContent)
    #expect(lines.contains { $0.contains("WARN") && $0.contains("no shutdown extension") })
    #expect(lines.contains("served"))
    #expect(lines.contains("hook"))
  }

  @Test func withoutAHookNothingIsRegisteredAndSIGTERMEndsTheProcess() async throws {
    let result = try await #require(processExitsWith: .signal(SIGTERM), observing: [\.standardErrorContent]) {
      Self.run(try Self.server { kill(getpid(), SIGTERM) }, RawHandler { event, _ in event })
    }
    #expect(!lines(result.standardErrorContent).contains { $0.contains("extension") })
  }

  @Test func aHookStaysWithAHandlerThatIsWrapped() async throws {
    let wrapped = Self.handler.around { event, context, next in try await next(event + event, context) }
    #expect(wrapped.shutdownHook != nil)
    #expect(try await wrapped.handle([1], .test()) == [1, 1])
    #expect(RawHandler { event, _ in event }.shutdownHook == nil)
    #expect(StreamingHandler { _, _, _ in }.onShutdown {}.shutdownHook != nil)
  }
}
