import AgentKit
import JSON
import Orchestration

/// A message of the Fabricator's queue, with the original's defaults for what it leaves out: orchestration_id "0", agent_use_id "unknown",
/// node "fabricator".
enum FabricationMessage {
  static let node = "fabricator"
  /// What events call a request that nobody gave an id.
  static let unknown = "unknown"
  private static let unknownPrefix = "unknown:"

  /// The message's body as every other task's: with all four fields.
  ///
  /// Two requests without an id of their own are two fabrications, and one that is delivered twice is one: the queue's id of the message tells
  /// them apart.
  /// - Parameters:
  ///   - requestID: the message attribute `requestId` of a user interface.
  ///   - messageID: the queue's id of the message.
  /// - Returns: the body as it came when it is no JSON object.
  static func completed(_ body: [UInt8], requestID: String?, messageID: String) -> [UInt8] {
    guard var object = (try? JSONValue(parsing: body))?.objectValue else { return body }
    func isAbsent(_ name: String) -> Bool { object[name].map { $0.isNull || $0 == "" } ?? true }
    if isAbsent("orchestration_id") { object["orchestration_id"] = .string(OrchestrationID.none) }
    if isAbsent("node") { object["node"] = .string(node) }
    if isAbsent("agent_use_id") || object["agent_use_id"] == .string(unknown) {
      let own = requestID.flatMap { ConversationRules.isValidToolUseID($0) ? $0 : nil }
      object["agent_use_id"] = .string(own ?? unknownPrefix + valid(messageID))
    }
    return JSONValue.object(object).bytes
  }

  /// What events say of a task's id.
  static func shown(_ toolUseID: String) -> String { toolUseID.hasPrefix(unknownPrefix) ? unknown : toolUseID }

  private static func valid(_ messageID: String) -> String {
    let kept = messageID.utf8.prefix(56).filter { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "-")
    }
    return String(decoding: kept, as: UTF8.self)
  }
}
