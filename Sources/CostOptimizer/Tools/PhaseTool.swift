import AgentKit
import JSON

/// Runs one phase of the analysis and tells what came of it.
struct PhaseTool: Tool {
  let name: String
  let description: String
  let phase: Phase
  let analysis: CostAnalysis

  let inputSchema: JSONValue = ["type": "object", "additionalProperties": false, "properties": [:]]

  func run(_ input: JSONValue, _ context: ToolContext) async throws -> JSONValue {
    let summary = await analysis.perform(phase)
    var reply = FactsJSON.phase(summary)
    let facts = await analysis.facts
    switch phase {
    case .discovery: reply["resources_by_service"] = FactsJSON.resourceCounts(facts.inventory)
    case .usage:
      let (window, recent) = (facts.usage?.window.days, facts.usage?.recentWindow.days)
      reply["window_days"] = window.map { .number($0) } ?? .null
      reply["recent_window_days"] = recent.map { .number($0) } ?? .null
    case .analysis:
      reply["findings_by_rule"] = FactsJSON.countsByRule(facts.findings)
      reply["unchanged_count"] = .number(facts.unchanged.count)
    case .recommendations: reply["findings_by_rule"] = FactsJSON.countsByRule(facts.findings)
    case .costEstimation:
      reply["saved_per_month"] = .string(Money.text(cents: await analysis.report().savedCents))
      reply["price_source"] = .string(facts.priceSource)
    case .outputContract, .storage, .fallbacks: break
    }
    reply["gap_count"] = .number(await analysis.report().gaps.count)
    if let next = await analysis.nextPhase { reply["next_phase"] = .string(next.rawValue) }
    return .object(reply)
  }

  /// The tools of the five phases in which facts come about.
  static func factTools(_ analysis: CostAnalysis) -> [PhaseTool] {
    func tool(_ name: String, _ phase: Phase, _ description: String) -> PhaseTool {
      PhaseTool(name: name, description: description, phase: phase, analysis: analysis)
    }
    return [
      tool(
        "discover_resources", .discovery,
        """
        Phase 1. Reads the account: Lambda, API Gateway, DynamoDB, S3, Step Functions, EventBridge. Answers with the number of resources of \
        each service; get_facts shows them.
        """),
      tool(
        "collect_metrics", .usage,
        """
        Phase 2. Reads CloudWatch metrics over 30 and 7 days and the memory that functions used from their logs, for all that was discovered.
        """),
      tool(
        "analyze", .analysis,
        """
        Phase 3. Applies the decision rules to what was discovered and measured. Answers with the number of findings of each rule; missing \
        data gives no finding but a gap.
        """),
      tool(
        "format_recommendations", .recommendations,
        """
        Phase 4. Makes recommendations of the findings: resources, evidence with its window, exact action, risk, steps, validation.
        """),
      tool(
        "estimate_costs", .costEstimation,
        """
        Phase 5. Computes what each recommendation saves in a month, with the method and the source of the prices. Changes of one resource are \
        applied one after the other.
        """),
    ]
  }
}
