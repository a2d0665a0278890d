import AWSClient
import AgentKit
import JSON
import Orchestration
import Testing

@testable import CodeAgents

/// What agents of kind code may read of the Web.
@Suite struct WebToolTests {
  private struct Page: HTTPTransport {
    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
      HTTPResponse(status: 200, headers: ["content-type": "application/json"], body: Array(#"{"usd": 1.1}"#.utf8))
    }
    func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
      throw AWSError(code: AWSError.invalidInputCode, message: "nothing is streamed here")
    }
  }

  private static let reading = """
    try {
      return JSON.parse((await host.callTool('http_get', {url: 'https://rates.example/today'})).text).usd;
    } catch (error) { return error.code }
    """

  @Test func `code reads from the hosts that the operator names, and from no other`() async throws {
    let config: JSONObject = ["tools": ["http_get"]]
    for (hosts, result) in [("rates.example", 1.1), ("other.example", "host_not_allowed")] as [(String, JSONValue)] {
      let world = try CodeWorld(web: WebReader(allowList: try HTTPAllowList(hosts), transport: Page()))
      try await world.register("made", Self.reading, config: config)
      #expect(try await world.answer().data == result)
    }
    let none = try CodeWorld()
    try await none.register("made", Self.reading, config: config)
    #expect(try await none.answer().data == "host_not_allowed")
  }
}
