public import AWSClient
import Glibc
import JSON
import Synchronization

/// Answers from a scenario. What no rule fits is an error, never an invented answer.
public final class ScriptedBackEnd: ModelBackEnd {
  /// How many of the rules that were tried an error names.
  private static let namedRules = 20

  private let scenario: Scenario
  private let lastId = Mutex(UInt64(0))
  /// Two servers one after the other must not give out the same ids: conversations outlive a server.
  private let idPrefix: String

  public init(_ scenario: Scenario) {
    self.scenario = scenario
    idPrefix = "tooluse_" + String(UInt64.random(in: 0..<(1 << 40)), radix: 36)
  }

  public var summary: String { "scripted: \(scenario.name), \(scenario.rules.count) rules, \(scenario.faults.count) faults" }

  public func answer(_ call: ConverseCall) throws -> ModelAnswer {
    let view = ConversationView(call)
    let fault = scenario.faults.first { $0.fires(view) }
    pause(fault?.delayMilliseconds ?? 0)
    if let error = fault?.error(streaming: false) { throw error }
    let response = try respond(view)
    return fault?.spoil(response) ?? .response(response)
  }

  public func stream(_ call: ConverseCall, _ emit: (ConverseFrame) throws -> Void) throws {
    let view = ConversationView(call)
    let fault = scenario.faults.first { $0.fires(view) }
    pause(fault?.delayMilliseconds ?? 0)
    if let error = fault?.error(streaming: true) { throw error }
    let response = try respond(view)
    switch fault?.spoil(response) ?? .response(response) {
    case .response(let response):
      let events = ConverseFrame.events(of: response)
      if let error = fault?.errorInStream {
        for event in events.prefix(2) { try emit(event) }
        throw error
      }
      for event in events { try emit(event) }
    case .body(let bytes):
      try emit(.messageStart)
      try emit(ConverseFrame("contentBlockDelta", payload: bytes))
    case .hangUp:
      try emit(.messageStart)
      throw ModelHangUp()
    }
  }

  private func respond(_ view: ConversationView) throws -> ConverseResponse {
    var tried: [String] = []
    for rule in scenario.rules {
      if let obstacle = rule.obstacle(view) {
        tried.append("'\(rule.name)' (\(obstacle))")
        continue
      }
      do throws(ScenarioTemplate.Failure) {
        let response = try rule.reply.response(view, uniqueId: uniqueId)
        pause(rule.reply.delayMilliseconds)
        return response
      } catch {
        throw unmatched("rule '\(rule.name)' of scenario '\(scenario.name)' cannot be filled: \(error.message)")
      }
    }
    let more = tried.count > Self.namedRules ? "; and \(tried.count - Self.namedRules) more" : ""
    throw unmatched(
      "no rule of scenario '\(scenario.name)' fits this request: \(view.description). Add a rule, or widen one; for a real model "
        + "start 'arbiter local up' with another --backend. Tried: \(tried.prefix(Self.namedRules).joined(separator: "; "))\(more).")
  }

  private func unmatched(_ message: String) -> ModelFailure {
    ModelFailure(status: 400, type: "ValidationException", message: "The scripted model cannot answer: " + message, cause: .unmatched)
  }

  private func uniqueId() -> String {
    let number = lastId.withLock { id in
      id += 1
      return id
    }
    return "\(idPrefix)_\(number)"
  }

  private func pause(_ milliseconds: Int) {
    if milliseconds > 0 { usleep(UInt32(min(milliseconds, 3_600_000)) * 1000) }
  }
}
