import AWSClient
import JSON

/// `arbiter cost start`: asks for an analysis, by the event that anybody may send.
enum CostStartCommand {
  /// The source and the kind of the event that the workflow's rule waits for.
  static let source = "manual-trigger"
  static let detailType = "execute-agent"
  /// Bytes of the longest prompt, as the agent's invoker has it.
  private static let longestPromptBytes = 64 << 10

  static let specification = CommandSpecification(
    name: "start", summary: "Starts an analysis of the account's costs.",
    discussion: """
      Publishes the event 'execute-agent' of 'manual-trigger' on the deployment's bus, and prints the event's id, which is the session's.
      With --follow it watches the session, as 'arbiter cost follow' does. Ctrl-C ends the watching, not the analysis.
      """,
    options: [
      .value(
        "prompt", "TEXT", "what the agent is asked; '-' reads it from standard input\n(default: whether resources are over-provisioned)"),
      .flag("follow", "watch the session until it ends"), .json,
    ] + Deployment.options, action: run)

  private static func run(_ arguments: ParsedArguments) async throws -> ExitCode {
    var detail = JSONObject()
    if let given = arguments.value("prompt") {
      let prompt = given == "-" ? String(decoding: try Files.read("/dev/stdin"), as: UTF8.self) : given
      guard prompt.contains(where: { !$0.isWhitespace }) else { throw CommandError.usage("the prompt is empty: leave --prompt out") }
      guard prompt.utf8.count <= longestPromptBytes else {
        throw CommandError.usage(
          "the prompt has \(Phrases.count(prompt.utf8.count)) bytes: expected at most \(Phrases.count(longestPromptBytes))")
      }
      detail["prompt"] = .string(prompt)
    }
    let deployment = try Deployment(arguments)
    // A bus that has no rule takes an event without a word; a table that does not exist says so.
    _ = try await CostSessions(deployment).journal(of: "00000000-0000-0000-0000-000000000000")
    let session = try await deployment.publish(source: source, detailType: detailType, detail: .object(detail))
    guard arguments.has("follow") else {
      if arguments.has("json") {
        Terminal.standard.print(
          JSONValue.object([
            "sessionId": .string(session), "eventBus": .string(try deployment.eventBus), "region": .string(deployment.region),
          ]).text)
      } else {
        Terminal.standard.print(session)
        Terminal.error.print(
          "published to \(try deployment.eventBus) in \(deployment.region); look at it with: arbiter cost follow \(session)")
      }
      return .success
    }
    Terminal.error.print("session \(session)")
    return try await CostFollowCommand.follow(session, deployment, json: arguments.has("json"), patience: .started)
  }
}
