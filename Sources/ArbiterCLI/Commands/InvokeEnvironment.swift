import AWSClient
import JSON
import RuntimeAPI

/// The function as it is deployed, or as it would be: its configuration and the variables of its environment.
struct InvokeEnvironment {
  private(set) var configuration: FunctionConfiguration
  private(set) var variables: [String: String]

  /// What is not deployed gets the name that it would have: a function must start to be able to refuse an event.
  private static func names(_ deployed: String) -> [(variable: String, output: String, standIn: String)] {
    [
      ("ORCHESTRATION_TABLE", "OrchestrationTableName", "arbiter-orchestrations-\(deployed)"),
      ("WORKER_STATE_TABLE", "WorkerStateTableName", "arbiter-worker-state-\(deployed)"),
      ("AGENT_CONFIG_TABLE", "AgentConfigTableName", "arbiter-agents-\(deployed)"),
      ("TOOLS_CONFIG_TABLE", "ToolsConfigTableName", "arbiter-tools-\(deployed)"),
      ("AGENT_BUCKET_NAME", "CodeBucketName", "arbiter-code-\(deployed)"),
      ("WORKER_QUEUE_URL", "WorkerQueueUrl", "http://127.0.0.1:4566/123456789012/arbiter-worker-\(deployed)"),
      ("FABRICATOR_QUEUE_URL", "FabricatorQueueUrl", "http://127.0.0.1:4566/123456789012/arbiter-fabricator-\(deployed)"),
      ("EVENT_BUS_NAME", "EventBusName", "arbiter-events-\(deployed)"),
      ("COMPLETION_BUS_NAME", "EventBusName", "arbiter-events-\(deployed)"),
      ("JOURNAL_TABLE_NAME", "JournalTableName", "arbiter-journal-\(deployed)"),
      ("S3_BUCKET_NAME", "CostBucketName", "arbiter-cost-\(deployed)"),
      (
        "AGENT_CORE_RUNTIME_ARN", "AgentRuntimeArn",
        "arn:aws:bedrock-agentcore:us-east-1:000000000000:runtime/cost-agent"
      ),
    ]
  }

  init(_ arguments: ParsedArguments, function: FunctionProgram, project: Project?) async throws(CommandError) {
    let current = Environment.current.variables
    let deployed = Deployment.environmentName(arguments, current)
    let written = try Deployment.written(deployed, project)
    let outputs = written?["outputs"]
    let recorded = written?["region"]?.stringValue
    let running = project.flatMap { LocalCloudProcess(project: $0).running() }
    variables = ChildProcess.cleanEnvironment(current)
    for (variable, output, standIn) in Self.names(deployed) {
      variables[variable] = current[variable] ?? outputs?[output]?.stringValue ?? standIn
    }
    if deployed == "local" {
      // As for every other command: where the local cloud is, not where the caller's shell points for other work.
      let other = Deployment.value("AWS_ENDPOINT_URL", current)
      variables["AWS_ENDPOINT_URL"] = running?.endpoint ?? other ?? "http://127.0.0.1:4566"
      variables["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"] = running?.modelEndpoint ?? "http://127.0.0.1:4567"
      variables["AWS_ENDPOINT_URL_BEDROCK_AGENTCORE"] = variables["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"]
      variables["AWS_REGION"] = arguments.value("region") ?? running?.region ?? recorded ?? "us-east-1"
      variables["AWS_ACCESS_KEY_ID"] = "test"
      variables["AWS_SECRET_ACCESS_KEY"] = "test"
    } else {
      let remote = try Deployment.remoteVariables(
        deployed, current, project: project, asked: arguments.value("region"), recorded: recorded)
      for (name, value) in try await CallerCredentials.added(to: remote) where name.hasPrefix("AWS_") { variables[name] = value }
    }
    var asked: [String: String] = [:]
    for pair in arguments.all("set") {
      guard let equals = pair.firstIndex(of: "="), equals != pair.startIndex else { throw .usage("--set '\(pair)' is not NAME=VALUE") }
      asked[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
    }
    configuration = FunctionConfiguration(name: asked["AWS_LAMBDA_FUNCTION_NAME"] ?? "arbiter-\(function.name)-\(deployed)")
    configuration.region = asked["AWS_REGION"] ?? variables["AWS_REGION"] ?? "us-east-1"
    configuration.memoryMegabytes = try arguments.integer("memory", in: 128...32_768) ?? 1024
    configuration.maximumConcurrency = try arguments.integer("concurrency", in: 1...1_600) ?? 1
    // Managed Instances know no other format.
    let format = asked["AWS_LAMBDA_LOG_FORMAT"] ?? (configuration.maximumConcurrency > 1 ? "JSON" : "Text")
    configuration.logFormat = format == "JSON" ? .json : .text
    variables.merge(configuration.variables(taskRoot: function.folder)) { $1 }
    variables.merge(asked) { $1 }
  }
}
