import Testing

@testable import LambdaRuntime

/// The machine as a network would treat it: whatever the pieces, wherever the end, the outcome is the same or a lawful one.
@Suite struct SplitReadTests {
  let base = RuntimeProtocolTests()

  static let responses: [(name: String, text: String)] = [
    (
      "fixed",
      RuntimeProtocolTests.event(fields: "Lambda-Runtime-Deadline-Ms: 12\r\nLambda-Runtime-Trace-Id: Root=1-a\r\n", body: "{\"task\":1}")
    ),
    (
      "chunked",
      "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: request-1\r\nLambda-Runtime-Deadline-Ms: 12\r\n"
        + "Lambda-Runtime-Trace-Id: Root=1-a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\n{\"t\r\n7\r\nask\":1}\r\n0\r\nX-Trailer: 1\r\n\r\n"
    ),
    (
      "interim",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nlambda-runtime-aws-request-id: request-1\r\nlambda-runtime-deadline-ms: 12\r\n"
        + "lambda-runtime-trace-id: Root=1-a\r\ncontent-length: 10\r\n\r\n{\"task\":1}"
    ),
    (
      "duplicates",
      "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: request-1\r\nLambda-Runtime-Aws-Request-Id: other\r\nContent-Length: 10\r\n"
        + "Lambda-Runtime-Deadline-Ms: 12\r\nLambda-Runtime-Trace-Id: Root=1-a\r\nContent-Length: 10\r\n\r\n{\"task\":1}"
    ),
  ]

  /// Feeds the pieces as long as more is asked for.
  func feed(_ machine: inout RuntimeProtocol, _ pieces: [ArraySlice<UInt8>]) -> RuntimeProtocol.Action {
    var action = RuntimeProtocol.Action.receive
    for piece in pieces where action == .receive && !piece.isEmpty {
      action = Array(piece).withUnsafeBytes { machine.bytesReceived($0) }
    }
    return action
  }

  func check(_ action: RuntimeProtocol.Action) throws {
    let invocation = try base.invocation(action)
    #expect(invocation.requestID == "request-1")
    #expect(invocation.event == Array("{\"task\":1}".utf8))
    #expect(invocation.deadlineMilliseconds == 12)
    #expect(invocation.traceHeader == "Root=1-a")
  }

  @Test(arguments: responses.map(\.name))
  func anEventIsTheSameWhereverItsBytesAreSplit(name: String) throws {
    let bytes = Array(try #require(Self.responses.first { $0.name == name }).text.utf8)
    for first in 0...bytes.count {
      var machine = base.machineWaitingForAnEvent()
      try check(feed(&machine, [bytes[..<first], bytes[first...]]))
    }
    // Three pieces, the middle one of a byte or two: where a mark such as CR LF CR LF comes apart.
    for first in 0..<(bytes.count - 2) {
      for length in 1...2 {
        var machine = base.machineWaitingForAnEvent()
        try check(feed(&machine, [bytes[..<first], bytes[first..<(first + length)], bytes[(first + length)...]]))
      }
    }
    for size in 1...7 {
      var machine = base.machineWaitingForAnEvent()
      try check(feed(&machine, stride(from: 0, to: bytes.count, by: size).map { bytes[$0..<min($0 + size, bytes.count)] }))
    }
  }

  @Test(arguments: responses.map(\.name))
  func aConnectionClosedAtAnyByteOfAnEventIsOpenedAgain(name: String) throws {
    let bytes = Array(try #require(Self.responses.first { $0.name == name }).text.utf8)
    for end in 0..<bytes.count {
      var machine = base.machineWaitingForAnEvent()
      #expect(feed(&machine, [bytes[..<end]]) == .receive)
      #expect(machine.connectionClosed() == .connect)
      // Nothing of the first response is left.
      #expect(try base.request(machine.connectionOpened()).hasPrefix("GET "))
      _ = machine.requestSent()
      try check(feed(&machine, [bytes[...]]))
    }
  }

  @Test func aConnectionClosedAtAnyByteOfAnAcceptanceRepeatsTheAnswerOnce() throws {
    let bytes = Array(RuntimeProtocolTests.accepted.utf8)
    for end in 0..<bytes.count {
      var machine = base.machineWaitingForAnEvent()
      _ = base.feed(&machine, RuntimeProtocolTests.event())
      let post = try base.request(machine.handlerSucceeded(Array("1".utf8)))
      _ = machine.requestSent()
      #expect(feed(&machine, [bytes[..<end]]) == .receive)
      #expect(machine.connectionClosed() == .connect)
      #expect(try base.request(machine.connectionOpened()) == post)
      _ = machine.requestSent()
      #expect(try base.request(feed(&machine, [bytes[...]])).hasPrefix("GET "))
    }
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\n\r\n", "x", "\r\n", "\u{0}", "POST / HTTP/1.1\r\n\r\n", RuntimeProtocolTests.accepted,
    RuntimeProtocolTests.event(id: "smuggled"),
  ])
  func whatFollowsAResponseUnaskedIsDroppedWithItsConnection(junk: String) throws {
    var machine = base.machineWaitingForAnEvent()
    let invocation = try base.invocation(base.feed(&machine, RuntimeProtocolTests.event() + junk))
    #expect(invocation.requestID == "request-1")
    // The answer goes out on a new connection, where the junk is not.
    #expect(machine.handlerSucceeded([]) == .connect)
    _ = machine.connectionOpened()
    _ = machine.requestSent()
    #expect(try base.request(base.feed(&machine, RuntimeProtocolTests.accepted)).hasPrefix("GET "))
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+2\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-0\r\n",
  ])
  func aFramingOfTwoMeaningsStopsTheProcess(text: String) throws {
    var machine = base.machineWaitingForAnEvent()
    #expect(try base.stopReason(base.feed(&machine, text)).exitStatus != 0)
  }

  @Test func aHeadThatNeverEndsIsRefusedAtItsLimit() throws {
    var machine = base.machineWaitingForAnEvent()
    var fed = 0
    var action = base.feed(&machine, "HTTP/1.1 200 OK\r\n")
    while action == .receive, fed < 1 << 20 {
      action = base.feed(&machine, "X-Field: \(String(repeating: "a", count: 1000))\r\n")
      fed += 1000
    }
    #expect(try base.stopReason(action).message.contains("a head of at most 65536 bytes"))
    #expect(fed <= 66_000)
  }

  @Test(arguments: ["Content-Length: 70000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n4ffffff\r\n"])
  func aBodyBeyondAllMeasureIsRefusedBeforeItComes(text: String) throws {
    var machine = base.machineWaitingForAnEvent()
    #expect(try base.stopReason(base.feed(&machine, "HTTP/1.1 200 OK\r\n" + text)).message.contains("a body of at most"))
  }
}
