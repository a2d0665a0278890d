// swift-format-ignore-file: OnlyOneTrailingClosureArgument

import JSON
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import AgentServer

/// The end: what is told to stop has time to leave its end behind.
@Suite struct ShutdownTests {
  @Test func workIsCancelledAndWaitedFor() async throws {
    let isCancelled = Mutex(false)
    let isLeft = Mutex(false)
    let server = try await withServer(handler: { request in
      try request.background.start {
        try? await Task.sleep(for: .seconds(3600))
        isCancelled.withLock { $0 = Task.isCancelled }
        // What marks a session as failed.
        await Task.yield()
        isLeft.withLock { $0 = true }
      }
      return .json("started")
    }) { server in
      _ = try await exchange(server.port, post("{}"))
      let isDone = try await blocking { server.stop() }
      #expect(isDone && isCancelled.withLock { $0 } && isLeft.withLock { $0 })
      return server
    }
    // Once is enough, and nobody listens any more.
    #expect(try await blocking { server.stop() })
    await #expect(throws: ClientError.self) { _ = try await exchange(server.port, get("/ping")) }
  }

  @Test func workThatDoesNotEndIsGivenUp() async throws {
    let lines = Lines()
    let gate = Gate()
    try await withServer(
      { $0.drainMilliseconds = 100 }, logger: lines.logger(),
      handler: { request in
        try request.background.start { await gate.wait() }
        return .json("started")
      }
    ) { server in
      _ = try await exchange(server.port, post("{}"))
      #expect(try await blocking { server.stop() } == false)
    }
    gate.open()
    #expect(lines.text.contains("work is still under way, and the process ends"))
  }

  @Test func whileTheAgentDrainsItAnswersPingsAndTakesNoWork() async throws {
    let gate = Gate()
    let cancelled = Gate()
    try await withServer(handler: { request in
      try request.background.start {
        try? await Task.sleep(for: .seconds(3600))
        cancelled.open()
        await gate.wait()
      }
      return .json("started")
    }) { server in
      let port = server.port
      _ = try await exchange(port, post("{}"))
      async let stopped = blocking { server.stop() }
      await cancelled.wait()
      #expect(try await exchange(port, get("/ping")).text.contains("HealthyBusy"))
      let reply = try await exchange(port, post("{}"))
      #expect(reply.status == 503 && reply.json?["error"]?.stringValue == "The agent is shutting down")
      #expect(reply.headers["connection"] == "close")
      gate.open()
      #expect(try await stopped)
    }
  }

  @Test func anInvocationUnderWayHasAMomentToAnswer() async throws {
    let inside = Gate()
    let gate = Gate()
    try await withServer(
      { $0.graceMilliseconds = 30_000 },
      handler: { _ in
        inside.open()
        await gate.wait()
        return .json("in time")
      }
    ) { server in
      let port = server.port
      async let reply = exchange(port, post("{}"))
      await inside.wait()
      async let stopped = blocking { server.stop() }
      gate.open()
      let (answer, isDone) = (try await reply, try await stopped)
      #expect(answer.text == "\"in time\"" && isDone)
    }
  }

  @Test func anInvocationThatGoesOnIsCancelledAndAnswered() async throws {
    let inside = Gate()
    try await withServer(handler: { _ in
      inside.open()
      try await Task.sleep(for: .seconds(3600))
      return .json("never")
    }) { server in
      let port = server.port
      async let reply = exchange(port, post("{}"))
      await inside.wait()
      let isDone = try await blocking { server.stop() }
      let answer = try await reply
      #expect(isDone && answer.status == 503)
    }
  }

  @Test func connectionsOfEveryKindDoNotKeepTheServer() async throws {
    let gate = Gate()
    let inside = Gate()
    let clients = Mutex<[Client]>([])
    try await withServer(
      { $0.drainMilliseconds = 100 },
      handler: { request in
        if request.payload == "stream" {
          return .events { stream in
            try await stream.send(1)
            await gate.wait()
          }
        }
        inside.open()
        await gate.wait()
        return .json(1)
      }
    ) { server in
      let port = server.port
      try await blocking {
        for request in [
          "", "POST /invoc", post("\"stream\""), "POST /invocations HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{", post("{}"),
        ] {
          let client = try Client(port: port)
          client.send(request)
          clients.withLock { $0.append(client) }
        }
      }
      await inside.wait()
      // A stream that waits for its handler, an invocation that does not end, and three that never began.
      #expect(try await blocking { server.stop() } == false)
    }
    // Tasks that go on after the end answer nobody, and break nothing.
    gate.open()
    for client in clients.withLock({ $0 }) { _ = try await blocking { try client.readToEnd() } }
  }

  @Test func aPortThatIsTakenIsSaid() async throws {
    try await withServer { server in
      var settings = AgentServerSettings()
      settings.host = "127.0.0.1"
      settings.port = server.port
      let error = #expect(throws: AgentServerError.self) {
        try AgentServer(settings, handler: ClosureHandler { _ in .json(1) }, logger: .silent)
      }
      #expect(error?.code == .addressInUse)
      #expect(
        error?.description
          == "port \(server.port) of 127.0.0.1 is taken by another process: end that one, or set PORT to a port that is free")
    }
  }

  @Test(arguments: ["0", "65536", "-1", "http", "80 80"]) func aPortThatIsNoneIsSaid(text: String) {
    let error = #expect(throws: AgentServerError.self) { try AgentServerSettings(environment: { $0 == "PORT" ? text : nil }) }
    #expect(error?.code == .invalidSetting && error?.description.contains("\"\(text)\"") == true)
  }

  @Test func thePortIsThatOfTheContractUnlessItIsSet() throws {
    #expect(try AgentServerSettings(environment: { _ in nil }).port == 8080)
    #expect(try AgentServerSettings(environment: { $0 == "PORT" ? "9000" : nil }).port == 9000)
    #expect(AgentServerSettings().host == "0.0.0.0")
  }
}
