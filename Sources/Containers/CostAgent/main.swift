import AWSClient
import AgentServer
import CostOptimizer
import Telemetry

let environment = Environment.current
var logging = LoggerSettings(environment: { environment[$0] })
// Outside of Lambda nobody says which form the log has.
if environment["AWS_LAMBDA_LOG_FORMAT"] == nil { logging.format = .json }
let logger = Logger(logging)

AgentServer.run(logger, isJSON: logging.format == .json) {
  let settings = try CostAgentSettings(environment: environment)
  let parts = CostAgentParts(client: try AWSClient(), settings: settings, logger: logger) { line in
    Logger.standardOutput(Array("\(line)\n".utf8))
  }
  let handler = CostAgentHandler(environment: environment) { CostAgentSession(request: $0, settings: settings, parts: parts) }
  return (try AgentServerSettings(environment: { environment[$0] }), handler)
}
