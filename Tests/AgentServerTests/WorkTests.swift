// swift-format-ignore-file: OnlyOneTrailingClosureArgument

import JSON
import Synchronization
import TestSupport
import Testing

@testable import AgentServer

/// Work in the background, and what /ping says of it.
@Suite struct WorkTests {
  @Test func theTimeChangesOnlyWhenTheStatusDoes() {
    var health = AgentHealth(seconds: 10)
    #expect(health.status == .healthy && health.changedSeconds == 10)
    health.begin(seconds: 20)
    health.begin(seconds: 30)
    #expect(health.status == .healthyBusy && health.changedSeconds == 20)
    health.end(seconds: 40)
    #expect(health.status == .healthyBusy && health.changedSeconds == 20)
    health.end(seconds: 50)
    #expect(health.status == .healthy && health.changedSeconds == 50)
    health.end(seconds: 60)
    #expect(health.status == .healthy && health.changedSeconds == 50)
  }

  @Test func workThatOutlivesItsAnswerMakesTheAgentBusy() async throws {
    let clock = Mutex<Int64>(100)
    let gate = Gate()
    let done = Gate()
    try await withServer(
      nowSeconds: { clock.withLock { $0 } },
      handler: { request in
        try request.background.start {
          await gate.wait()
          done.open()
        }
        return .json(["status": "started"])
      }
    ) { server in
      clock.withLock { $0 = 200 }
      #expect(try await exchange(server.port, post("{}")).json == ["status": "started"])
      clock.withLock { $0 = 300 }
      #expect(try await exchange(server.port, get("/ping")).text == #"{"status":"HealthyBusy","time_of_last_update":200}"#)
      clock.withLock { $0 = 400 }
      gate.open()
      await done.wait()
      _ = try await blocking { server.background.registry.waitUntilIdle(untilMilliseconds: monotonicMilliseconds() + 30_000) }
      clock.withLock { $0 = 500 }
      #expect(try await exchange(server.port, get("/ping")).text == #"{"status":"Healthy","time_of_last_update":400}"#)
    }
  }

  @Test func anInvocationAloneMakesNobodyBusy() async throws {
    let inside = Gate()
    let gate = Gate()
    try await withServer(handler: { _ in
      inside.open()
      await gate.wait()
      return .json(1)
    }) { server in
      let port = server.port
      async let reply = exchange(port, post("{}"))
      await inside.wait()
      let ping = try await exchange(port, get("/ping"))
      #expect(ping.text.contains("\"Healthy\""))
      gate.open()
      let answer = try await reply
      #expect(answer.text == "1")
    }
  }

  @Test func pingsAreAnsweredWhileEveryThreadWorks() async throws {
    let stop = Mutex(false)
    try await withServer(handler: { request in
      // More than there are threads, and none of them ever waits.
      for _ in 0..<8 { try request.background.start { while !stop.withLock({ $0 }) {} } }
      return .json(nil)
    }) { server in
      let port = server.port
      // All of it on a thread of its own: the pool has none left for this test either.
      let replies = try await blocking {
        defer { stop.withLock { $0 = true } }
        return try (0..<20).map { number in
          let client = try Client(port: port)
          client.send(number == 0 ? post("{}") : get("/ping"))
          return try client.read()
        }
      }
      #expect(replies.dropFirst().allSatisfy { $0.status == 200 && $0.text.contains("HealthyBusy") })
    }
  }

  @Test func registeredWorkCountsUntilItEnds() async throws {
    try await withServer { server in
      let registration = try server.background.begin()
      var second: BackgroundWork.Registration? = try server.background.begin()
      #expect(server.background.health.status == .healthyBusy)
      registration.end()
      registration.end()
      #expect(server.background.health.status == .healthyBusy && second != nil)
      second = nil
      #expect(server.background.health.status == .healthy)
    }
  }

  @Test func moreWorkThanTheLimitIsRefused() async throws {
    try await withServer(
      { $0.maximumBackgroundWork = 2 },
      handler: { request in
        try request.background.start { try? await Task.sleep(for: .seconds(3600)) }
        return .json("started")
      }
    ) { server in
      #expect(try await exchange(server.port, post("{}")).status == 200)
      #expect(try await exchange(server.port, post("{}")).status == 200)
      let reply = try await exchange(server.port, post("{}"))
      #expect(reply.status == 503 && reply.json?["details"]?.stringValue == "2 pieces of work run already; try again later")
    }
  }
}
