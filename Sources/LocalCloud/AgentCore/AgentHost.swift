import JSON

/// The sessions of all agents: starts a process for each, passes invocations on, and ends what is idle.
final class AgentHost: Sendable {
  private struct Key: Hashable {
    let runtime: String
    let session: String
  }

  private struct State {
    var sessions: [Key: AgentSession] = [:]
    var isStopped = false
  }

  /// An invocation as it goes to the agent.
  struct Invocation: Sendable {
    let runtime: String
    let program: AgentProgram
    let session: String
    let headers: WebHeaders
    let body: [UInt8]
  }

  enum Outcome: Sendable {
    case answered(WebResponse)
    /// No process, or one that ended: what to tell the caller.
    case failed(String)
    case tooManySessions(Int)
    case stopped
  }

  let settings: AgentSettings
  private let monitor = Monitor(State())
  /// Where this server is, once it listens.
  private let endpoint = Monitor<String?>(nil)

  init(_ settings: AgentSettings) { self.settings = settings }

  /// Tells agents where this server is; sessions wait for that.
  func serves(at endpoint: String) { self.endpoint.change { $0 = endpoint } }

  /// The longest that an agent may take to answer, in milliseconds, as on AgentCore.
  private static let answerMilliseconds = 900_000
  /// How long it may take to see that a process has ended that broke a connection, in milliseconds.
  private static let endMilliseconds = 2_000

  /// Passes an invocation to the session's agent, which is started when there is none.
  func invoke(_ invocation: Invocation) -> Outcome {
    // A process may end between two looks: then another gets the invocation.
    for _ in 0..<3 {
      let session: AgentSession
      switch find(invocation) {
      case .found(let found): session = found
      case .failed(let outcome): return outcome
      }
      switch session.enter() {
      case .gone: continue
      case .failed(let reason): return .failed(reason)
      case .running(let process):
        defer { session.leave() }
        var client = LoopbackClient(port: process.port, timeoutMilliseconds: Self.answerMilliseconds)
        defer { client.close() }
        do {
          return .answered(try client.send("POST", "/invocations", headers: invocation.headers, body: invocation.body))
        } catch let error as LocalCloudError where error.message.hasPrefix("could not connect") {
          // Nothing was sent: the process has ended, or does not listen any more.
          session.suspect()
          guard session.end(withinMilliseconds: Self.endMilliseconds) != nil else {
            return .failed("the agent does not listen on port \(process.port) any more: \(error)")
          }
          continue
        } catch {
          session.suspect()
          return .failed(session.end(withinMilliseconds: Self.endMilliseconds) ?? "the agent gave no answer: \(error)")
        }
      }
    }
    return .failed("the agent's process ended as soon as it had been started, three times in a row")
  }

  private enum Finding: Sendable {
    case found(AgentSession)
    case failed(Outcome)
  }

  private func find(_ invocation: Invocation) -> Finding {
    guard let endpoint = endpoint.wait(for: { $0 }) else { return .failed(.stopped) }
    let key = Key(runtime: invocation.runtime, session: invocation.session)
    var environment = settings.environment
    for service in ["RUNTIME", "AGENTCORE"] where environment["AWS_ENDPOINT_URL_BEDROCK_\(service)"] == nil {
      environment["AWS_ENDPOINT_URL_BEDROCK_\(service)"] = endpoint
    }
    let made = AgentSession(
      runtime: invocation.runtime, identifier: invocation.session, program: invocation.program, settings: settings, environment: environment
    )
    let limit = settings.maximumSessions
    let (finding, isNew) = monitor.change { state -> (Finding, Bool) in
      if state.isStopped { return (.failed(.stopped), false) }
      if let present = state.sessions[key] { return (.found(present), false) }
      guard state.sessions.count < limit else { return (.failed(.tooManySessions(limit)), false) }
      state.sessions[key] = made
      return (.found(made), true)
    }
    if isNew, !startThread({ made.run { self.forget(made, key) } }) {
      forget(made, key)
      return .failed(.failed("no thread could be started for the session: the limit of processes is reached (ulimit -u)"))
    }
    return finding
  }

  private func forget(_ session: AgentSession, _ key: Key) {
    monitor.change { state in if state.sessions[key] === session { state.sessions[key] = nil } }
  }

  /// Ends a session and waits until its process is gone; false when there is none.
  func stopSession(runtime: String, session: String) -> Bool {
    let key = Key(runtime: runtime, session: session)
    guard let found = monitor.change({ $0.sessions[key] }) else { return false }
    found.stop(withinMilliseconds: settings.stopMilliseconds)
    _ = found.end(withinMilliseconds: settings.stopMilliseconds + 1_000)
    return true
  }

  /// Ends all sessions, and waits until their processes are gone.
  func stop() {
    let sessions = monitor.change { state in
      state.isStopped = true
      return Array(state.sessions.values)
    }
    for session in sessions { session.stop(withinMilliseconds: settings.lastStopMilliseconds) }
    for session in sessions { _ = session.end(withinMilliseconds: settings.lastStopMilliseconds + 1_000) }
  }

  /// What `GET /_model/agents` answers.
  var json: JSONValue {
    let sessions = monitor.change { Array($0.sessions.values) }
    return [
      "agents": .array(settings.programs.map { ["name": .string($0.name), "program": .string($0.path)] }),
      "sessions": .array(sessions.sorted { ($0.runtime, $0.identifier) < ($1.runtime, $1.identifier) }.map(\.json)),
    ]
  }
}
