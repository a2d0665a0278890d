import AWSClient
import Orchestration

extension RowChange.Row {
  var orchestration: OrchestrationRecord? { if case .orchestration(let record) = self { record } else { nil } }
  var round: RoundRecord? { if case .round(let record) = self { record } else { nil } }
  var item: [String: AttributeValue]? { if case .other(let item) = self { item } else { nil } }
}

extension RowChange {
  /// What kind of row this is; a row that is gone or unreadable is what it was before.
  var orchestration: (before: OrchestrationRecord?, after: OrchestrationRecord?)? {
    guard before?.orchestration != nil || after?.orchestration != nil else { return nil }
    return (before?.orchestration, after?.orchestration)
  }

  var round: (before: RoundRecord?, after: RoundRecord?)? {
    guard before?.round != nil || after?.round != nil else { return nil }
    return (before?.round, after?.round)
  }

  var claim: (before: ClaimReading?, after: ClaimReading?)? {
    let claims = (before?.item.flatMap(ClaimReading.init), after?.item.flatMap(ClaimReading.init))
    return claims.0 == nil && claims.1 == nil ? nil : claims
  }

  /// Why the row cannot be read; nil when it can be, or is gone.
  var problem: String? { if case .unreadable(let problem)? = after { problem } else { nil } }
}

/// A worker's claim as its row says it.
struct ClaimReading: Equatable {
  /// "claim#run-1#2#t3".
  let key: String
  let orchestrationID: String
  /// The tracking record of the task's round; nil for a message that named none.
  let requestID: String?
  let toolUseID: String
  let owner: String
  let untilMilliseconds: Int64
  let isFinished: Bool
  /// The answer's JSON; nil while the task is worked on.
  let answer: String?

  init?(_ item: [String: AttributeValue]) {
    guard let key = item["requestId"]?.stringValue, key.hasPrefix("claim#"), let separator = key.lastIndex(of: "#") else { return nil }
    let task = key[key.index(key.startIndex, offsetBy: 6)..<max(separator, key.index(key.startIndex, offsetBy: 6))]
    self.key = key
    requestID = task.contains("#") ? String(task) : nil
    orchestrationID = item["orchestration_id"]?.stringValue ?? String(task.prefix { $0 != "#" })
    toolUseID = String(key[key.index(after: separator)...])
    owner = item["claim_owner"]?.stringValue ?? ""
    untilMilliseconds = item["claimed_until"]?.int64Value ?? 0
    isFinished = item["claim_state"]?.stringValue == "finished"
    answer = item["answer"]?.stringValue
  }
}
