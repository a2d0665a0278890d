import JSON
import LocalCloud
import Testing

struct RuntimeAPIServerTests {
  private func server() throws -> RuntimeAPIServer {
    try RuntimeAPIServer(
      RuntimeAPIServer.Invocation(
        requestID: "r-1", event: Array(#"{"a":1}"#.utf8), functionARN: "arn:aws:lambda:us-east-1:123456789012:function:f",
        traceHeader: "Root=1-0-0", timeoutMilliseconds: 5_000))
  }

  private func client(_ server: RuntimeAPIServer) throws -> LoopbackClient {
    LoopbackClient(port: try #require(server.address.split(separator: ":").last.flatMap { UInt16($0) }))
  }

  @Test func anEventIsHandedOutAndItsResponseTaken() throws {
    let server = try server()
    defer { server.stop() }
    var client = try client(server)
    #expect(server.askedAtMicroseconds == nil)
    let next = try client.send("GET", "/2018-06-01/runtime/invocation/next")
    #expect(next.headers["Lambda-Runtime-Aws-Request-Id"] == "r-1")
    #expect(next.headers["Lambda-Runtime-Deadline-Ms"].flatMap(Int64.init) ?? 0 > 0)
    #expect(try next.json == ["a": 1])
    #expect(server.askedAtMicroseconds != nil)
    #expect(try client.send("POST", "/2018-06-01/runtime/invocation/r-1/response", body: Array("[1]".utf8)).status == 202)
    guard case .response(let body)? = server.wait(milliseconds: 0) else {
      Issue.record("expected a response")
      return
    }
    #expect(body == Array("[1]".utf8))
  }

  @Test func anErrorKeepsItsType() throws {
    let server = try server()
    defer { server.stop() }
    var client = try client(server)
    _ = try client.send(
      "POST", "/2018-06-01/runtime/init/error", headers: ["Lambda-Runtime-Function-Error-Type": "Runtime.Settings"], body: Array("{}".utf8))
    guard case .initializationFailure(let type, _)? = server.wait(milliseconds: 0) else {
      Issue.record("expected a failure")
      return
    }
    #expect(type == "Runtime.Settings")
  }

  @Test func anAnswerToAnotherRequestIsRefused() throws {
    let server = try server()
    defer { server.stop() }
    var client = try client(server)
    #expect(try client.send("POST", "/2018-06-01/runtime/invocation/r-2/response", body: Array("{}".utf8)).status == 400)
    #expect(server.wait(milliseconds: 0) == nil)
  }

  @Test func theEndOfTheProgramIsAnOutcomeUnlessItAnswered() throws {
    let server = try server()
    defer { server.stop() }
    var client = try client(server)
    _ = try client.send("POST", "/2018-06-01/runtime/invocation/r-1/response", body: Array("{}".utf8))
    server.programEnded(status: 1)
    guard case .response? = server.wait(milliseconds: 0) else {
      Issue.record("the answer must stay")
      return
    }
  }
}
