import Testing

@testable import RuntimeAPI

@Suite struct RequestParserTests {
  /// What a stream of bytes tells, when it comes in pieces of a size.
  private func events(_ stream: String, pieces: Int = .max) throws(RequestParseError) -> (
    heads: [RuntimeAPIRequest], bodies: [String], ends: [StreamTrailers]
  ) {
    var parser = RequestParser()
    var unused: [UInt8] = []
    var heads: [RuntimeAPIRequest] = []
    var bodies: [String] = []
    var ends: [StreamTrailers] = []
    var body: [UInt8] = []
    var rest = Array(stream.utf8)[...]
    while !rest.isEmpty {
      unused += rest.prefix(pieces)
      rest = rest.dropFirst(pieces)
      while !unused.isEmpty || !parser.isIdle {
        var result: Result<(event: RequestParser.Event, consumed: Int), RequestParseError>?
        unused.withUnsafeBytes { bytes in
          do throws(RequestParseError) { result = .success(try parser.step(bytes)) } catch { result = .failure(error) }
        }
        guard let step = try result?.get() else { break }
        if case .body(let offset, let count) = step.event { body += unused[offset..<(offset + count)] }
        unused.removeFirst(step.consumed)
        switch step.event {
        case .head(let head): heads.append(head)
        case .end(let trailers):
          bodies.append(String(decoding: body, as: UTF8.self))
          ends.append(trailers)
          body = []
        case .needsMore, .body: break
        }
        if case .needsMore = step.event { break }
      }
    }
    return (heads, bodies, ends)
  }

  private static let conversation =
    "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    + "POST /2018-06-01/runtime/invocation/r-1/response HTTP/1.1\r\nlambda-runtime-invocation-id:  i-1 \r\nContent-Length: 5\r\n\r\nhello"
    + "POST /2018-06-01/runtime/invocation/r-2/response HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
    + "Lambda-Runtime-Function-Response-Mode: streaming\r\nTrailer: Lambda-Runtime-Function-Error-Type\r\n\r\n"
    + "5\r\nhello\r\n1;x=y\r\n \r\n5\r\nworld\r\n0\r\nLambda-Runtime-Function-Error-Type: Function.Broken\r\nLambda-Runtime-Function-Error-Body: e30=\r\n\r\n"
    + "POST /2018-06-01/runtime/invocation/r-3/error HTTP/1.1\r\nContent-Length: 0\r\nLambda-Runtime-Function-Error-Type: Function.A\r\nConnection: close\r\n\r\n"

  @Test(arguments: [1, 2, 3, 7, 64, Int.max]) func requestsAreTheSameHoweverTheyAreSplit(pieces: Int) throws {
    let (heads, bodies, ends) = try events(Self.conversation, pieces: pieces)
    #expect(heads.map(\.route) == [.next, .response("r-1"), .response("r-2"), .error("r-3")])
    #expect(bodies == ["", "hello", "hello world", ""])
    #expect(heads[1].invocationID == "i-1")
    #expect(heads[2].responseMode == "streaming")
    #expect(ends[2] == StreamTrailers(errorType: "Function.Broken", errorBody: "e30="))
    #expect(heads[3].errorType == "Function.A" && heads[3].isLast)
  }

  @Test func everyOperationHasItsRoute() throws {
    let operations: [(String, RuntimeAPIRequest.Route)] = [
      ("POST /2018-06-01/runtime/init/error", .initializationError), ("POST /2020-01-01/extension/register", .registerExtension),
      ("GET /2020-01-01/extension/event/next", .nextExtensionEvent), ("PUT /2022-07-01/telemetry", .telemetry),
      ("POST /2020-01-01/extension/exit/error", .extensionExitError), ("GET /2018-06-01/ping", .ping),
      ("GET /2018-06-01/runtime/invocation/r/response", .unknown("GET /2018-06-01/runtime/invocation/r/response")),
      ("POST /2018-06-01/runtime/invocation//response", .unknown("POST /2018-06-01/runtime/invocation//response")),
    ]
    for (line, route) in operations {
      #expect(try events("\(line) HTTP/1.1\r\n\r\n").heads.map(\.route) == [route])
    }
  }

  @Test(arguments: [
    ("GET /\r\n\r\n", 400), ("GET / HTTP/1.0\r\n\r\n", 400), ("nonsense\r\n\r\n", 400), ("GET / HTTP/1.1\r\n: x\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400), ("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501), ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
    ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400),
    ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", 400),
  ])
  func whatIsNoRequestIsRefused(stream: String, status: Int) {
    let error = #expect(throws: RequestParseError.self) { _ = try events(stream) }
    #expect(error?.status == status)
  }

  @Test func aHeadMayCarryTheCauseOfAnErrorAndNoMore() throws {
    let cause = String(repeating: "x", count: 1 << 20)
    let request = { (value: String) in
      "POST /2018-06-01/runtime/invocation/r/error HTTP/1.1\r\nLambda-Runtime-Function-XRay-Error-Cause: \(value)\r\n\r\n"
    }
    #expect(try events(request(cause)).heads.map(\.route) == [.error("r")])
    let error = #expect(throws: RequestParseError.self) { _ = try events(String(repeating: "x", count: 1_400_000)) }
    #expect(error?.status == 431)
  }

  @Test func junkNeverTraps() {
    // A generator of a fixed seed: the same bytes on every run.
    var state: UInt64 = 42
    func random() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33)
    }
    let original = Array(Self.conversation.utf8)
    for _ in 0..<2_000 {
      var bytes = original
      for _ in 0..<(1 + random() % 8) { bytes[random() % bytes.count] = UInt8(truncatingIfNeeded: random()) }
      if random() % 2 == 0 { bytes.removeLast(random() % bytes.count) }
      _ = try? events(String(decoding: bytes, as: UTF8.self), pieces: 1 + random() % 100)
    }
  }
}
