public import AWSClient
import JSON

/// The tools of an agent, with their schemas compiled.
public struct ToolBox: Sendable {
  struct Entry: Sendable {
    let tool: any Tool
    let schema: JSONSchema
  }

  let entries: [String: Entry]
  /// In the order given.
  public let specifications: [ToolSpecification]

  public static let empty = ToolBox()

  private init() {
    entries = [:]
    specifications = []
  }

  /// - Throws: `ToolBoxError` for a name that Bedrock refuses or that occurs twice, and for a schema that cannot be compiled.
  public init(_ tools: [any Tool]) throws(ToolBoxError) {
    var entries: [String: Entry] = [:]
    for tool in tools {
      guard ToolNames.isValid(tool.name) else {
        throw ToolBoxError(toolName: tool.name, message: "the name is not 1 to 64 of [a-zA-Z0-9_-]")
      }
      guard entries[tool.name] == nil else { throw ToolBoxError(toolName: tool.name, message: "two tools have this name") }
      do throws(JSONSchemaError) {
        entries[tool.name] = Entry(tool: tool, schema: try JSONSchema(compiling: tool.inputSchema))
      } catch {
        throw ToolBoxError(toolName: tool.name, message: "\(error)")
      }
    }
    self.entries = entries
    specifications = tools.map { ToolSpecification(name: $0.name, description: $0.description, inputSchema: $0.inputSchema) }
  }

  public var names: [String] { specifications.map(\.name) }
}

/// A tool that cannot be given to an agent, and why.
public struct ToolBoxError: Error, Sendable, Hashable, CustomStringConvertible {
  public let toolName: String
  public let message: String
  public var description: String { "tool '\(toolName)': \(message)" }
}
