import CodeAgents

/// The tools of the Fabricator's model.
///
/// The seed's file_write, http_request and shell are not among them: there is no file system to write to, and what a model fetches or runs
/// outside of the sandbox nobody could vouch for (docs/decisions/0032).
enum FabricationTools {
  static let all: [any FabricationTool] = [
    SearchAgentsTool(), GetWorkerToolTool(), UploadTool(kind: .agent), UploadTool(kind: .tool), TestAgentTool(), StoreTool(kind: .tool),
    StoreTool(kind: .agent), CompleteTaskTool(),
  ]
}
