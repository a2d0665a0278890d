// swift-format-ignore-file: OnlyOneTrailingClosureArgument

import JSON
import Synchronization
import TestSupport
import Testing

@testable import AgentServer

/// Server-sent events.
@Suite struct StreamTests {
  @Test func eventsComeOneByOne() async throws {
    let second = Gate()
    try await withServer(handler: { _ in
      .events { stream in
        try await stream.send(["n": 1])
        await second.wait()
        try await stream.send(json: Array("{\"n\":\n2}".utf8))
      }
    }) { server in
      let port = server.port
      let client = try await blocking {
        let client = try Client(port: port)
        client.send(post("{}"))
        return client
      }
      second.open()
      let reply = try await blocking { try client.read() }
      #expect(reply.status == 200 && reply.headers["content-type"] == "text/event-stream")
      #expect(reply.text == "data: {\"n\":1}\n\ndata: {\"n\":2}\n\n")
      // The connection is as good as before.
      let after = try await blocking {
        client.send(get("/ping"))
        return try client.read()
      }
      #expect(after.status == 200)
    }
  }

  @Test func anErrorInAStreamIsItsLastEvent() async throws {
    try await withServer(handler: { _ in
      .events { stream in
        try await stream.send(1)
        throw AgentRequestError("the model is gone", status: 500)
      }
    }) { server in
      let reply = try await exchange(server.port, post("{}"))
      #expect(reply.text == "data: 1\n\ndata: {\"error\":\"the model is gone\"}\n\n")
    }
  }

  @Test func manyEventsReachAClientWhole() async throws {
    let text = String(repeating: "x", count: 1_000)
    try await withServer(handler: { _ in
      .events { stream in for number in 0..<2_000 { try await stream.send([.number(number), .string(text)]) } }
    }) { server in
      let reply = try await exchange(server.port, post("{}"))
      let events = reply.text.split(separator: "\n\n")
      #expect(events.count == 2_000 && events.last == "data: [1999,\"\(text)\"]")
    }
  }

  @Test func aSenderWaitsForAClientThatIsBehind() async throws {
    let sent = Mutex(0)
    let isFull = Gate()
    let event = String(repeating: "x", count: 60_000)
    try await withServer(handler: { _ in
      .events { stream in
        for number in 0..<1_000 {
          if number == 3 { isFull.open() }
          try await stream.send(.string(event))
          sent.withLock { $0 = number }
        }
      }
    }) { server in
      let port = server.port
      let client = try await blocking {
        let client = try Client(port: port)
        client.send(post("{}"))
        return client
      }
      await isFull.wait()
      // The kernel's buffers take a few megabytes; a thousand events are sixty.
      _ = try await exchange(port, get("/ping"))
      #expect(sent.withLock { $0 } < 900)
      _ = client
    }
  }

  @Test func aClientThatGoesEndsTheStream() async throws {
    let ended = Gate()
    let failure = Mutex<(any Error)?>(nil)
    try await withServer(handler: { _ in
      .events { stream in
        defer { ended.open() }
        do { while true { try await stream.send("tick") } } catch {
          failure.withLock { $0 = error }
          throw error
        }
      }
    }) { server in
      let port = server.port
      try await blocking {
        let client = try Client(port: port)
        client.send(post("{}"))
      }
      await ended.wait()
      #expect(failure.withLock { $0 is EventStream.Closed })
    }
  }
}
