import AgentKit
import JSON

/// Shows facts of the analysis, page by page.
struct GetFactsTool: Tool {
  private static let mostItems = 50

  let name = "get_facts"
  let description = """
    Reads facts of this analysis: 'summary' for the sums, 'resources' for each resource with its figures, 'recommendations', 'unchanged' \
    (resources that need no change, with the reason), 'gaps'. Lists come in pages: when next_offset is in the result, call again with that \
    offset. These are the only figures that a report may name.
    """
  let inputSchema: JSONValue = [
    "type": "object", "required": ["kind"], "additionalProperties": false,
    "properties": [
      "kind": ["enum": ["summary", "resources", "recommendations", "unchanged", "gaps"]],
      "service": ["enum": .array(ResourceReference.Service.allCases.map { .string($0.rawValue) }), "description": "Only of this service."],
      "offset": ["type": "integer", "minimum": 0, "maximum": 1_000_000, "description": "First item, 0 unless given."],
      "limit": ["type": "integer", "minimum": 1, "maximum": 50, "description": "Most items, 20 unless given."],
    ],
  ]
  let analysis: CostAnalysis

  func run(_ input: JSONValue, _ context: ToolContext) async throws -> JSONValue {
    let report = await analysis.report()
    let kind = input["kind"]?.stringValue ?? ""
    let service = input["service"]?.stringValue.flatMap(ResourceReference.Service.init)
    func isWanted(_ reference: ResourceReference?) -> Bool { service == nil || reference?.service == service }
    let offset = input["offset"]?.intValue ?? 0
    let limit = min(input["limit"]?.intValue ?? 20, Self.mostItems)
    let page: (items: [JSONValue], count: Int)
    func cut<Item>(_ items: [Item], _ json: (Item) -> JSONValue) -> (items: [JSONValue], count: Int) {
      (items.dropFirst(offset).prefix(limit).map(json), items.count)
    }
    switch kind {
    case "summary": return .object(FactsJSON.summary(report))
    case "resources": page = cut(report.evidence.filter { isWanted($0.resource) }, FactsJSON.entry)
    case "recommendations": page = cut(report.recommendations.filter { isWanted($0.finding.resources.first) }, FactsJSON.recommendation)
    case "unchanged": page = cut(report.unchanged.filter { isWanted($0.resource) }, FactsJSON.unchanged)
    case "gaps": page = cut(report.gaps, FactsJSON.gap)
    default:
      throw ToolError("invalid_input", "There are no facts '\(kind)'; expected summary, resources, recommendations, unchanged or gaps.")
    }
    var reply: JSONObject = ["kind": .string(kind), "count": .number(page.count), "offset": .number(offset), "items": .array(page.items)]
    if offset + page.items.count < page.count, !page.items.isEmpty { reply["next_offset"] = .number(offset + page.items.count) }
    return .object(reply)
  }
}
