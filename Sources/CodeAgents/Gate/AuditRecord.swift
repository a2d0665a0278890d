import JSON
import Sandbox

/// What the log keeps of one host call: who was let through to what, and what it took; no contents.
struct AuditRecord {
  let function: HostCall.Function
  /// The tool's name; nil for what is no `callTool`.
  let tool: String?
  let requestBytes: Int
  let atMilliseconds: Int64
  /// True as soon as nothing stands against the call; it may fail all the same.
  var isAllowed = false
  var answerBytes = 0
  var error: HostCallError?

  init(_ function: HostCall.Function, tool: String?, requestBytes: Int, atMilliseconds: Int64) {
    self.function = function
    self.tool = tool
    self.requestBytes = requestBytes
    self.atMilliseconds = atMilliseconds
  }

  func fields(nowMilliseconds: Int64) -> JSONObject {
    var fields: JSONObject = [
      "audit": "host_call", "decision": isAllowed ? "allow" : "deny", "function": .string(function.rawValue),
      "request_bytes": .number(requestBytes), "answer_bytes": .number(answerBytes),
      "milliseconds": .number(nowMilliseconds - atMilliseconds),
    ]
    if let tool { fields["tool"] = .string(tool) }
    if let error { fields["code"] = .string(error.code) }
    return fields
  }
}
