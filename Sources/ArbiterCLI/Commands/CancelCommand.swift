import JSON
import Orchestration

/// `arbiter cancel`: ends a run early.
enum CancelCommand {
  static let specification = CommandSpecification(
    name: "cancel", summary: "Cancels a run; agents at work are not waited for.",
    positionals: [.init(name: "ID", help: "the orchestration's id")],
    options: [.value("reason", "TEXT", "why; it becomes part of the outcome")] + Deployment.options
  ) { arguments in
    let id = arguments.required("ID")
    let deployment = try Deployment(arguments)
    guard let record = try await deployment.store.load(id) else {
      throw CommandError(
        "no orchestration '\(id)' in '\(deployment.environment)': 'arbiter list' shows those that are there", exitCode: .notFound)
    }
    guard !record.state.isTerminal else {
      throw CommandError("orchestration '\(id)' has ended already: it \(record.state.sentence)")
    }
    try await deployment.publish(
      source: SupervisorEvent.cancelSource,
      detail: ["orchestrationId": .string(id), "reason": .string(arguments.value("reason") ?? "cancelled from the command line")])
    Terminal.error.print("cancellation requested; see it happen with: arbiter follow \(id)")
    return .success
  }
}
