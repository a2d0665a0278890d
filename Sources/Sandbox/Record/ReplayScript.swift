import JSON

/// Follows a run along its record: each thing that the module does must be the next one there, and then the answers that came next are due.
struct ReplayScript {
  private let entries: [RunRecord.Entry]
  private let outcome: RunRecord.Outcome
  private var next = 0
  /// Calls that have no answer yet.
  private var open: Set<Int> = []
  /// The module did all that is recorded, and its machine ended it then.
  private var isOver = false
  private(set) var departure: ReplayOutcome.Departure?

  init(_ record: RunRecord) {
    entries = record.entries
    outcome = record.outcome
  }

  /// The module has done something; the answers that are due now.
  mutating func answers(after entry: RunRecord.Entry) -> [RunRecord.Entry] {
    switch entry {
    case .answer, .refusal: return []
    case .call, .unreadableCall, .log: break
    }
    guard departure == nil else { return [] }
    guard next < entries.count else {
      if !endsByItself { return [] }
      departure = ReplayOutcome.Departure(entry: nil, recorded: outcome.summary, replayed: entry.summary)
      return []
    }
    guard entries[next].isSame(as: entry) else {
      departure = ReplayOutcome.Departure(entry: next, recorded: entries[next].summary, replayed: entry.summary)
      return []
    }
    if let id = entry.call { open.insert(id) }
    next += 1
    var due: [RunRecord.Entry] = []
    while next < entries.count, let id = entries[next].answered {
      guard open.remove(id) != nil else {
        departure = ReplayOutcome.Departure(entry: next, recorded: entries[next].summary, replayed: "no such call")
        return []
      }
      due.append(entries[next])
      next += 1
    }
    return due
  }

  /// The module waits, and nothing of the record can make it go on.
  mutating func isStuck() {
    guard departure == nil else { return }
    if next == entries.count, !endsByItself {
      isOver = true
      return
    }
    let calls = open.sorted().map(String.init).joined(separator: ", ")
    departure = ReplayOutcome.Departure(
      entry: next < entries.count ? next : nil, recorded: next < entries.count ? entries[next].summary : outcome.summary,
      replayed: "waiting for an answer, which call \(calls) has none of there")
  }

  /// Why the run need not go on; nil when it must.
  var end: SandboxFailure? {
    if let departure { return SandboxFailure(.cancelled, departure.description) }
    guard next == entries.count, case .failure(let failure) = outcome, isOver || failure.code.isByCircumstance else { return nil }
    return failure
  }

  /// Whether the recorded run ended by what the module did.
  private var endsByItself: Bool {
    guard case .failure(let failure) = outcome else { return true }
    return !failure.code.isByCircumstance && ![.cpuLimit, .crashed, .protocolViolation].contains(failure.code)
  }

  /// What the whole run came to, after its end.
  func outcome(_ ending: RunRecord.Outcome) -> ReplayOutcome {
    if let departure { return .departed(departure) }
    if case .failure(let failure) = ending, failure.code == .notStarted || failure.code == .notLocked { return .notRun(failure) }
    guard next == entries.count else {
      return .departed(ReplayOutcome.Departure(entry: next, recorded: entries[next].summary, replayed: ending.summary))
    }
    if case .failure(let recorded) = outcome {
      if isOver || recorded.code.isByCircumstance { return .sameUntilEnded(recorded) }
      if case .failure(let replayed) = ending, recorded.code == replayed.code, !recorded.code.isExact || recorded == replayed {
        return .same(outcome)
      }
      // How far a module comes in its time depends on the machine.
      if !endsByItself { return .sameUntilEnded(recorded) }
    } else if ending == outcome {
      return .same(outcome)
    }
    return .departed(ReplayOutcome.Departure(entry: nil, recorded: outcome.summary, replayed: ending.summary))
  }
}

extension SandboxFailure.Code {
  /// Whether it came from outside of the module: another run may well end differently.
  var isByCircumstance: Bool { [.deadlineExceeded, .cancelled, .notStarted, .notLocked].contains(self) }

  /// Whether the whole failure, with message and stack, follows from what the module does.
  fileprivate var isExact: Bool {
    [.compileError, .threw, .invalidResult, .neverSettles, .outputLimit, .hostCallLimit, .hostCallTooLarge].contains(self)
  }
}

extension RunRecord.Entry {
  /// Whether a module did the same thing again. A record may have been laid out anew in the meantime.
  fileprivate func isSame(as other: RunRecord.Entry) -> Bool {
    if self == other { return true }
    guard case .call(let call) = self, case .call(let otherCall) = other, let input = call.input, let otherInput = otherCall.input,
      call.id == otherCall.id, call.function == otherCall.function, call.name == otherCall.name
    else { return false }
    guard let value = try? JSONValue(parsing: input), let otherValue = try? JSONValue(parsing: otherInput) else { return false }
    // As texts, since an object's order is part of what a module says.
    return value.bytes == otherValue.bytes
  }

  /// For people: what happened, in a line.
  fileprivate var summary: String {
    func shortened(_ json: [UInt8]) -> String { String(decoding: json, as: UTF8.self).prefixed(bytes: 200) }
    switch self {
    case .call(let call):
      let name = call.name.map { "('\($0)')" } ?? ""
      return "call \(call.id), \(call.function.rawValue)\(name)\(call.input.map { " with \(shortened($0))" } ?? "")"
    case .unreadableCall(let id, let payload): return "call \(id), whose JSON is not taken: \(payload.prefixed(bytes: 100))"
    case .answer(let id, let json): return "the answer \(shortened(json)) to call \(id)"
    case .refusal(let id, let error): return "the refusal of call \(id), \(error.description.prefixed(bytes: 200))"
    case .log(let level, let message): return "the log line '\(message.prefixed(bytes: 200))' (\(level))"
    }
  }
}

extension RunRecord.Outcome {
  fileprivate var summary: String {
    switch self {
    case .result(let json): "the result \(String(decoding: json, as: UTF8.self).prefixed(bytes: 200))"
    case .failure(let failure): "the failure \(failure.description.prefixed(bytes: 300))"
    }
  }
}
