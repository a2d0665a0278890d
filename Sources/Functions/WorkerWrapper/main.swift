import AWSClient
import CodeAgents
import Instrumentation
import JSON
import LambdaRuntime
import Orchestration
import SandboxChild
import Telemetry

// Modules run in this executable again, as a locked child: before anything else, so that nothing else is in it.
SandboxChild.runIfAsked()

Lambda.run { environment in
  let logger = Logger(environment: { environment[$0] })
  let observer = TelemetryObserver(
    logger: logger,
    // The name that the function is deployed under tells the environments of an account apart; alarms name it (infra/constructs/alarms.py).
    metrics: Metrics(namespace: "Arbiter").with("Function", environment["AWS_LAMBDA_FUNCTION_NAME"] ?? "worker-wrapper"))
  let client = try AWSClient()
  // A value that is out of range ends the start, and not some task later on.
  let codeAgents = try CodeAgentsConfiguration(environment: .current)
  let worker = try Worker(
    environment: .current, client: client, observer: observer,
    code: DeferredCodeAgents {
      try SandboxedCodeAgents(configuration: codeAgents, environment: .current, client: client, observer: observer)
    })
  // A task that is begun too late ends as overdue, for good; one that is given back has all of another invocation.
  let handler = SQSHandler(laterMessagesPercent: 50) { message, context in
    let deadline = context.deadlineMilliseconds ?? Logger.systemTime() + 120_000
    // The message was sent in the trace of its orchestration, which goes on with the answer.
    let traceHeader = message.traceHeader ?? context.traceHeader
    try await message.withTelemetry {
      try await RequestContext.$deadlineMilliseconds.withValue(deadline) {
        try await worker.handle(Array(message.body.utf8), traceHeader: traceHeader, deadlineMilliseconds: deadline)
      }
    }
  }
  return InstrumentedHandler(handler, Instrumentation(logger: logger))
}
