public import AgentKit
import JSON

/// What a row must fulfil beyond its form, so that the agent can be offered to a model and can do a task.
extension AgentConfiguration {
  /// The schema that the agent's inputs are checked against.
  /// - Throws: `AgentConfigurationError` for a schema that is not of an object, or that cannot be checked.
  public func inputSchema() throws(AgentConfigurationError) -> JSONSchema {
    // Bedrock refuses a request with any other schema, and with it every agent's work.
    guard schema["type"]?.stringValue == "object" else {
      throw error("config.schema.type", schema["type"]?.text ?? "absent", "\"object\"")
    }
    do throws(JSONSchemaError) { return try JSONSchema(compiling: schema) } catch {
      throw self.error("config.schema", schema.text, "a JSON Schema that can be checked (\(error))")
    }
  }

  /// What a worker needs of the agent: tools that it has, and of code a module that it can verify.
  /// - Throws: `AgentConfigurationError` for a tool that no worker has, or that is named twice, and for a module's name or hash that cannot
  ///   be one; other consumers than the worker may have tools of their own.
  public func checkForWorker() throws(AgentConfigurationError) {
    switch kind {
    case .queue: return
    case .prompt:
      if let unknown = tools.first(where: { !BuiltInTools.namesForPromptAgents.contains($0) }) {
        throw error("config.tools", unknown, "one of \(BuiltInTools.namesForPromptAgents.joined(separator: ", "))")
      }
    case .code:
      try checkModule()
      // Which tools have been made is known when the agent runs.
      if let misnamed = tools.first(where: { !ToolNames.isValid($0) }) {
        throw error("config.tools", misnamed, "names of tools, 1 to 64 of [a-zA-Z0-9_-]")
      }
    }
    for (index, tool) in tools.enumerated() where tools[..<index].contains(tool) { throw error("config.tools", tool, "each tool once") }
  }

  private func checkModule() throws(AgentConfigurationError) {
    guard let filename, CodeObjectName.isValid(filename) else {
      let isOriginal = filename?.utf8.suffix(3).elementsEqual(".py".utf8) == true
      throw error(
        "config.filename", filename ?? "absent",
        isOriginal
          ? "a JavaScript module (.js) that exports its handler: Python runs in a consumer of its own, as kind queue"
          : CodeObjectName.expected)
    }
    guard let sha256, CodeObjectName.isSHA256(sha256) else {
      throw error("config.sha256", sha256 ?? "absent", "the SHA-256 of the module in 64 hexadecimal digits, which kind code needs")
    }
  }

  /// The error of an agent whose name another one has: a model calls agents by their names.
  var nameIsTaken: AgentConfigurationError { error("config.name", name, "a name that no other active agent has") }

  private func error(_ field: String, _ value: String, _ expected: String) -> AgentConfigurationError {
    AgentConfigurationError(agentID: agentID, problem: WireError(field: field, value: value, expected: expected))
  }
}

/// Names of modules below `agents/` and `tools/` of the code bucket.
public enum CodeObjectName {
  /// What a name must be, for messages.
  public static let expected =
    "the name of a module below its folder, such as 'sales/report.js': at most 512 of [a-zA-Z0-9._-/], ending in .js or .mjs, no part "
    + "empty or beginning with a dot"

  /// Whether a name stays in its folder and is one of a module.
  public static func isValid(_ name: String) -> Bool {
    let bytes = name.utf8
    guard bytes.count <= 512, bytes.suffix(3).elementsEqual(".js".utf8) || bytes.suffix(4).elementsEqual(".mjs".utf8) else { return false }
    return bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
      guard let first = part.first, first != UInt8(ascii: ".") else { return false }
      return part.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
    }
  }

  /// Whether a text is a SHA-256 in 64 hexadecimal digits, of either case.
  public static func isSHA256(_ text: String) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): true
        default: false
        }
      }
  }
}
