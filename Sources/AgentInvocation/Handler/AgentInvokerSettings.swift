internal import LambdaRuntime

/// What the function knows by its environment: the agent, and what the agent is told of where its work goes.
struct AgentInvokerSettings: Sendable, Equatable {
  /// `AGENT_CORE_RUNTIME_ARN`
  let runtimeARN: String
  /// `AGENT_CORE_QUALIFIER`: the runtime's version or endpoint; nil for its default one.
  let qualifier: String?
  /// `S3_BUCKET_NAME`: where reports go.
  let bucket: String
  /// `JOURNAL_TABLE_NAME`
  let table: String

  /// - Throws: `AgentInvokerError` of kind `notConfigured`, which names the variable.
  init(_ environment: LambdaEnvironment) throws(AgentInvokerError) {
    do throws(ConfigurationError) {
      runtimeARN = try environment.required("AGENT_CORE_RUNTIME_ARN", "the ARN of the agent's runtime")
      bucket = try environment.required("S3_BUCKET_NAME", "the name of the bucket for reports")
      table = try environment.required("JOURNAL_TABLE_NAME", "the name of the journal's table")
      guard Self.isRuntime(runtimeARN) else {
        throw ConfigurationError(
          variable: "AGENT_CORE_RUNTIME_ARN", value: runtimeARN,
          expected: "an ARN such as arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/name-0123456789")
      }
    } catch {
      throw AgentInvokerError(.notConfigured, error.description)
    }
    qualifier = environment["AGENT_CORE_QUALIFIER"]
  }

  /// True for `arn:PARTITION:bedrock-agentcore:REGION:ACCOUNT:runtime/ID`.
  private static func isRuntime(_ arn: String) -> Bool {
    let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
    let prefix = "runtime/"
    return parts.count >= 6 && parts[0] == "arn" && parts[2] == "bedrock-agentcore" && parts[5].hasPrefix(prefix)
      && parts[5].utf8.count > prefix.utf8.count
  }
}
