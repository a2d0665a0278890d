import Glibc
import JSON

/// A session of an agent: one process, from its first invocation until it has been idle, is stopped, or ends by itself.
///
/// A thread of its own starts the process, looks after it and reaps it; those who invoke wait for it.
final class AgentSession: Sendable {
  private enum Phase {
    case starting
    case running(AgentProcess)
    /// It has been told to end.
    case ending(AgentProcess)
    case ended(String)
  }

  private struct State {
    var phase = Phase.starting
    var ping: AgentPing?
    /// Invocations that wait for an answer.
    var inFlight = 0
    var invocations = 0
    /// Since when it is neither busy nor invoked, on the monotonic clock.
    var quietSinceMilliseconds = monotonicMilliseconds()
    /// Somebody wants it to end, within so many milliseconds.
    var stopMilliseconds: Int?
    /// Somebody has seen that something is wrong with it.
    var isSuspect = false
  }

  let runtime: String
  let identifier: String
  private let program: AgentProgram
  private let settings: AgentSettings
  private let environment: [String: String]
  private let startedAtMilliseconds = wallMilliseconds()
  private let monitor = Monitor(State())

  init(runtime: String, identifier: String, program: AgentProgram, settings: AgentSettings, environment: [String: String]) {
    self.runtime = runtime
    self.identifier = identifier
    self.program = program
    self.settings = settings
    self.environment = environment
  }

  private var log: String { "\(settings.logFolder)/\(identifier).log" }

  // MARK: For those who invoke

  enum Admission: Sendable {
    /// It answers; `leave` gives it back.
    case running(AgentProcess)
    /// It has ended, or is about to: another has to be started.
    case gone
    case failed(String)
  }

  /// Waits until the agent answers, and counts as an invocation until `leave`.
  func enter() -> Admission {
    monitor.wait { state -> Admission? in
      switch state.phase {
      case .starting, .ending: return nil
      case .running(let process):
        // Its process is being looked at: what comes of that decides.
        guard !state.isSuspect else { return nil }
        state.inFlight += 1
        state.invocations += 1
        return .running(process)
      case .ended(let reason): return state.invocations > 0 || state.ping != nil ? .gone : .failed(reason)
      }
    } ?? .gone
  }

  func leave() {
    monitor.change { state in
      state.inFlight -= 1
      state.quietSinceMilliseconds = monotonicMilliseconds()
    }
  }

  /// Has the process looked at now: it broke a connection.
  func suspect() { monitor.change { $0.isSuspect = true } }

  /// How the process has ended, if it does within so long; nil while it runs.
  func end(withinMilliseconds limit: Int) -> String? {
    monitor.wait(milliseconds: limit) { state in
      if case .ended(let reason) = state.phase { return reason }
      return nil
    }
  }

  /// Ends the process: SIGTERM, and SIGKILL when it is still there after so long.
  func stop(withinMilliseconds limit: Int) { monitor.change { $0.stopMilliseconds = min(limit, $0.stopMilliseconds ?? .max) } }

  /// What `GET /_model/agents` tells of it.
  var json: JSONValue {
    monitor.change { state -> JSONValue in
      var object: JSONObject = [
        "runtime": .string(runtime), "sessionId": .string(identifier), "program": .string(program.path), "log": .string(log),
        "startedAt": .string(ISO8601.text(milliseconds: startedAtMilliseconds)), "invocations": .number(state.invocations),
      ]
      switch state.phase {
      case .starting: object["status"] = "Starting"
      case .ended: object["status"] = "Ended"
      case .running(let process), .ending(let process):
        object["pid"] = .number(Int(process.identifier))
        object["port"] = .number(Int(process.port))
        object["status"] = .string(state.ping?.rawValue ?? "Unhealthy")
        if case .ending = state.phase { object["status"] = "Stopping" }
      }
      return .object(object)
    }
  }

  // MARK: The thread of its own

  /// Runs the session; returns when its process has been reaped.
  /// - Parameter forget: called before anybody is told that the session has ended.
  func run(forget: () -> Void) {
    let reason = serve()
    forget()
    monitor.change { $0.phase = .ended(reason) }
  }

  private func serve() -> String {
    let process: AgentProcess
    do {
      process = try start()
    } catch {
      return "\(error)"
    }
    monitor.change { state in
      state.phase = .running(process)
      state.quietSinceMilliseconds = monotonicMilliseconds()
    }
    return watch(process)
  }

  /// How often a start is looked at, in milliseconds.
  private static let startPause = 20

  private func start() throws -> AgentProcess {
    try makeFolder(settings.logFolder)
    let process = try AgentProcess(program, environment: environment, log: log)
    let deadline = monotonicMilliseconds() + Int64(settings.startMilliseconds)
    while true {
      if let end = process.endIfEnded() { throw failure("\(program.path) \(end) before it answered GET /ping", process) }
      if let ping = process.ping(timeoutMilliseconds: 2_000) {
        monitor.change { $0.ping = ping }
        return process
      }
      let isStopped = monitor.wait(milliseconds: Self.startPause) { $0.stopMilliseconds } != nil
      guard !isStopped, monotonicMilliseconds() < deadline else {
        _ = finish(process, withinMilliseconds: 500)
        throw failure(
          isStopped
            ? "\(program.path) was stopped before it answered GET /ping"
            : "\(program.path) did not answer GET /ping on port \(process.port) within \(settings.startMilliseconds) ms", process)
      }
    }
  }

  private func failure(_ text: String, _ process: AgentProcess) -> LocalCloudError {
    let lines = process.lastLines()
    let tail = lines.isEmpty ? "it logged nothing" : "its last lines: \(lines.joined(separator: " | "))"
    return LocalCloudError(.process, "\(text); \(tail) (\(log))")
  }

  private func watch(_ process: AgentProcess) -> String {
    let pause = max(20, min(1_000, settings.idleMilliseconds / 4))
    while true {
      if let end = process.endIfEnded() { return failure("\(program.path) \(end)", process).message }
      let ping = process.ping(timeoutMilliseconds: 2_000)
      let now = monotonicMilliseconds()
      // One decision: whoever enters after it finds a session that is about to end.
      let stop = monitor.change { state -> Int? in
        state.ping = ping
        state.isSuspect = false
        // An agent that does not answer is not idle: it may be too busy to.
        if ping != .healthy || state.inFlight > 0 { state.quietSinceMilliseconds = now }
        let isIdle = now - state.quietSinceMilliseconds >= Int64(settings.idleMilliseconds)
        guard let limit = state.stopMilliseconds ?? (isIdle ? settings.stopMilliseconds : nil) else { return nil }
        state.phase = .ending(process)
        return limit
      }
      if let stop { return finish(process, withinMilliseconds: stop) }
      _ = monitor.wait(milliseconds: pause) { state in state.isSuspect || state.stopMilliseconds != nil ? true : nil }
    }
  }

  private func finish(_ process: AgentProcess, withinMilliseconds limit: Int) -> String {
    process.signal(SIGTERM)
    var limit = limit
    let start = monotonicMilliseconds()
    var isKilled = false
    while true {
      if let end = process.endIfEnded() { return "\(program.path) was told to end, and \(end)" }
      // Whoever stops the server is in more of a hurry than whoever found a session idle.
      limit = min(limit, monitor.change { $0.stopMilliseconds } ?? .max)
      if !isKilled, monotonicMilliseconds() - start >= Int64(limit) {
        isKilled = true
        process.signal(SIGKILL)
      }
      usleep(10_000)
    }
  }
}

/// Makes a folder and those above it.
private func makeFolder(_ path: String) throws {
  var made = path.hasPrefix("/") ? "" : "."
  for part in path.split(separator: "/") {
    made += "/" + part
    guard mkdir(made, 0o755) == 0 || errno == EEXIST else {
      throw LocalCloudError(.process, "the folder \(path) could not be made: \(String(cString: strerror(errno)))")
    }
  }
}

/// Milliseconds of a clock that nobody sets.
func monotonicMilliseconds() -> Int64 { milliseconds(of: CLOCK_MONOTONIC) }

/// Milliseconds since the Unix epoch.
func wallMilliseconds() -> Int64 { milliseconds(of: CLOCK_REALTIME) }

private func milliseconds(of clock: clockid_t) -> Int64 {
  var time = timespec()
  clock_gettime(clock, &time)
  return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
}
