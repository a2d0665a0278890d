import AWSClient
import AgentServer
import CostOptimizer
import JSON
import Synchronization
import Telemetry

/// Starts a session of the cost agent for each invocation, in the background, and answers at once:
/// `{"status": "started" | "already_running", "session_id": ...}`. What became of a session is in its journal.
///
/// One process may run several sessions, each with its own state; the same one is not run twice at a time. Whether another process runs it, the
/// journal tells the session itself.
final class CostAgentHandler: AgentHandler {
  private let environment: Environment
  private let makeSession: @Sendable (CostAgentRequest) -> CostAgentSession
  /// The ids of the sessions that run here.
  private let running = Mutex<Set<String>>([])

  init(environment: Environment, makeSession: @escaping @Sendable (CostAgentRequest) -> CostAgentSession) {
    self.environment = environment
    self.makeSession = makeSession
  }

  func handle(_ request: AgentRequest) async throws -> AgentResponse {
    let asked: CostAgentRequest
    do throws(CostAgentRequestError) {
      asked = try CostAgentRequest(payload: Self.payload(request), environment: environment)
    } catch {
      throw AgentRequestError("Invalid payload", details: error.description)
    }
    let id = asked.sessionID
    guard running.withLock({ $0.insert(id).inserted }) else { return Self.answer("already_running", id) }
    do throws(AgentRequestError) {
      let traceHeader = request.context.traceHeader
      try request.background.start {
        let session = self.makeSession(asked)
        _ = await TraceHeader.with(traceHeader) { await session.run() }
        self.forget(id)
      }
    } catch {
      forget(id)
      throw error
    }
    return Self.answer("started", id)
  }

  private func forget(_ id: String) { running.withLock { _ = $0.remove(id) } }

  /// The payload, with AgentCore's own id of the session where it names none.
  private static func payload(_ request: AgentRequest) -> [UInt8] {
    guard case .object(var object) = request.payload, let id = request.context.sessionID else { return request.body }
    switch object["session_id"] {
    case nil, .null?, .string("")?:
      object["session_id"] = .string(id)
      return JSONValue.object(object).bytes
    default: return request.body
    }
  }

  private static func answer(_ status: String, _ id: String) -> AgentResponse {
    .json(["status": .string(status), "session_id": .string(id)])
  }
}
