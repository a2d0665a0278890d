import JSON
import LocalCloud
import Testing

struct WebServerTests {
  private struct Echo: WebHandler {
    func handle(_ request: WebRequest, _ responder: WebResponder) throws {
      try responder.send(WebResponse(status: 200, headers: ["X-Path": request.path, "X-Query": request.query], body: request.body))
    }
  }

  @Test func oneConnectionCarriesManyRequests() throws {
    let server = try WebServer(port: 0, handler: Echo())
    defer { server.stop() }
    var client = LoopbackClient(port: server.port)
    for size in [0, 1, 70_000, 3] {
      let body = [UInt8](repeating: 7, count: size)
      let response = try client.send("POST", "/a%2Fb?c=d", body: body)
      #expect(response.body == body)
      #expect(response.headers["x-path"] == "/a%2Fb")
      #expect(response.headers["x-query"] == "c=d")
    }
  }

  @Test func manyCallersAreServedAtOnce() async throws {
    let server = try ModelServer(port: 0, backEnd: ScriptedBackEnd(try Scenario(json: Array(anyReply.utf8))))
    defer { server.stop() }
    let port = server.port
    let answered = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<64 {
        group.addTask {
          var client = LoopbackClient(port: port)
          defer { client.close() }
          return try (0..<10).count { _ in try client.send("POST", "/model/m/converse", body: ask("x").bytes).status == 200 }
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(answered == 640)
    var client = LoopbackClient(port: port)
    #expect(try client.send("GET", "/_model/stats").json["answered"] == 640)
  }

  @Test func aTakenPortIsNamed() throws {
    let server = try WebServer(port: 0, handler: Echo())
    defer { server.stop() }
    let error = #expect(throws: LocalCloudError.self) { try WebServer(port: server.port, handler: Echo()) }
    #expect(error?.code == .portTaken)
    #expect(error?.message.contains("port \(server.port)") ?? false)
  }

  @Test func aBrokenRequestIsAnswered400() throws {
    let server = try WebServer(port: 0, handler: Echo())
    defer { server.stop() }
    var client = LoopbackClient(port: server.port)
    #expect(try client.send("GET and more", "/").status == 400)
  }

  @Test func percentEncodingIsDecoded() {
    #expect(percentDecoded("arn%3Aaws%2Fx y") == "arn:aws/x y")
    #expect(percentDecoded("%zz") == nil)
    #expect(percentDecoded("%ff") == nil)
  }
}
