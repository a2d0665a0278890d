// An agent for the tests of its process: the body of an invocation says what it does.
import AgentServer
import Glibc
import JSON
import Telemetry

struct Probe: AgentHandler {
  let logger: Logger

  func handle(_ request: AgentRequest) async throws -> AgentResponse {
    switch request.payload {
    case "work":
      try request.background.start { [logger] in
        try? await Task.sleep(for: .seconds(3600))
        logger.info("the session was marked")
      }
    case "stubborn":
      try request.background.start { while true { try? await Task.sleep(for: .milliseconds(10)) } }
    case "crash":
      let nothing: [Int] = []
      return .json(.number(nothing[request.body.count]))
    default: break
    }
    return .json("started")
  }
}

func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
let logger = Logger()
AgentServer.run(logger) {
  var settings = AgentServerSettings()
  // The real settings refuse 0, which tests want.
  if variable("PORT") != "0" { settings = try AgentServerSettings(environment: variable) } else { settings.port = 0 }
  settings.host = "127.0.0.1"
  if let drain = variable("DRAIN").flatMap({ Int64($0) }) { settings.drainMilliseconds = drain }
  return (settings, Probe(logger: logger))
}
