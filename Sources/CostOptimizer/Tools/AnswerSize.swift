import AgentKit
import JSON

/// Keeps an answer within what a model can use: its longest lists are cut, and it says so.
struct AnswerSize {
  let maximumBytes: Int
  /// Room for the note of what was left out.
  private static let noteBytes = 400

  /// - Throws: `ToolError` with code `result_too_large` when it is long for another reason than its lists.
  func fitted(_ answer: JSONValue, of call: String) throws(ToolError) -> JSONValue {
    guard answer.bytes.count > maximumBytes, case .object(var object) = answer else { return answer }
    var shown: [String: (kept: Int, of: Int)] = [:]
    while JSONValue.object(object).bytes.count > maximumBytes - Self.noteBytes {
      let lists = object.compactMap { member in
        member.value.arrayValue.flatMap { $0.isEmpty ? nil : (name: member.key, elements: $0, bytes: member.value.bytes.count) }
      }
      guard let longest = lists.max(by: { $0.bytes < $1.bytes }) else {
        throw ToolError(
          "result_too_large",
          "The answer of \(call) has \(answer.bytes.count) bytes, at most \(maximumBytes) are shown. Ask for one resource, or for less of it."
        )
      }
      let kept = longest.elements.count / 2
      shown[longest.name] = (kept, shown[longest.name]?.of ?? longest.elements.count)
      object[longest.name] = .array(Array(longest.elements.prefix(kept)))
    }
    let lists = shown.sorted { $0.key < $1.key }.map { "\($0.key): the first \($0.value.kept) of \($0.value.of)" }
    object["(left_out)"] = .string(
      "\(lists.joined(separator: ", ")) of this page, since \(maximumBytes) bytes are shown at most. Ask for smaller pages to see the rest."
    )
    return .object(object)
  }
}
