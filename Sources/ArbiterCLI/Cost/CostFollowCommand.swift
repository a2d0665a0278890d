import AWSClient
import CostOptimizer
import JSON

/// `arbiter cost follow`: watches a session until it ends.
enum CostFollowCommand {
  static let specification = CommandSpecification(
    name: "follow", summary: "Watches a session until it ends: each phase as it happens.",
    discussion: """
      Progress goes to standard error: live on a terminal, plain in a pipe. Standard output gets the place of the report, or with --json the
      whole journal. Ends with 0 when the session completed, with 4 when it failed, and then tells the agent's message.
      """,
    positionals: [.init(name: "SESSION", help: "the session's id, as 'arbiter cost list' shows it")],
    options: [.json] + Deployment.options
  ) { arguments in
    try await follow(arguments.required("SESSION"), try Deployment(arguments), json: arguments.has("json"), patience: .namedByCaller)
  }

  static func follow(
    _ session: String, _ deployment: Deployment, json: Bool, patience: CostSessionFollower.Patience
  ) async throws -> ExitCode {
    let sessions = try CostSessions(deployment)
    var follower = CostSessionFollower(
      session, patience: patience, environment: deployment.environment, pauseMilliseconds: deployment.isLocal ? 100 : 1_000
    ) { try await sessions.journal(of: session) }
    // Whoever ends the session at an interruption, as a demo may, would be contradicted.
    if Environment.current["ARBITER_NO_FAREWELL"] == nil {
      let sayGoodbye = { TerminationSignals.setFarewell("the analysis goes on; watch it with: arbiter cost follow \(session)") }
      if patience == .started { sayGoodbye() } else { follower.whenSeen = sayGoodbye }
    }
    let journal = try await follower.follow()
    if json { Terminal.standard.print(CostSessionView(session: session, journal: journal).json.text) }
    guard journal.session?.status == .completed else {
      Terminal.error.print(
        "arbiter: the session failed: \(Phrases.line(journal.session?.errorMessage ?? "the journal does not say why", 4_000))")
      Terminal.error.print("see what it did with: arbiter cost show \(session)")
      return .runFailed
    }
    if !json {
      // The bucket may be one that the caller cannot name; the session's end is told all the same.
      if let bucket = try? deployment.costBucket {
        Terminal.standard.print("s3://\(bucket)/\(session)/\(CostReportFiles.Form.text.rawValue)")
      }
      Terminal.error.print("read it with: arbiter cost report \(session)")
    }
    return .success
  }
}
