import AgentKit
import JSON

/// Takes the model's words for the report and writes the report with them.
///
/// The words may name no figure that is not in the report. After two refusals the report goes without them.
actor WriteReportTool: Tool {
  static let attempts = 2

  nonisolated let name = "write_report"
  nonisolated let description = """
    Phase 6. Gives the report its words: an executive summary, a suggestion for the next review, and remarks on recommendations by their id. \
    Facts and figures are in the report already; name only figures that get_facts shows, exactly as they are written there: no sums, shares or \
    rounded values of your own, no numbers in words. Words with another figure are refused, and after two refusals the report goes without them.
    """
  nonisolated var inputSchema: JSONValue {
    [
      "type": "object", "required": ["executive_summary"], "additionalProperties": false,
      "properties": [
        "executive_summary": [
          "type": "string", "minLength": 1, "maxLength": .number(ModelWords.longestSummary), "pattern": "\\S",
          "description": "What matters most, in a few paragraphs of plain text without headings.",
        ],
        "next_review": [
          "type": "string", "maxLength": .number(ModelWords.longestReview),
          "description": "What to look at in the next review, and what to watch.",
        ],
        "remarks": [
          "type": "array", "maxItems": .number(ModelWords.mostRemarks),
          "items": [
            "type": "object", "required": ["id", "text"], "additionalProperties": false,
            "properties": [
              "id": ["type": "string"], "text": ["type": "string", "minLength": 1, "maxLength": .number(ModelWords.longestRemark)],
            ],
          ],
        ],
      ],
    ]
  }

  private let analysis: CostAnalysis
  private let modelID: String
  private var refusals = 0

  init(analysis: CostAnalysis, modelID: String) {
    self.analysis = analysis
    self.modelID = modelID
  }

  private static let alreadyWritten = ToolError(
    "already_written", "The report has been written, with the words that it has. Go on with store_report.")

  func run(_ input: JSONValue, _ context: ToolContext) async throws -> JSONValue {
    // All facts first: words about what is not known yet cannot be checked.
    await analysis.perform(.costEstimation)
    guard await analysis.summary(of: .outputContract) == nil else { throw Self.alreadyWritten }
    let report = await analysis.report()
    let summary = ModelWords.cleaned(input["executive_summary"]?.stringValue ?? "", limit: ModelWords.longestSummary)
    let review = ModelWords.cleaned(input["next_review"]?.stringValue ?? "", limit: ModelWords.longestReview)
    var remarks: [String: String] = [:]
    let ids = Set(report.recommendations.map(\.finding.id))
    for remark in input["remarks"]?.arrayValue ?? [] {
      let id = remark["id"]?.stringValue ?? ""
      guard ids.contains(id) else {
        throw ToolError(
          "unknown_recommendation",
          "There is no recommendation '\(id.prefix(200))'; get_facts with the kind 'recommendations' shows their ids.")
      }
      let text = ModelWords.cleaned(remark["text"]?.stringValue ?? "", limit: ModelWords.longestRemark)
      if !text.isEmpty { remarks[id] = text }
    }
    let unknown = await analysis.figureGuard(for: report).unknownFigures(
      in: ([summary, review] + remarks.sorted { $0.key < $1.key }.map(\.value)).joined(separator: "\n"))
    if unknown.isEmpty, !summary.isEmpty {
      let words = CostReport.Words(executiveSummary: summary, nextReview: review.isEmpty ? nil : review, modelID: modelID)
      // Another tool of the same turn may have begun to write in the meantime.
      guard await analysis.setWords(words, remarks: remarks) else { throw Self.alreadyWritten }
    } else {
      refusals += 1
      let problem =
        unknown.isEmpty
        ? "nothing is left of the executive summary without control characters and headings"
        : "the words name figures that the report does not have: \(unknown.joined(separator: ", "))"
      guard refusals >= Self.attempts else {
        throw ToolError(
          "unknown_figures", "Refused: \(problem). Write them without these, or as get_facts shows them. One more attempt is left.")
      }
      await analysis.note(
        Gap(
          .model, subject: "Model", message: "The model's words were refused \(refusals) times: \(problem).",
          consequence: "The report has the facts only."))
    }
    var reply = FactsJSON.phase(await analysis.perform(.outputContract))
    reply["words_used"] = .bool(unknown.isEmpty && !summary.isEmpty)
    return .object(reply)
  }
}
