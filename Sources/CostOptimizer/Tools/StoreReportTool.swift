import AgentKit
import JSON

/// Puts the report into the bucket, or looks whether it is there.
struct StoreReportTool: Tool {
  let name: String
  let description: String
  let phase: Phase
  let analysis: CostAnalysis

  let inputSchema: JSONValue = ["type": "object", "additionalProperties": false, "properties": [:]]

  func run(_ input: JSONValue, _ context: ToolContext) async throws -> JSONValue {
    var reply = FactsJSON.phase(await analysis.perform(phase))
    reply["report"] = .string(analysis.uri(ReportDocument.reportName))
    reply["evidence"] = .string(analysis.uri(ReportDocument.evidenceName))
    return .object(reply)
  }

  static func store(_ analysis: CostAnalysis) -> StoreReportTool {
    StoreReportTool(
      name: "store_report",
      description: "Phase 7. Writes cost_report.txt, evidence.txt, report.json and report.html into the bucket, under the session's id.",
      phase: .storage, analysis: analysis)
  }

  /// The last tool of a session.
  static func verify(_ analysis: CostAnalysis) -> StoreReportTool {
    StoreReportTool(
      name: "verify_report",
      description: """
        Phase 8, the last. Looks whether all files of the report are in the bucket, writes again what is missing, and writes the report anew \
        when gaps came since. Answers with the addresses of report and evidence. Nothing is to be done after it.
        """,
      phase: .fallbacks, analysis: analysis)
  }
}
