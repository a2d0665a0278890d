import CostOptimizer
import JSON

/// `arbiter cost show`: what the journal has of a session.
enum CostShowCommand {
  static let specification = CommandSpecification(
    name: "show", summary: "Shows what the journal has of a session: its state, and each phase.",
    positionals: [.init(name: "SESSION", help: "the session's id, as 'arbiter cost list' shows it")],
    options: [.json] + Deployment.options, action: run)

  private static func run(_ arguments: ParsedArguments) async throws -> ExitCode {
    let session = arguments.required("SESSION")
    let deployment = try Deployment(arguments)
    guard let journal = try await CostSessions(deployment).journal(of: session) else {
      throw CommandError(
        "the journal has no session '\(session)' in '\(deployment.environment)': 'arbiter cost list' shows those that are there",
        exitCode: .notFound)
    }
    let view = CostSessionView(session: session, journal: journal)
    if arguments.has("json") {
      Terminal.standard.print(view.json.text)
    } else {
      for line in view.lines(Terminal.standard, nowMilliseconds: CostSessions.nowMilliseconds) { Terminal.standard.print(line) }
    }
    return .success
  }
}
