import AgentKit
import JSON
import Telemetry

/// A tool of the Fabricator's model: it says what came out, for the model and, in a line, for people.
protocol FabricationTool: Sendable {
  var name: String { get }
  var description: String { get }
  var inputSchema: JSONValue { get }

  /// - Returns: the result for the model, and one line of it for people.
  func perform(_ input: JSONValue, _ context: FabricationContext) async throws -> (result: JSONValue, line: String)
}

/// A tool as the agent loop takes it: each use is reported, what fails too.
struct ReportingTool: Tool {
  let tool: any FabricationTool
  let fabrication: FabricationContext

  var name: String { tool.name }
  var description: String { tool.description }
  var inputSchema: JSONValue { tool.inputSchema }

  func run(_ input: JSONValue, _ context: ToolContext) async throws -> JSONValue {
    do {
      let (result, line) = try await tool.perform(input, fabrication)
      await report(line)
      return result
    } catch let error as ToolError {
      await report("refused: \(error.message)")
      throw error
    } catch {
      await report("failed: \(error)")
      throw ToolError("unavailable", "'\(name)' could not be done: \(error). Try it once more.")
    }
  }

  private func report(_ text: String) async {
    // What a task's text or a tool's answer holds is read by more people than those who may know it.
    let line = OneLine.of(Redaction.standard.cleaned(text))
    fabrication.workshop.lastLine = "\(name): \(line)"
    await fabrication.report(name, line)
  }
}
