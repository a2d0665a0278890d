import JSON

/// Facts of an analysis as tools show them to a model.
enum FactsJSON {
  static func phase(_ summary: CostReport.PhaseSummary) -> JSONObject {
    var object: JSONObject = ["phase_name": .string(summary.phase.rawValue), "status": .string(summary.status.rawValue)]
    if let milliseconds = summary.durationMilliseconds {
      object["duration_seconds"] = seconds(JournalTime.seconds(milliseconds: milliseconds))
    }
    if let count = summary.resourceCount { object["resource_count"] = .number(count) }
    if let count = summary.recommendationCount { object["recommendation_count"] = .number(count) }
    if let error = summary.error { object["error"] = .string(error) }
    return object
  }

  static func seconds(_ text: String) -> JSONValue { JSONNumber(text: text).map(JSONValue.number) ?? .string(text) }

  /// null for a service that could not be read.
  static func resourceCounts(_ inventory: Inventory?) -> JSONValue {
    let counts = inventory?.resourceCounts ?? [:]
    return .object(JSONObject(ResourceReference.Service.allCases.map { ($0.rawValue, counts[$0].map { .number($0) } ?? .null) }))
  }

  static func countsByRule(_ findings: [Finding]) -> JSONValue {
    var counts: [String: Int] = [:]
    for finding in findings { counts[finding.rule, default: 0] += 1 }
    return .object(JSONObject(counts.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) }))
  }

  static func reference(_ reference: ResourceReference) -> JSONObject {
    ["service": .string(reference.service.rawValue), "name": .string(reference.name), "arn": .string(reference.arn)]
  }

  static func evidence(_ evidence: Finding.Evidence) -> JSONValue {
    var object: JSONObject = ["label": .string(evidence.label), "value": .string(evidence.value), "source": .string(evidence.source)]
    if let days = evidence.windowDays { object["window_days"] = .number(days) }
    return .object(object)
  }

  static func entry(_ entry: CostReport.EvidenceEntry) -> JSONValue {
    var object = reference(entry.resource)
    object["figures"] = .array(entry.figures.map(evidence))
    return .object(object)
  }

  static func recommendation(_ recommendation: Recommendation) -> JSONValue {
    let finding = recommendation.finding
    return [
      "id": .string(finding.id), "rule": .string(finding.rule), "title": .string(finding.title),
      "resources": .array(finding.resources.map { .object(reference($0)) }), "evidence": .array(finding.evidence.map(evidence)),
      "action": .string(finding.action), "risk": .string(finding.risk.rawValue), "risk_note": .string(finding.riskNote),
      "saved_per_month": .string(Money.text(cents: recommendation.impact.savedCents)), "method": .string(recommendation.impact.method),
      "validation": .string(finding.validation),
    ]
  }

  static func unchanged(_ unchanged: CostReport.Unchanged) -> JSONValue {
    var object = reference(unchanged.resource)
    object["reason"] = .string(unchanged.reason)
    return .object(object)
  }

  static func gap(_ gap: Gap) -> JSONValue {
    var object: JSONObject = ["kind": .string(gap.kind.rawValue), "subject": .string(gap.subject), "message": .string(gap.message)]
    if let consequence = gap.consequence { object["consequence"] = .string(consequence) }
    if gap.count > 1 { object["count"] = .number(gap.count) }
    return .object(object)
  }

  /// What the report as a whole says.
  static func summary(_ report: CostReport) -> JSONObject {
    let sums = ReportSummary(report)
    return [
      "account": .string(report.accountID), "region": .string(report.region), "window_days": .number(report.window.days),
      "recent_window_days": .number(report.recentWindow.days), "resource_count": .number(sums.resourceCount),
      "recommendation_count": .number(report.recommendations.count), "saved_per_month": .string(Money.text(cents: sums.savedMonthlyCents)),
      "saved_per_year": .string(Money.text(cents: sums.savedYearlyCents)), "unknown_impact_count": .number(sums.unknownImpactCount),
      "risks": .object(JSONObject(Finding.Risk.allCases.map { ($0.rawValue, .number(sums.count($0))) })),
      "services": .array(
        sums.services.map { service in
          [
            "service": .string(service.service.rawValue), "resource_count": .number(service.resourceCount),
            "recommendation_count": .number(service.recommendationCount), "saved_per_month": .string(Money.text(cents: service.savedCents)),
          ]
        }),
      "unchanged_count": .number(report.unchanged.count), "gap_count": .number(report.gaps.count),
      "price_source": .string(report.priceSource),
      "phases": .array(report.phases.map { .object(phase($0)) }),
    ]
  }
}

/// The texts and numbers of a fact, each with what its name says of its unit.
enum FactText {
  static func lines(_ value: JSONValue) -> [String] {
    switch value {
    case .null, .bool: []
    case .number(let number): [number.text]
    case .string(let text): [text]
    case .array(let values): values.flatMap(lines)
    case .object(let object):
      object.flatMap { member -> [String] in
        // Days and seconds are told by the name alone.
        guard let number = member.value.numberValue else { return lines(member.value) }
        if member.key.hasSuffix("_days") { return ["\(number.text) days"] }
        if member.key.hasSuffix("_seconds") { return ["\(number.text) seconds"] }
        return [number.text]
      }
    }
  }
}
