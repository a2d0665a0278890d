public import JSON

/// One thing that a module is tried with: an input, the world as it finds it, and what must come of it.
public struct TrialCase: Sendable, Equatable {
  public enum Expectation: Sendable, Equatable {
    /// The result is this value; numbers are compared by value, members in any order.
    case equals(JSONValue)
    /// The result fits this JSON Schema.
    case matches(JSONValue)
    /// The input is refused: by the module's schema, or by the handler, which throws.
    case refuses
  }

  /// Tells cases apart; 1 to 100 characters.
  public var name: String
  public var input: JSONValue
  public var expectation: Expectation
  /// Text files by path, as read_object and query_table find them: "shared/…" for what all agents may read.
  public var files: [String: String]
  /// Bodies by URL, for http_get; any other URL is not found.
  public var web: [String: String]
  /// What the model answers to converse, one after the other.
  public var replies: [String]
  /// The time, in milliseconds since the Unix epoch.
  public var nowMilliseconds: Int64

  /// The time of cases that name none: the beginning of 2026.
  public static let standardTime: Int64 = 1_767_225_600_000

  public init(
    name: String, input: JSONValue, expectation: Expectation, files: [String: String] = [:], web: [String: String] = [:],
    replies: [String] = [], nowMilliseconds: Int64 = standardTime
  ) {
    self.name = name
    self.input = input
    self.expectation = expectation
    self.files = files
    self.web = web
    self.replies = replies
    self.nowMilliseconds = nowMilliseconds
  }
}

/// A case that cannot be read, and why.
public struct TrialCaseError: Error, Sendable, Equatable, CustomStringConvertible {
  public let message: String
  public init(_ message: String) { self.message = message }
  public var description: String { message }
}

extension TrialCase {
  /// The JSON Schema of a case, for tools that take cases.
  public static let schema: JSONValue = [
    "type": "object", "required": ["name", "input"], "additionalProperties": false,
    "properties": [
      "name": ["type": "string", "minLength": 1, "maxLength": 100, "description": "What the case shows, such as 'empty file'."],
      "input": ["description": "What the handler gets; for a refusal, input that is wrong."],
      "equals": ["description": "The result must be this value."],
      "matches": ["type": "object", "description": "The result must fit this JSON Schema."],
      "refuses": [
        "const": true,
        "description": "The input must be refused: by the agent's schema, or by the handler, which throws an Error named 'InvalidInput'.",
      ],
      "files": [
        "type": "object", "additionalProperties": ["type": "string"], "maxProperties": 20,
        "description": "Text files by path that the case finds, such as {\"shared/sales.csv\": \"region,amount\\nnorth,1\\n\"}.",
      ],
      "web": [
        "type": "object", "additionalProperties": ["type": "string"], "maxProperties": 20,
        "description": "Bodies by URL that http_get finds; nothing else is on the case's web.",
      ],
      "replies": [
        "type": "array", "items": ["type": "string"], "maxItems": 20,
        "description": "What the model answers to converse, one text a call, in order.",
      ],
      "now": ["type": "string", "description": "The time, ISO 8601, such as '2026-03-01T00:00:00Z'; the beginning of 2026 unless given."],
    ],
  ]

  /// Reads a case as `schema` describes it.
  /// - Throws: `TrialCaseError` that names the case and the member.
  public init(json: JSONValue) throws(TrialCaseError) {
    guard let name = json["name"]?.stringValue, (1...100).contains(name.count) else {
      throw TrialCaseError("A case needs a 'name' of 1 to 100 characters, not \((json["name"] ?? .null).text).")
    }
    guard let input = json["input"] else { throw TrialCaseError("The case '\(name)' needs an 'input'.") }
    var expectations: [Expectation] = []
    if let value = json["equals"] { expectations.append(.equals(value)) }
    if let schema = json["matches"] { expectations.append(.matches(schema)) }
    if json["refuses"] == true { expectations.append(.refuses) }
    guard let expectation = expectations.first, expectations.count == 1 else {
      throw TrialCaseError("The case '\(name)' needs exactly one of 'equals', 'matches' and 'refuses'; it has \(expectations.count).")
    }
    var now = Self.standardTime
    if let value = json["now"] {
      guard let time = value.stringValue.flatMap(ISO8601.milliseconds) else {
        throw TrialCaseError("The case '\(name)' has the time \(value.text); expected ISO 8601, such as '2026-03-01T00:00:00Z'.")
      }
      now = time
    }
    var replies: [String] = []
    for reply in json["replies"]?.arrayValue ?? [] {
      guard let text = reply.stringValue else { throw TrialCaseError("The case '\(name)' has a reply that is no text: \(reply.text)") }
      replies.append(text)
    }
    self.init(
      name: name, input: input, expectation: expectation, files: try Self.texts("files", of: json, name),
      web: try Self.texts("web", of: json, name), replies: replies, nowMilliseconds: now)
  }

  private static func texts(_ member: String, of json: JSONValue, _ name: String) throws(TrialCaseError) -> [String: String] {
    var texts: [String: String] = [:]
    for (key, value) in json[member]?.objectValue ?? [:] {
      guard let text = value.stringValue else {
        throw TrialCaseError("In the case '\(name)', '\(member)' has no text for '\(key)' but \(value.kindDescription).")
      }
      texts[key] = text
    }
    return texts
  }

  public var json: JSONValue {
    var object: JSONObject = ["name": .string(name), "input": input]
    switch expectation {
    case .equals(let value): object["equals"] = value
    case .matches(let schema): object["matches"] = schema
    case .refuses: object["refuses"] = true
    }
    func texts(_ values: [String: String]) -> JSONValue {
      .object(JSONObject(values.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }
    if !files.isEmpty { object["files"] = texts(files) }
    if !web.isEmpty { object["web"] = texts(web) }
    if !replies.isEmpty { object["replies"] = .array(replies.map(JSONValue.string)) }
    if nowMilliseconds != Self.standardTime { object["now"] = .string(ISO8601.text(milliseconds: nowMilliseconds)) }
    return .object(object)
  }
}
