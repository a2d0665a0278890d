public import JSON

/// A tool as a model sees it.
/// Source: Bedrock Runtime API, `ToolSpecification`.
public struct ToolSpecification: Sendable, Hashable {
  /// 1 to 64 of `[a-zA-Z0-9_-]`.
  public var name: String
  public var description: String?
  /// A JSON Schema whose type is "object".
  public var inputSchema: JSONValue
  /// Members of the specification that this version does not know.
  public var otherMembers: JSONObject

  public init(name: String, description: String? = nil, inputSchema: JSONValue, otherMembers: JSONObject = [:]) {
    self.name = name
    self.description = description
    self.inputSchema = inputSchema
    self.otherMembers = otherMembers
  }
}

/// Which tool the model must use, if any.
public enum ToolChoice: Sendable, Hashable {
  /// The model decides.
  case auto
  /// At least one tool, the model decides which.
  case any
  /// This tool.
  case tool(name: String)
  /// A choice that this version does not know.
  case other(JSONValue)
}

/// The tools of a request.
/// Source: Bedrock Runtime API, `ToolConfiguration`; the service demands at least one tool.
public struct ToolConfiguration: Sendable, Hashable {
  public var tools: [ToolSpecification]
  public var toolChoice: ToolChoice?
  /// Entries of the tools list that are no specifications (cache points, system tools); they follow the specifications.
  public var otherTools: [JSONValue]

  public init(tools: [ToolSpecification], toolChoice: ToolChoice? = nil, otherTools: [JSONValue] = []) {
    self.tools = tools
    self.toolChoice = toolChoice
    self.otherTools = otherTools
  }
}

extension ToolSpecification: JSONEncodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("name", name)
    writer.member(ifPresent: "description", description)
    writer.key("inputSchema")
    writer.beginObject()
    writer.member("json", inputSchema)
    writer.endObject()
    for member in otherMembers { writer.member(member.key, member.value) }
    writer.endObject()
  }

  init(_ value: JSONValue, field: String) throws(JSONError) {
    guard var object = value.objectValue else {
      throw JSONError(.typeMismatch, byteOffset: nil, expected: "an object, not \(value.kindDescription)", field: field)
    }
    guard let name = object["name"]?.stringValue else { throw .missing("\(field).name", expected: "a tool name") }
    guard let schema = object["inputSchema"]?["json"] else { throw .missing("\(field).inputSchema.json", expected: "a JSON Schema") }
    let description = object["description"]?.stringValue
    for key in ["name", "description", "inputSchema"] { object[key] = nil }
    self.init(name: name, description: description, inputSchema: schema, otherMembers: object)
  }
}

extension ToolChoice {
  var jsonValue: JSONValue {
    switch self {
    case .auto: ["auto": [:]]
    case .any: ["any": [:]]
    case .tool(let name): ["tool": ["name": .string(name)]]
    case .other(let value): value
    }
  }

  init(_ value: JSONValue) {
    if value["auto"] != nil {
      self = .auto
    } else if value["any"] != nil {
      self = .any
    } else if let name = value["tool"]?["name"]?.stringValue {
      self = .tool(name: name)
    } else {
      self = .other(value)
    }
  }
}

extension ToolConfiguration: JSONEncodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("tools")
    writer.beginArray()
    for tool in tools {
      writer.beginObject()
      writer.member("toolSpec", tool)
      writer.endObject()
    }
    for tool in otherTools { writer.value(tool) }
    writer.endArray()
    writer.member(ifPresent: "toolChoice", toolChoice?.jsonValue)
    writer.endObject()
  }

  init(_ value: JSONValue) throws(JSONError) {
    guard let entries = value["tools"]?.arrayValue else { throw .missing("toolConfig.tools", expected: "an array of tools") }
    var tools: [ToolSpecification] = []
    var others: [JSONValue] = []
    for (index, entry) in entries.enumerated() {
      if let specification = entry["toolSpec"] {
        tools.append(try ToolSpecification(specification, field: "toolConfig.tools[\(index)].toolSpec"))
      } else {
        others.append(entry)
      }
    }
    self.init(tools: tools, toolChoice: value["toolChoice"].map(ToolChoice.init), otherTools: others)
  }
}
