import AWSClient

/// The names of a world's deployment, and the variables of its functions.
enum DeploymentNames {
  static let region = "us-east-1"
  static let account = "123456789012"
  static let orchestrations = "arbiter-orchestrations"
  static let workerState = "arbiter-worker-state"
  static let agents = "arbiter-agents"
  static let bucket = "arbiter-code"
  static let bus = "arbiter-events"
  static let workerQueue = queueURL("arbiter-worker")
  static let fabricatorQueue = queueURL("arbiter-fabricator")
  /// Takes the callbacks of callers who want them in a queue.
  static let callbackQueue = queueURL("callbacks")
  static let callbackBus = "callers"
  static let workerDeadLetters = queueURL("arbiter-worker-dead-letters")

  static func queueURL(_ name: String) -> String { "https://sqs.\(region).amazonaws.com/\(account)/\(name)" }

  /// The variables of every function's environment.
  /// - Parameter settings: those that a deployment may change.
  static func environment(_ settings: [String: String]) -> Environment {
    Environment(
      [
        "AWS_REGION": region, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret",
        "ORCHESTRATION_TABLE": orchestrations, "WORKER_STATE_TABLE": workerState, "AGENT_CONFIG_TABLE": agents, "AGENT_BUCKET_NAME": bucket,
        "EVENT_BUS_NAME": bus, "COMPLETION_BUS_NAME": bus, "WORKER_QUEUE_URL": workerQueue, "FABRICATOR_QUEUE_URL": fabricatorQueue,
      ].merging(settings) { $1 })
  }
}
