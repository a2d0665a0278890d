internal import AgentKit
public import JSON

/// `report.json`; docs/schemas/cost-report.schema.json describes it.
///
/// Money is US dollars: decimal text, which loses nothing, beside whole cents, which need no arithmetic. Cents, counts and totals are derived: a
/// reader of the project makes them anew.
extension CostReport: JSONEncodable {
  /// Raised when a member changes its meaning or goes; not when one is added.
  public static let schemaVersion = 1

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("schemaVersion", Self.schemaVersion)
    writer.member("sessionId", sessionID)
    writer.member("accountId", accountID)
    writer.member("region", region)
    writer.member("currency", "USD")
    writer.member("createdAt", ISO8601.text(milliseconds: createdAtMilliseconds))
    writer.member("window", window)
    writer.member("recentWindow", recentWindow)
    write(totals: ReportSummary(self), to: &writer)
    writer.key("resources")
    writer.beginArray()
    for service in ResourceReference.Service.allCases {
      guard let count = resourceCounts[service] else { continue }
      writer.beginObject()
      writer.member("service", service.rawValue)
      writer.member("count", count)
      writer.endObject()
    }
    writer.endArray()
    writer.member("recommendations", recommendations)
    writer.member("unchanged", unchanged)
    writer.member("gaps", gaps)
    writer.member(ifPresent: "words", words)
    writer.member("evidence", evidence)
    writer.member("priceSource", priceSource)
    writer.member("phases", phases)
    writer.endObject()
  }

  private func write(totals: ReportSummary, to writer: inout JSONWriter) {
    writer.key("totals")
    writer.beginObject()
    writer.member("resourceCount", totals.resourceCount)
    writer.member("recommendationCount", recommendations.count)
    writer.member("unknownImpactCount", totals.unknownImpactCount)
    writer.member("gapCount", gaps.count)
    writer.member("savedMonthly", Money.decimalText(cents: savedCents))
    writer.member("savedMonthlyCents", savedCents)
    writer.member("savedYearly", Money.decimalText(cents: totals.savedYearlyCents))
    writer.member("savedYearlyCents", totals.savedYearlyCents)
    writer.endObject()
  }
}

extension Usage.Window: JSONEncodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("from", ISO8601.text(milliseconds: fromMilliseconds))
    writer.member("to", ISO8601.text(milliseconds: toMilliseconds))
    writer.member("days", days)
    writer.endObject()
  }
}

extension ResourceReference: JSONEncodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("service", service.rawValue)
    writer.member("name", name)
    writer.member("arn", arn)
    writer.endObject()
  }
}

extension Finding.Evidence: JSONEncodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("label", label)
    writer.member("value", value)
    writer.member("source", source)
    writer.member(ifPresent: "windowDays", windowDays)
    writer.endObject()
  }
}

extension Recommendation: JSONEncodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("id", finding.id)
    writer.member("rule", finding.rule)
    writer.member("title", finding.title)
    writer.member("resources", finding.resources)
    writer.member("evidence", finding.evidence)
    writer.member("action", finding.action)
    writer.member("change", finding.change)
    writer.member("impact", impact)
    writer.member("risk", finding.risk.rawValue)
    writer.member("riskNote", finding.riskNote)
    writer.member("steps", finding.steps)
    writer.member("validation", finding.validation)
    writer.member(ifPresent: "remark", remark)
    writer.endObject()
  }
}

extension Recommendation.Impact: JSONEncodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("monthlyBefore", monthlyBefore.map { .string($0.text) } ?? .null)
    writer.member("monthlyBeforeCents", Money.cents(monthlyBefore).map(JSONValue.number) ?? .null)
    writer.member("monthlyAfter", monthlyAfter.map { .string($0.text) } ?? .null)
    writer.member("monthlyAfterCents", Money.cents(monthlyAfter).map(JSONValue.number) ?? .null)
    writer.member("savedCents", savedCents.map(JSONValue.number) ?? .null)
    writer.member("method", method)
    writer.member("priceSource", priceSource)
    writer.endObject()
  }
}

extension Finding.Change: JSONEncodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("kind", kind)
    switch self {
    case .removeFunction, .advice: break
    case .memory(let from, let to), .ephemeralStorage(let from, let to):
      writer.member("fromMegabytes", from)
      writer.member("toMegabytes", to)
    case .architecture(let from, let to):
      writer.member("from", from.rawValue)
      writer.member("to", to.rawValue)
    case .provisionedConcurrency(let qualifier, let from, let to):
      writer.member("qualifier", qualifier)
      writer.member("from", from)
      writer.member("to", to)
    case .tableCapacity(let readFrom, let readTo, let writeFrom, let writeTo):
      writer.member("readFrom", readFrom)
      writer.member("readTo", readTo)
      writer.member("writeFrom", writeFrom)
      writer.member("writeTo", writeTo)
    case .tableBillingMode(let mode, let readUnits, let writeUnits):
      writer.member("to", mode.rawValue)
      writer.member("readUnits", readUnits)
      writer.member("writeUnits", writeUnits)
    case .removeCache(let stage, let gigabytes):
      writer.member("stage", stage)
      writer.member("gigabytes", gigabytes)
    case .storageClass(let bytes, let from, let to):
      writer.member("bytes", bytes.text)
      writer.member("from", from)
      writer.member("to", to)
    }
    writer.endObject()
  }

  /// The word that tells the cases apart.
  var kind: String {
    switch self {
    case .removeFunction: "removeFunction"
    case .memory: "memory"
    case .architecture: "architecture"
    case .ephemeralStorage: "ephemeralStorage"
    case .provisionedConcurrency: "provisionedConcurrency"
    case .tableCapacity: "tableCapacity"
    case .tableBillingMode: "tableBillingMode"
    case .removeCache: "removeCache"
    case .storageClass: "storageClass"
    case .advice: "advice"
    }
  }
}

extension CostReport.Unchanged: JSONEncodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("resource", resource)
    writer.member("reason", reason)
    writer.endObject()
  }
}

extension Gap: JSONEncodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("kind", kind.rawValue)
    writer.member("subject", subject)
    writer.member("message", message)
    writer.member(ifPresent: "consequence", consequence)
    writer.member("count", count)
    writer.endObject()
  }
}

extension CostReport.Words: JSONEncodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("executiveSummary", executiveSummary)
    writer.member(ifPresent: "nextReview", nextReview)
    writer.member("modelId", modelID)
    writer.endObject()
  }
}

extension CostReport.EvidenceEntry: JSONEncodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("resource", resource)
    writer.member("figures", figures)
    writer.endObject()
  }
}

extension CostReport.PhaseSummary: JSONEncodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("number", phase.number)
    writer.member("phase", phase.rawValue)
    writer.member("status", status.rawValue)
    writer.member(ifPresent: "durationMilliseconds", durationMilliseconds)
    writer.member(ifPresent: "resourceCount", resourceCount)
    writer.member(ifPresent: "recommendationCount", recommendationCount)
    writer.member(ifPresent: "error", error)
    writer.endObject()
  }
}
