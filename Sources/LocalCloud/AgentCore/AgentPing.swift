import JSON

/// What an agent says of itself: `GET /ping` of AgentCore's contract.
/// https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-http-protocol-contract.html
enum AgentPing: String, Sendable {
  /// It waits for work.
  case healthy = "Healthy"
  /// It works in the background, and must not be taken for idle.
  case healthyBusy = "HealthyBusy"

  /// nil for an answer that the contract does not know.
  init?(_ response: WebResponse) {
    guard response.status == 200, let status = (try? JSONValue(parsing: response.body))?["status"]?.stringValue else { return nil }
    self.init(rawValue: status)
  }
}
