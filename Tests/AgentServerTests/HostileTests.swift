// swift-format-ignore-file: OnlyOneTrailingClosureArgument

import JSON
import Synchronization
import TestSupport
import Testing

@testable import AgentServer

/// Clients that want more than they may have: the server stays as it is for the others.
@Suite struct HostileTests {
  @Test func aBodyThatSaysItIsTooLargeIsRefusedBeforeItComes() async throws {
    try await withServer({ $0.maximumBodyBytes = 1_000 }) { server in
      let reply = try await exchange(
        server.port, "POST /invocations HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n")
      #expect(reply.status == 413 && reply.json?["details"]?.stringValue == "a body has at most 1000 bytes")
      #expect(try await exchange(server.port, post("\"\(String(repeating: "x", count: 998))\"")).status == 200)
    }
  }

  /// What a proxy in front takes for a body, the server would take for a request of its own.
  @Test(arguments: [
    ("Content-Length: 0\r\nContent-Length: 4\r\n", "Content-Length is there more than once"),
    ("Content-Length: 4\r\nContent-Length: 4\r\n", "Content-Length is there more than once"),
    ("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "Content-Length and Transfer-Encoding are both there"),
    ("Transfer-Encoding: xchunked\r\n", "Transfer-Encoding is another than chunked"),
    ("Transfer-Encoding: identity, chunked\r\n", "Transfer-Encoding is another than chunked"),
    ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "Transfer-Encoding is another than chunked"),
  ])
  func aRequestWhoseEndNobodyCanTellIsRefusedAndNoneIsReadBehindIt(fields: String, problem: String) async throws {
    let calls = Mutex(0)
    try await withServer(handler: { _ in
      calls.withLock { $0 += 1 }
      return .json(1)
    }) { server in
      let port = server.port
      for path in ["POST /invocations", "GET /ping"] {
        let text = try await blocking {
          let client = try Client(port: port)
          client.send("\(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n0\r\n\r\n" + post("2"))
          return String(decoding: try client.readToEnd(), as: UTF8.self)
        }
        #expect(text.hasPrefix("HTTP/1.1 400 ") && text.contains(problem), "\(text)")
        #expect(text.components(of: "HTTP/1.1 ") == 1, "\(text)")
      }
      #expect(calls.withLock { $0 } == 0)
      #expect(try await exchange(port, post("1")).status == 200)
    }
  }

  @Test func aBodyInChunksThatIsTooLargeIsRefused() async throws {
    try await withServer({ $0.maximumBodyBytes = 1_000 }) { server in
      let port = server.port
      let reply = try await blocking {
        let client = try Client(port: port)
        client.send("POST /invocations HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in 0..<4 { client.send("190\r\n" + String(repeating: "x", count: 400) + "\r\n") }
        client.send("0\r\n\r\n")
        return try client.read()
      }
      #expect(reply.status == 413)
    }
  }

  @Test func aBodyWithoutEndIsCutOff() async throws {
    try await withServer({ $0.maximumBodyBytes = 10_000 }) { server in
      let port = server.port
      try await blocking {
        let client = try Client(port: port)
        client.send("POST /invocations HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        let chunk = Array(("2710\r\n" + String(repeating: "x", count: 10_000) + "\r\n").utf8)
        // Ends when the server closes; gigabytes would fit into the bound of this loop.
        for _ in 0..<1_000_000 where !client.send(chunk) { return }
        Issue.record("the server read on")
      }
      #expect(try await exchange(port, get("/ping")).status == 200)
    }
  }

  @Test func theBodiesOfAllTogetherHaveALimit() async throws {
    let inside = Gate()
    let gate = Gate()
    try await withServer(
      { $0.maximumBufferedBytes = 1_500 },
      handler: { _ in
        inside.open()
        await gate.wait()
        return .json(1)
      }
    ) { server in
      let port = server.port
      let large = post("\"\(String(repeating: "x", count: 998))\"")
      async let first = exchange(port, large)
      await inside.wait()
      let second = try await exchange(port, large)
      #expect(second.status == 503 && second.headers["retry-after"] == "1")
      gate.open()
      #expect(try await first.status == 200)
      // What was taken is given back.
      #expect(try await exchange(port, large).status == 200)
    }
  }

  @Test func aHeadThatIsTooLargeIsRefused() async throws {
    try await withServer({ $0.headBytes = 8 << 10 }) { server in
      let port = server.port
      let bytes = try await blocking {
        let client = try Client(port: port)
        client.send("GET /ping HTTP/1.1\r\nHost: a\r\nX-Large: " + String(repeating: "x", count: 100_000) + "\r\n\r\n")
        return try client.readToEnd()
      }
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 4"), "\(text.prefix(80))")
      #expect(try await exchange(port, get("/ping")).status == 200)
    }
  }

  @Test func clientsThatAreSlowOnPurposeAreCutOff() async throws {
    try await withServer({
      $0.idleSeconds = 0
      $0.requestMilliseconds = 200
      $0.maximumConnections = 4
    }) { server in
      let port = server.port
      // As many as there may be, in the head and in the body. None is ever idle for the library, which is told of no such limit; what ends them is
      // that their time is over, however many bytes they send.
      let beginnings = [
        "GET /pi", "POST /invocations HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n",
        "POST /invocations HTTP/1.1\r\nHost: a\r\nX: ", "GET /ping HTTP/1.1\r\nX: ",
      ]
      try await blocking {
        let clients = try beginnings.map { beginning in
          let client = try Client(port: port)
          client.send(beginning)
          return client
        }
        for client in clients { client.send("x") }
        for client in clients { _ = try client.readToEnd() }
      }
      #expect(try await exchange(port, get("/ping")).status == 200)
    }
  }

  @Test func timeRunsWhileARequestComesAndNotWhileTheAgentWorks() async throws {
    let inside = Gate()
    let gate = Gate()
    try await withServer(handler: { _ in
      inside.open()
      await gate.wait()
      return .json("late")
    }) { server in
      let port = server.port
      let client = try await blocking {
        let client = try Client(port: port)
        client.send(get("/ping"))
        _ = try client.read()
        return client
      }
      #expect(server.service.connections.countWithDeadline == 1)
      client.send(post("{}"))
      await inside.wait()
      #expect(server.service.connections.countWithDeadline == 0)
      gate.open()
      let reply = try await blocking { try client.read() }
      #expect(reply.text == "\"late\"" && server.service.connections.countWithDeadline == 1)
    }
  }

  @Test func randomBytesBreakNothing() async throws {
    try await withServer({
      // What stays unfinished is waited for; not for long here.
      $0.idleSeconds = 0
      $0.requestMilliseconds = 200
    }) { server in
      let port = server.port
      try await blocking {
        var random = SeededBytes(seed: 20_261_127)
        let beginnings: [[UInt8]] = [
          [], Array("GET ".utf8), Array("POST /invocations HTTP/1.1\r\n".utf8), Array("POST /invocations HTTP/1.1\r\nHost: a\r\n".utf8),
          Array("POST /invocations HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".utf8),
          Array("POST /invocations HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n".utf8),
          Array("POST /invocations HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n".utf8),
          Array("POST /invocations HTTP/1.1\r\nHost: a\r\nContent-Length: 200\r\n\r\n".utf8),
        ]
        for _ in 0..<10 {
          let clients = try (0..<64).map { number in
            let client = try Client(port: port)
            client.send(beginnings[number % beginnings.count] + random.next(count: 1 + Int(random.next()) * 2))
            if random.next() < 128 { client.closeWriting() }
            return client
          }
          for client in clients { _ = try client.readToEnd() }
        }
      }
      #expect(try await exchange(port, get("/ping")).status == 200)
      #expect(server.background.registry.count == 0)
    }
  }
}

/// The same bytes at every run.
struct SeededBytes {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt8 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt8(truncatingIfNeeded: state >> 56)
  }

  mutating func next(count: Int) -> [UInt8] { (0..<count).map { _ in next() } }
}

extension String {
  /// How often a text is in this one.
  fileprivate func components(of text: String) -> Int { self.ranges(of: text).count }
}
