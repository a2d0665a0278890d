import AWSClient
import Instrumentation
import JSON
import LambdaRuntime
import Orchestration
import Telemetry

Lambda.run { environment in
  let logger = Logger(environment: { environment[$0] })
  let observer = TelemetryObserver(
    logger: logger,
    // The name that the function is deployed under tells the environments of an account apart; alarms name it (infra/constructs/alarms.py).
    metrics: Metrics(namespace: "Arbiter").with("Function", environment["AWS_LAMBDA_FUNCTION_NAME"] ?? "supervisor"))
  let supervisor = try Orchestration.Supervisor(
    environment: .current, client: AWSClient(), observer: observer)
  let handler = RawHandler { event, context in
    let deadline = context.deadlineMilliseconds ?? context.function.nominalDeadlineMilliseconds
    return try await supervisor.handle(event, traceHeader: context.traceHeader, deadlineMilliseconds: deadline).bytes
  }
  return InstrumentedHandler(handler, Instrumentation(logger: logger, correlation: .eventBridge))
}

extension LambdaFunction {
  /// A deadline for a Runtime API that names none: the next two minutes.
  fileprivate var nominalDeadlineMilliseconds: Int64 { Logger.systemTime() + 120_000 }
}
