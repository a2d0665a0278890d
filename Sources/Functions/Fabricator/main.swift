import AWSClient
import CodeAgents
import Fabrication
import Instrumentation
import JSON
import LambdaRuntime
import Orchestration
import Sandbox
import SandboxChild
import Telemetry

SandboxChild.runIfAsked()

Lambda.run { environment in
  let logger = Logger(environment: { environment[$0] })
  let observer = TelemetryObserver(
    logger: logger,
    // The name that the function is deployed under tells the environments of an account apart; alarms name it (infra/constructs/alarms.py).
    metrics: Metrics(namespace: "Arbiter").with("Function", environment["AWS_LAMBDA_FUNCTION_NAME"] ?? "fabricator"))
  let fabricator = try Fabricator(environment: .current, client: AWSClient(), observer: observer)
  // A fabrication may need all of an invocation: one that is given back has all of another.
  let handler = SQSHandler(laterMessagesPercent: 90) { message, context in
    let deadline = context.deadlineMilliseconds ?? Logger.systemTime() + 900_000
    // The message was sent in the trace of its orchestration, which goes on with the answer.
    let traceHeader = message.traceHeader ?? context.traceHeader
    try await message.withTelemetry {
      try await RequestContext.$deadlineMilliseconds.withValue(deadline) {
        try await fabricator.handle(
          Array(message.body.utf8), requestID: message.messageAttributes["requestId"]?.stringValue, messageID: message.messageID,
          traceHeader: traceHeader, deadlineMilliseconds: deadline)
      }
    }
  }
  return InstrumentedHandler(handler, Instrumentation(logger: logger))
}
