import AWSClient
import AgentKit
import JSON
import LocalCloud
import Testing

/// The model server asked both ways, over a real connection.
struct StreamedAnswerTests {
  @Test func aStreamedAnswerIsTheOneWithoutStreaming() async throws {
    let scenario = """
      {"rules":[{"when":{"user":"tools"},"reply":{"stopReason":"tool_use","content":[
         {"reasoningContent":{"reasoningText":{"text":"First I look, in more than one piece.","signature":"c2ln"}}},
         {"text":"I look."},{"toolUse":{"toolUseId":"t1","name":"east","input":{"q":["ü",1.5]}}}]}},
       {"reply":{"text":"A text that is long enough to come in some pieces, one after another."}}]}
      """
    let server = try ModelServer(port: 0, backEnd: ScriptedBackEnd(try Scenario(json: Array(scenario.utf8))))
    defer { server.stop() }
    let environment = [
      "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
      "AWS_ENDPOINT_URL": "http://127.0.0.1:\(server.port)",
    ]
    let client = BedrockRuntimeClient(AWSClient(configuration: try .fromEnvironment(Environment(environment))))
    for text in ["tools", "no"] {
      let tools = ToolConfiguration(tools: [ToolSpecification(name: "east", description: "A tool.", inputSchema: ["type": "object"])])
      let request = ConverseRequest(messages: [.user(text)], toolConfiguration: tools)
      var whole = try await BedrockModel(client: client).converse(modelID: "m", request)
      var streamed = try await StreamingBedrockModel(client: client).converse(modelID: "m", request)
      #expect(streamed.metrics != nil)
      // How long it took is no part of the reply.
      (whole.metrics, streamed.metrics) = (nil, nil)
      #expect(streamed == whole)
    }
  }
}
