public import JSON

/// What an agent's queue receives for one task: the original's four fields, extended.
///
/// An agent written for the original reads `agent_input`, `orchestration_id`, `agent_use_id` and `node`, and may ignore the rest.
public struct TaskMessage: Sendable, Equatable {
  /// The input that the model chose: a JSON object that fits the agent's schema.
  public var input: JSONValue
  /// Where the input is when it was too large to travel inside the message.
  public var inputReference: PayloadReference?
  /// `"0"` for direct requests that belong to no orchestration.
  public var orchestrationID: String
  /// Bedrock's toolUseId.
  public var toolUseID: String
  /// The agent's id in the registry.
  public var node: String
  /// The round's tracking record; an agent echoes it in its completion.
  public var requestID: String?
  /// When the answer must be in, in milliseconds since the Unix epoch.
  public var dueAtMilliseconds: Int64?
  /// What the agent may spend on models, in millionths of a US dollar.
  public var budgetMicroUSD: Int64?
  /// How many supervisors stand above this task; 0 for a caller's own orchestration.
  public var depth: Int

  public init(
    input: JSONValue, inputReference: PayloadReference? = nil, orchestrationID: String, toolUseID: String, node: String,
    requestID: String? = nil, dueAtMilliseconds: Int64? = nil, budgetMicroUSD: Int64? = nil, depth: Int = 0
  ) {
    self.input = input
    self.inputReference = inputReference
    self.orchestrationID = orchestrationID
    self.toolUseID = toolUseID
    self.node = node
    self.requestID = requestID
    self.dueAtMilliseconds = dueAtMilliseconds
    self.budgetMicroUSD = budgetMicroUSD
    self.depth = depth
  }
}

extension TaskMessage {
  /// Reads the body of an SQS message.
  /// - Throws: `JSONError` when the body is no JSON, `WireError` when a field is missing or wrong.
  public init(body: [UInt8]) throws {
    let json = try JSONValue(parsing: body)
    guard let object = json.objectValue else {
      throw WireError(field: "body", value: json.kindDescription, expected: "a JSON object")
    }
    func text(_ name: String) throws -> String {
      guard let value = object[name] else { throw WireError(field: name, value: "absent", expected: "a non-empty string") }
      guard let text = value.stringValue, !text.isEmpty else {
        throw WireError(field: name, value: value.text, expected: "a non-empty string")
      }
      return text
    }
    let input = object["agent_input"] ?? .object([:])
    guard input.objectValue != nil else {
      throw WireError(field: "agent_input", value: input.text, expected: "a JSON object")
    }
    self.init(
      input: input,
      inputReference: try object["agent_input_ref"].map { try PayloadReference(json: $0.bytes) },
      orchestrationID: try text("orchestration_id"),
      toolUseID: try text("agent_use_id"),
      node: try text("node"),
      requestID: object["request_id"]?.stringValue,
      dueAtMilliseconds: object["due_at"]?.int64Value,
      budgetMicroUSD: object["budget_micro_usd"]?.int64Value,
      depth: object["depth"]?.intValue ?? 0)
  }
}

extension TaskMessage: JSONEncodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("agent_input", input)
    writer.member(ifPresent: "agent_input_ref", inputReference)
    writer.member("orchestration_id", orchestrationID)
    writer.member("agent_use_id", toolUseID)
    writer.member("node", node)
    writer.member(ifPresent: "request_id", requestID)
    writer.member(ifPresent: "due_at", dueAtMilliseconds)
    writer.member(ifPresent: "budget_micro_usd", budgetMicroUSD)
    writer.member("depth", depth)
    writer.endObject()
  }
}
