// swift-format-ignore-file: OnlyOneTrailingClosureArgument

import JSON
import TestSupport
import Testing

@testable import AgentServer

/// The example of docs/agent-container.md, as it stands there.
struct Greeter: AgentHandler {
  func handle(_ request: AgentRequest) async throws -> AgentResponse {
    guard let name = request.payload["name"]?.stringValue else { throw AgentRequestError("name is missing", details: "give a text") }
    return .json(["greeting": .string("Hello, \(name)")])
  }
}

@Suite struct GuideTests {
  @Test func theGuidesExampleIsHere() throws { #expect(try GuideExamples.missing(of: "agent-container", in: #filePath) == []) }

  @Test func theGuidesExampleAnswers() async throws {
    try await withServer(handler: { try await Greeter().handle($0) }) { server in
      let reply = try await exchange(server.port, post(#"{"name":"Ada"}"#))
      #expect(reply.text == #"{"greeting":"Hello, Ada"}"#)
      let refusal = try await exchange(server.port, post("{}"))
      #expect(refusal.status == 400 && refusal.json == ["error": "name is missing", "details": "give a text"])
    }
  }
}
