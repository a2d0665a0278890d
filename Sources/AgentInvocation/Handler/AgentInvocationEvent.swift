internal import JSON

/// What the function is asked: `{"session_id": "...", "prompt": "..."}`.
///
/// Where the prompt is missing, that of `detail` counts, which is how a state machine passes on the detail of the event that started it.
struct AgentInvocationEvent: Sendable, Equatable {
  /// Bytes of the longest prompt; the state machine's input takes 256 KiB in all.
  static let longestPromptBytes = 64 << 10

  let sessionID: String
  /// nil where none was given, or a blank one.
  let prompt: String?

  init(sessionID: String, prompt: String? = nil) {
    self.sessionID = sessionID
    self.prompt = prompt
  }

  /// - Throws: `AgentInvokerError` of kind `invalidInput`, which names the member and what was expected.
  init(json bytes: [UInt8]) throws(AgentInvokerError) {
    let event: JSONValue
    do throws(JSONError) { event = try JSONValue(parsing: bytes) } catch {
      throw AgentInvokerError(.invalidInput, "the event is no JSON: \(error)")
    }
    guard case .object(let members) = event else {
      throw AgentInvokerError(.invalidInput, "the event is \(event.kindDescription): expected an object {session_id, prompt?}")
    }
    guard members["session_id"] != nil else { throw AgentInvokerError(.invalidInput, Self.withoutSession(members)) }
    guard case .string(let session)? = members["session_id"] else {
      throw AgentInvokerError(.invalidInput, "session_id is \(members["session_id"]?.kindDescription ?? "missing"): expected a string")
    }
    if let problem = RuntimeSession.problem(session) {
      throw AgentInvokerError(.invalidInput, "session_id '\(session.cut(80))' \(problem)")
    }
    var prompt = try Self.prompt(members["prompt"], "prompt")
    if prompt == nil, case .object(let detail)? = members["detail"] { prompt = try Self.prompt(detail["prompt"], "detail.prompt") }
    self.init(sessionID: session, prompt: prompt)
  }

  private static func prompt(_ value: JSONValue?, _ name: String) throws(AgentInvokerError) -> String? {
    switch value {
    case nil, .null?: return nil
    case .string(let text)?:
      guard text.utf8.count <= longestPromptBytes else {
        throw AgentInvokerError(.invalidInput, "\(name) has \(text.utf8.count) bytes: expected at most \(longestPromptBytes)")
      }
      return text.utf8.allSatisfy { $0 <= 0x20 } ? nil : text
    case let other?: throw AgentInvokerError(.invalidInput, "\(name) is \(other.kindDescription): expected a string")
    }
  }

  /// What an event without a session probably is.
  private static func withoutSession(_ members: JSONObject) -> String {
    if members["detail-type"] != nil, members["source"] != nil {
      return "the event is one of EventBridge's, as a rule passes it on: the rule's target is the state machine, which it gives "
        + #"{"session_id": "<id of the event>"}; this function takes {session_id, prompt?}"#
    }
    if members["Records"] != nil {
      return "the event is a batch of records: this function takes {session_id, prompt?}, from a state machine"
    }
    let names = members.keys.sorted().prefix(10).joined(separator: ", ").cut(200)
    return "session_id is missing: expected {session_id, prompt?}, found \(names.isEmpty ? "an empty object" : "the members \(names)")"
  }
}

extension String {
  /// At most so many bytes of it, whole characters, with an ellipsis where there was more.
  func cut(_ byteCount: Int) -> String {
    guard utf8.count > byteCount else { return self }
    var end = utf8.index(utf8.startIndex, offsetBy: byteCount)
    while end > utf8.startIndex, utf8[end] & 0xC0 == 0x80 { end = utf8.index(before: end) }
    return String(self[..<end]) + "…"
  }
}
