import AWSClient
import AgentKit
import JSON
import Orchestration

/// `arbiter submit`: publishes a task.
enum SubmitCommand {
  static let specification = CommandSpecification(
    name: "submit", summary: "Publishes a task; the Supervisor takes it from there.",
    discussion: """
      Prints the orchestration's id, or with --follow the answer. Progress goes to standard error: live on a terminal, plain in a pipe.
      Asking twice with the same --id starts one orchestration. Ctrl-C ends the watching, not the run.
      """,
    positionals: [.init(name: "TASK", help: "what is to be done; '-' reads it from standard input")],
    options: [
      .flag("follow", "watch the run until it ends, and print its answer"),
      .value("deadline", "SECONDS", "when the run is given up, in seconds from now (default: the deployment's)"),
      .value("budget", "USD", "what the run may spend on models, in US dollars (default: the deployment's)"),
      .value("id", "ID", "the orchestration's id (default: a random one)"),
      .json,
    ] + Deployment.options, action: run)

  private static func run(_ arguments: ParsedArguments) async throws -> ExitCode {
    var task = arguments.required("TASK")
    if task == "-" { task = String(decoding: try Files.read("/dev/stdin"), as: UTF8.self) }
    guard task.contains(where: { !$0.isWhitespace }) else { throw CommandError.usage("the task is empty: say what is to be done") }
    let id = arguments.value("id") ?? RandomIDSource().makeID()
    var detail: JSONObject = [
      "task": .string(task), "orchestrationId": .string(id),
      "timestamp": .string(ISO8601.text(milliseconds: AgentKit.SystemClock().nowMilliseconds)),
    ]
    if let seconds = try arguments.integer("deadline", in: 1...2_592_000) { detail["deadlineSeconds"] = .number(seconds) }
    if let text = arguments.value("budget") {
      guard let number = JSONNumber(text: text), number.double > 0 else {
        throw CommandError.usage("--budget '\(text)' is not an amount of US dollars above 0, such as 0.50")
      }
      detail["budgetUSD"] = .number(number)
    }
    // The Supervisor would refuse it too, but where nobody looks.
    do throws(WireError) { _ = try TaskRequest(detail: .object(detail)) } catch { throw CommandError.usage("\(error)") }

    let deployment = try Deployment(arguments)
    // A bus that does not exist takes an event without a word; a table that does not exist says so.
    let isThere = try await deployment.existing(id) != nil
    if isThere { Terminal.error.print("orchestration '\(id)' is there already: nothing new starts") }
    try await deployment.publish(source: TaskRequest.source, detail: .object(detail))
    guard arguments.has("follow") else {
      if arguments.has("json") {
        Terminal.standard.print(
          JSONValue.object([
            "orchestrationId": .string(id), "eventBus": .string(try deployment.eventBus),
            "region": .string(deployment.region),
          ]).text)
      } else {
        Terminal.standard.print(id)
        let what = isThere ? "" : "published to \(try deployment.eventBus) in \(deployment.region); "
        Terminal.error.print("\(what)look at it with: arbiter show \(id)")
      }
      return .success
    }
    Terminal.error.print("orchestration \(id)")
    return try await FollowCommand.follow(id, deployment, json: arguments.has("json"), patience: .submitted)
  }
}

/// `arbiter follow`: watches a run that was submitted before.
enum FollowCommand {
  static let specification = CommandSpecification(
    name: "follow", summary: "Watches a run until it ends, and prints its answer.",
    positionals: [.init(name: "ID", help: "the orchestration's id")], options: [.json] + Deployment.options
  ) { arguments in
    try await follow(arguments.required("ID"), try Deployment(arguments), json: arguments.has("json"), patience: .namedByCaller)
  }

  static func follow(
    _ id: String, _ deployment: Deployment, json: Bool, patience: OrchestrationFollower.Patience
  ) async throws -> ExitCode {
    var follower = OrchestrationFollower(
      id, store: try deployment.store, progress: try deployment.progress, pauseMilliseconds: deployment.isLocal ? 100 : 1_000,
      patience: patience,
      environment: deployment.environment)
    // Whoever cancels the run at an interruption, as the demo does, would be contradicted.
    if Environment.current["ARBITER_NO_FAREWELL"] == nil {
      let sayGoodbye = { TerminationSignals.setFarewell("the run goes on; watch it with: arbiter follow \(id)") }
      if patience == .submitted { sayGoodbye() } else { follower.whenSeen = sayGoodbye }
    }
    let snapshot = try await follower.follow()
    if json {
      Terminal.standard.print(try await deployment.json(snapshot, nowMilliseconds: AgentKit.SystemClock().nowMilliseconds).text)
    } else if let outcome = snapshot.record.outcome {
      let message = try await deployment.message(of: outcome)
      if outcome.state == .completed {
        Terminal.standard.print(message)
      } else {
        Terminal.error.print("arbiter: \(ending(outcome, message: message, id: id))")
      }
    }
    return snapshot.record.state.exitCode
  }

  /// Characters of a reason that are told; what is longer than a screen is for `show`.
  private static let longestReason = 1_000

  /// What became of a run that did not complete, and why.
  static func ending(_ outcome: Outcome, message: String, id: String) -> String {
    let what = "the run \(outcome.state.sentence): "
    // Neither a code nor a message that only repeats the state says anything.
    let code = outcome.code.flatMap { $0 == outcome.state.rawValue ? nil : "\($0): " } ?? ""
    let reason = message.lowercased().hasPrefix(what) ? String(message.dropFirst(what.count)) : message
    guard reason.count > longestReason else { return what + code + reason }
    return what + code + reason.prefix(longestReason) + "…\n(all of it: arbiter show \(id))"
  }
}
