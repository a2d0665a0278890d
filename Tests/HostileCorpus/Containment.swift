import JSON
import Sandbox

/// What must have become of a hostile module.
struct Containment: Sendable {
  enum Outcome: Sendable {
    case failure(SandboxFailure.Code)
    case result(JSONValue)
    /// The input, as it was given.
    case input
    /// Whatever the module returns: the case is about something else, such as its calls.
    case anyResult
  }

  let outcome: Outcome
  /// What the failure's message has in it.
  var message: String?
  var messageBytesAtMost: Int?
  var stackContains: String?
  var stackLacks: [String] = []
  /// How many calls of tools and of converse came to the host.
  var calls: Int?
  var callsAtMost: Int?
  /// The tools that may have been called.
  var callsOnlyTo: [String]?
  var logs: [String]?

  init(_ expect: JSONObject, _ unusable: (String) -> HostileCase.Unusable) throws {
    var outcome: Outcome?
    for (key, value) in expect.members {
      switch key {
      case "failure": outcome = value.stringValue.map { .failure(SandboxFailure.Code(rawValue: $0)) }
      case "result": outcome = .result(value)
      case "resultIsInput": outcome = .input
      case "anyResult": outcome = .anyResult
      case "message": message = value.stringValue
      case "messageBytesAtMost": messageBytesAtMost = value.intValue
      case "stackContains": stackContains = value.stringValue
      case "stackLacks": stackLacks = (value.arrayValue ?? []).compactMap(\.stringValue)
      case "calls": calls = value.intValue
      case "callsAtMost": callsAtMost = value.intValue
      case "callsOnlyTo": callsOnlyTo = (value.arrayValue ?? []).compactMap(\.stringValue)
      case "logs": logs = (value.arrayValue ?? []).compactMap(\.stringValue)
      default: throw unusable("'\(key)' cannot be expected")
      }
    }
    guard let outcome else { throw unusable("expects neither a failure nor a result") }
    self.outcome = outcome
  }

  /// What was seen of one run.
  struct Observation: Sendable {
    var outcome: Result<JSONValue, SandboxFailure>
    var calls: [String]
    var logs: [String]
    var locks: [SandboxLock]

    init(outcome: Result<JSONValue, SandboxFailure>, calls: [String] = [], logs: [String] = [], locks: [SandboxLock] = SandboxLock.allCases)
    {
      self.outcome = outcome
      self.calls = calls
      self.logs = logs
      self.locks = locks
    }
  }

  /// Where a run differs from what must be; empty when it was contained.
  func breaches(_ seen: Observation, input: JSONValue) -> [String] {
    var breaches: [String] = []
    func expect(_ holds: Bool, _ otherwise: @autoclosure () -> String) { if !holds { breaches.append(otherwise()) } }
    switch (outcome, seen.outcome) {
    case (.failure(let code), .failure(let failure)):
      expect(failure.code == code, "failed as \(failure.description.prefix(300)), and not as \(code)")
    case (.failure(let code), .success(let result)): expect(false, "returned \(result.text.prefix(300)), and did not fail as \(code)")
    case (.result(let expected), .success(let result)):
      expect(result == expected, "returned \(result.text.prefix(300)), and not \(expected.text.prefix(300))")
    case (.input, .success(let result)): expect(result == input, "returned \(result.text.prefix(300)), and not its input")
    case (.anyResult, .success): break
    case (_, .failure(let failure)):
      expect(false, "failed as \(failure.description.prefix(300)) [\(failure.stack?.prefix(200) ?? "")], and did not return")
    }
    if case .failure(let failure) = seen.outcome {
      if let message { expect(failure.message.contains(message), "said '\(failure.message.prefix(300))', without '\(message)'") }
      if let messageBytesAtMost {
        let count = failure.message.utf8.count + (failure.stack?.utf8.count ?? 0)
        expect(count <= messageBytesAtMost, "said \(count) bytes")
      }
      if let stackContains {
        expect(failure.stack?.contains(stackContains) ?? false, "has a stack trace without \(stackContains): \(failure.stack ?? "none")")
      }
      for part in stackLacks { expect(!(failure.stack?.contains(part) ?? false), "has a stack trace with \(part): \(failure.stack ?? "")") }
    }
    // The parent refuses what is no UTF-8 itself: there is no child that could be locked.
    let isRun: Bool
    if case .failure(let failure) = seen.outcome, failure.code == .compileError { isRun = !seen.locks.isEmpty } else { isRun = true }
    if isRun { for lock in SandboxLock.allCases { expect(seen.locks.contains(lock), "ran without the lock \(lock.rawValue)") } }
    if let calls { expect(seen.calls.count == calls, "made \(seen.calls.count) calls, and not \(calls)") }
    if let callsAtMost { expect(seen.calls.count <= callsAtMost, "made \(seen.calls.count) calls, more than \(callsAtMost)") }
    if let callsOnlyTo { for call in Set(seen.calls) { expect(callsOnlyTo.contains(call), "called '\(call)'") } }
    if let logs { expect(seen.logs == logs, "logged \(JSONValue.array(seen.logs.map(JSONValue.string)).text.prefix(300))") }
    return breaches
  }
}
