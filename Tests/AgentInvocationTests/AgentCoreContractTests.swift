import AWSClient
import AgentInvocation
import JSON
import Testing

/// AgentCore's operations against the oracle of Tests/Contract, which knows botocore's models and recomputes each signature.
@Suite(.enabled(if: Environment.current["ARBITER_ORACLE_URL"] != nil))
struct AgentCoreContractTests {
  private func client() throws -> AgentCoreClient {
    let variables = [
      "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "secret+/x",
      "AWS_ENDPOINT_URL": Environment.current["ARBITER_ORACLE_URL"] ?? "",
    ]
    return AgentCoreClient(AWSClient(configuration: try .fromEnvironment(Environment(variables))))
  }

  @Test func invokeAgentRuntime() async throws {
    let payload = Array(#"{"prompt":"é ü \" 語","session_id":"x"}"#.utf8)
    for qualifier in [nil, "a b/ü"] {
      let trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
      let output = try await RequestContext.$traceID.withValue(trace) {
        try await client().invokeAgentRuntime(
          InvokeAgentRuntimeInput(agentRuntimeARN: runtimeARN, runtimeSessionID: session, payload: payload, qualifier: qualifier))
      }
      #expect(output.statusCode == 200)
      #expect(output.runtimeSessionID == session)
      // The oracle answers with what it was sent.
      #expect(output.response == payload)
    }
  }

  @Test func stopRuntimeSession() async throws {
    let output = try await client().stopRuntimeSession(
      StopRuntimeSessionInput(agentRuntimeARN: runtimeARN, runtimeSessionID: session, qualifier: "DEFAULT"))
    #expect(output.statusCode == 200)
  }
}
