public import AWSClient
import JSON

/// What an agent is asked: `{session_id, prompt?, s3_bucket_name?, ddb_table_name?, region?}`. What the payload leaves out, the environment
/// says: SESSION_ID, S3_BUCKET_NAME, JOURNAL_TABLE_NAME.
public struct CostAgentRequest: Sendable, Hashable {
  public var sessionID: String
  public var prompt: String
  public var bucket: String
  public var tableName: String
  /// The region to look at; nil for the agent's own.
  public var region: String?

  /// What an agent is asked without a prompt.
  public static let defaultPrompt = "Are the serverless resources of this account over-provisioned? Write the cost optimization report."
  /// The longest prompt, in bytes.
  public static let longestPrompt = 20_000

  /// - Throws: `CostAgentRequestError` that names the field, its value and what is expected.
  public init(payload: [UInt8], environment: Environment) throws(CostAgentRequestError) {
    let value: JSONValue
    do throws(JSONError) {
      value = payload.isEmpty ? .object(JSONObject()) : try JSONValue(parsing: payload)
    } catch {
      throw CostAgentRequestError("the payload", "no JSON (\(error))", expected: "a JSON object with 'session_id'")
    }
    guard let object = value.objectValue else {
      throw CostAgentRequestError("the payload", value.kindDescription, expected: "a JSON object with 'session_id'")
    }
    func text(_ field: String, _ variable: String?) throws(CostAgentRequestError) -> String? {
      switch object[field] {
      case .string(let text) where !text.isEmpty: return text
      case nil, .null, .string: return variable.flatMap { environment[$0] }.flatMap { $0.isEmpty ? nil : $0 }
      case let other?: throw CostAgentRequestError(field, other.kindDescription, expected: "a string")
      }
    }
    func required(_ field: String, _ variable: String, _ expected: String) throws(CostAgentRequestError) -> String {
      guard let value = try text(field, variable) else {
        throw CostAgentRequestError(field, "absent", expected: "\(expected), here or in the environment variable \(variable)")
      }
      return value
    }
    sessionID = try required("session_id", "SESSION_ID", "the session's id")
    guard Self.isSessionID(sessionID) else {
      throw CostAgentRequestError(
        "session_id", JSONValue.string(String(sessionID.unicodeScalars.prefix(80))).text,
        expected: "1 to 256 letters, digits, '-', '_' and '.', beginning with a letter or a digit")
    }
    prompt = try text("prompt", nil) ?? Self.defaultPrompt
    guard prompt.utf8.count <= Self.longestPrompt else {
      throw CostAgentRequestError("prompt", "\(prompt.utf8.count) bytes", expected: "at most \(Self.longestPrompt) bytes")
    }
    bucket = try required("s3_bucket_name", "S3_BUCKET_NAME", "the bucket of the reports")
    tableName = try required("ddb_table_name", "JOURNAL_TABLE_NAME", "the table of the journal")
    region = try text("region", nil)
    if let region {
      // It becomes a part of host names.
      let isName = (1...32).contains(region.utf8.count) && region.utf8.allSatisfy { Self.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
      guard isName else { throw CostAgentRequestError("region", JSONValue.string(region).text, expected: "a region such as 'us-east-1'") }
    }
  }

  /// The id is a part of object keys and of log lines, so it has no slash, no blank and no control character.
  private static func isSessionID(_ text: String) -> Bool {
    guard (1...256).contains(text.utf8.count), let first = text.utf8.first, isAlphanumeric(first) else { return false }
    return text.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
}

/// A payload that no session can be run for.
public struct CostAgentRequestError: Error, Sendable, Hashable, CustomStringConvertible {
  public let field: String
  public let description: String

  init(_ field: String, _ value: String, expected: String) {
    self.field = field
    description = "\(field) is \(value); expected \(expected)"
  }
}
