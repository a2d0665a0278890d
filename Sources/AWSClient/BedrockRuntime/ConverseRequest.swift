public import JSON

/// How a model generates.
/// Source: Bedrock Runtime API, `InferenceConfiguration`.
public struct InferenceConfiguration: Sendable, Hashable {
  /// At least 1. Bedrock reserves quota for all of it, so an oversized limit throttles.
  public var maxTokens: Int?
  /// 0 to 1.
  public var temperature: Double?
  /// 0 to 1.
  public var topP: Double?
  /// At most 2 500.
  public var stopSequences: [String]?

  public init(maxTokens: Int? = nil, temperature: Double? = nil, topP: Double? = nil, stopSequences: [String]? = nil) {
    self.maxTokens = maxTokens
    self.temperature = temperature
    self.topP = topP
    self.stopSequences = stopSequences
  }
}

/// The guardrail that watches a request.
/// Source: Bedrock Runtime API, `GuardrailConfiguration`.
public struct GuardrailConfiguration: Sendable, Hashable {
  /// The guardrail's id or ARN.
  public var identifier: String
  /// "DRAFT" or a number.
  public var version: String
  /// "enabled", "disabled" or "enabled_full".
  public var trace: String?

  public init(identifier: String, version: String, trace: String? = nil) {
    self.identifier = identifier
    self.version = version
    self.trace = trace
  }
}

/// The body of a Converse or ConverseStream call; the model's id travels in the path.
/// Source: Bedrock Runtime API, `Converse`.
public struct ConverseRequest: Sendable, Hashable {
  public var messages: [Message]
  /// Text, guard content and cache points.
  public var system: [ContentBlock]
  public var inferenceConfiguration: InferenceConfiguration?
  public var toolConfiguration: ToolConfiguration?
  public var guardrailConfiguration: GuardrailConfiguration?
  /// At most 16 pairs; they appear in invocation logs.
  public var requestMetadata: [String: String]
  /// Parameters of one model that Converse has no name for.
  public var additionalModelRequestFields: JSONValue?
  /// Members that this version has no name for (serviceTier, performanceConfig, outputConfig), written as they are.
  public var otherMembers: JSONObject

  public init(
    messages: [Message], system: [ContentBlock] = [], inferenceConfiguration: InferenceConfiguration? = nil,
    toolConfiguration: ToolConfiguration? = nil, guardrailConfiguration: GuardrailConfiguration? = nil,
    requestMetadata: [String: String] = [:], additionalModelRequestFields: JSONValue? = nil, otherMembers: JSONObject = [:]
  ) {
    self.messages = messages
    self.system = system
    self.inferenceConfiguration = inferenceConfiguration
    self.toolConfiguration = toolConfiguration
    self.guardrailConfiguration = guardrailConfiguration
    self.requestMetadata = requestMetadata
    self.additionalModelRequestFields = additionalModelRequestFields
    self.otherMembers = otherMembers
  }
}

extension ConverseRequest: JSONEncodable {
  /// Writes the request body. Members without content are left out: Bedrock refuses an empty system list or tool list.
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("messages", messages)
    if !system.isEmpty { writer.member("system", system) }
    writer.member(ifPresent: "inferenceConfig", inferenceConfiguration)
    if let toolConfiguration, !toolConfiguration.tools.isEmpty || !toolConfiguration.otherTools.isEmpty {
      writer.member("toolConfig", toolConfiguration)
    }
    writer.member(ifPresent: "guardrailConfig", guardrailConfiguration)
    if !requestMetadata.isEmpty {
      writer.key("requestMetadata")
      writer.beginObject()
      for (name, value) in requestMetadata.sorted(by: { $0.key < $1.key }) { writer.member(name, value) }
      writer.endObject()
    }
    writer.member(ifPresent: "additionalModelRequestFields", additionalModelRequestFields)
    for member in otherMembers { writer.member(member.key, member.value) }
    writer.endObject()
  }
}

extension ConverseRequest: JSONDecodable {
  /// Reads a request body, as a server of the protocol does.
  /// - Throws: `JSONError` that names the member that is missing or wrong.
  public init(from reader: inout JSONReader) throws(JSONError) {
    let begin = reader.valueOffset()
    let object = try readObject(&reader, "a Converse request")
    do throws(JSONError) { try self.init(object) } catch { throw error.at(begin) }
  }

  private init(_ object: JSONObject) throws(JSONError) {
    var others = object
    guard let entries = others["messages"]?.arrayValue else { throw .missing("messages", expected: "an array of messages") }
    var messages: [Message] = []
    for (index, entry) in entries.enumerated() {
      guard let object = entry.objectValue else {
        throw JSONError(.typeMismatch, byteOffset: nil, expected: "an object, not \(entry.kindDescription)", field: "messages[\(index)]")
      }
      do throws(JSONError) {
        messages.append(try Message(object))
      } catch {
        throw JSONError(
          error.code, byteOffset: nil, expected: error.expected, field: "messages[\(index)]" + (error.field.map { ".\($0)" } ?? ""))
      }
    }
    let metadata = others["requestMetadata"]?.objectValue?.dictionary.compactMapValues(\.stringValue) ?? [:]
    self.init(
      messages: messages,
      system: (others["system"]?.arrayValue ?? []).compactMap { $0.objectValue.map(ContentBlock.init) },
      inferenceConfiguration: others["inferenceConfig"].map(InferenceConfiguration.init),
      requestMetadata: metadata, additionalModelRequestFields: others["additionalModelRequestFields"])
    if let tools = others["toolConfig"] { toolConfiguration = try ToolConfiguration(tools) }
    if let guardrail = others["guardrailConfig"] { guardrailConfiguration = try GuardrailConfiguration(guardrail) }
    for key in [
      "messages", "system", "inferenceConfig", "toolConfig", "guardrailConfig", "requestMetadata", "additionalModelRequestFields",
    ] { others[key] = nil }
    otherMembers = others
  }
}

extension InferenceConfiguration: JSONEncodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member(ifPresent: "maxTokens", maxTokens)
    if let temperature { writer.member("temperature", temperature) }
    if let topP { writer.member("topP", topP) }
    if let stopSequences, !stopSequences.isEmpty { writer.member("stopSequences", stopSequences) }
    writer.endObject()
  }

  init(_ value: JSONValue) {
    self.init(
      maxTokens: value["maxTokens"]?.intValue, temperature: value["temperature"]?.doubleValue, topP: value["topP"]?.doubleValue,
      stopSequences: value["stopSequences"]?.arrayValue?.compactMap(\.stringValue))
  }
}

extension GuardrailConfiguration: JSONEncodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("guardrailIdentifier", identifier)
    writer.member("guardrailVersion", version)
    writer.member(ifPresent: "trace", trace)
    writer.endObject()
  }

  init(_ value: JSONValue) throws(JSONError) {
    guard let identifier = value["guardrailIdentifier"]?.stringValue else {
      throw .missing("guardrailConfig.guardrailIdentifier", expected: "a guardrail's id or ARN")
    }
    guard let version = value["guardrailVersion"]?.stringValue else {
      throw .missing("guardrailConfig.guardrailVersion", expected: "\"DRAFT\" or a number")
    }
    self.init(identifier: identifier, version: version, trace: value["trace"]?.stringValue)
  }
}
