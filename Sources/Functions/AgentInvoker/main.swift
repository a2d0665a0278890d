import AWSClient
import AgentInvocation
import Instrumentation
import JSON
import LambdaRuntime
import Telemetry

Lambda.run { environment in
  let logger = Logger(environment: { environment[$0] })
  let invoker = AgentInvoker(environment: environment, logger: logger) { try AWSClient() }
  return InstrumentedHandler(invoker, Instrumentation(logger: logger, correlation: CorrelationPath(JSONPointer("session_id"))))
}
