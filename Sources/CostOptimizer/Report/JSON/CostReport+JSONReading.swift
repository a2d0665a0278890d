internal import AgentKit
public import JSON

extension CostReport: JSONDecodable {
  /// Reads a `report.json`. Members that this program does not know are passed over.
  /// - Throws: `JSONError` that names the member, such as `recommendations[2].impact.monthlyBefore`; also for a report of a later schema version.
  public init(from reader: inout JSONReader) throws(JSONError) {
    let offset = reader.valueOffset()
    let value = try reader.readValue()
    do throws(JSONError) { self = try CostReport(ReportMembers(value, path: "")) } catch { throw error.at(offset) }
  }

  private init(_ report: ReportMembers) throws(JSONError) {
    let version = try report.integer("schemaVersion")
    guard version == Int64(Self.schemaVersion) else {
      throw report.refusal(
        "schemaVersion", expected: "\(Self.schemaVersion), which this program reads, not \(version): use the program that wrote the report")
    }
    guard try report.string("currency") == "USD" else { throw report.refusal("currency", expected: "\"USD\"") }
    var counts: [ResourceReference.Service: Int] = [:]
    for entry in try report.objects(
      "resources",
      { entry throws(JSONError) in
        (try entry.word("service", of: ResourceReference.Service.allCases), try entry.count("count"))
      })
    { counts[entry.0] = entry.1 }
    self.init(
      sessionID: try report.string("sessionId"), accountID: try report.string("accountId"), region: try report.string("region"),
      createdAtMilliseconds: try report.time("createdAt"), window: try Usage.Window(report.object("window")),
      recentWindow: try Usage.Window(report.object("recentWindow")), resourceCounts: counts,
      recommendations: try report.objects("recommendations") { members throws(JSONError) in try Recommendation(members) },
      unchanged: try report.objects("unchanged") { members throws(JSONError) in try Unchanged(members) },
      gaps: try report.objects("gaps") { members throws(JSONError) in try Gap(members) },
      words: try report.optionalObject("words").map { members throws(JSONError) in try Words(members) },
      evidence: try report.objects("evidence") { members throws(JSONError) in try EvidenceEntry(members) },
      priceSource: try report.string("priceSource"),
      phases: try report.objects("phases") { members throws(JSONError) in try PhaseSummary(members) })
  }
}

extension Usage.Window {
  fileprivate init(_ members: ReportMembers) throws(JSONError) {
    self.init(fromMilliseconds: try members.time("from"), toMilliseconds: try members.time("to"))
  }
}

extension ResourceReference {
  fileprivate init(_ members: ReportMembers) throws(JSONError) {
    self.init(try members.word("service", of: Service.allCases), name: try members.string("name"), arn: try members.string("arn"))
  }
}

extension Finding.Evidence {
  fileprivate init(_ members: ReportMembers) throws(JSONError) {
    self.init(
      label: try members.string("label"), value: try members.string("value"), source: try members.string("source"),
      windowDays: try members.optionalCount("windowDays"))
  }
}

extension Recommendation {
  fileprivate init(_ members: ReportMembers) throws(JSONError) {
    let finding = Finding(
      rule: try members.string("rule"),
      resources: try members.objects("resources") { members throws(JSONError) in try ResourceReference(members) },
      title: try members.string("title"),
      evidence: try members.objects("evidence") { members throws(JSONError) in try Finding.Evidence(members) },
      action: try members.string("action"), change: try Finding.Change(members.object("change")),
      risk: try members.word("risk", of: Finding.Risk.allCases), riskNote: try members.string("riskNote"),
      steps: try members.strings("steps"), validation: try members.string("validation"))
    self.init(finding: finding, impact: try Impact(members.object("impact")), remark: try members.optionalString("remark"))
  }
}

extension Recommendation.Impact {
  fileprivate init(_ members: ReportMembers) throws(JSONError) {
    self.init(
      monthlyBefore: try members.optionalDecimal("monthlyBefore"), monthlyAfter: try members.optionalDecimal("monthlyAfter"),
      method: try members.string("method"), priceSource: try members.string("priceSource"))
  }
}

extension Finding.Change {
  private static let kinds = [
    "removeFunction", "memory", "architecture", "ephemeralStorage", "provisionedConcurrency", "tableCapacity", "tableBillingMode",
    "removeCache", "storageClass", "advice",
  ]

  fileprivate init(_ members: ReportMembers) throws(JSONError) {
    switch try members.string("kind") {
    case "removeFunction": self = .removeFunction
    case "memory":
      self = .memory(fromMegabytes: try members.count("fromMegabytes"), toMegabytes: try members.count("toMegabytes"))
    case "architecture":
      let all: [LambdaFunction.Architecture] = [.x86, .arm]
      self = .architecture(from: try members.word("from", of: all), to: try members.word("to", of: all))
    case "ephemeralStorage":
      self = .ephemeralStorage(fromMegabytes: try members.count("fromMegabytes"), toMegabytes: try members.count("toMegabytes"))
    case "provisionedConcurrency":
      self = .provisionedConcurrency(
        qualifier: try members.string("qualifier"), from: try members.count("from"), to: try members.count("to"))
    case "tableCapacity":
      self = .tableCapacity(
        readFrom: try members.count("readFrom"), readTo: try members.count("readTo"), writeFrom: try members.count("writeFrom"),
        writeTo: try members.count("writeTo"))
    case "tableBillingMode":
      self = .tableBillingMode(
        to: try members.word("to", of: [TableFacts.BillingMode.provisioned, .onDemand]), readUnits: try members.count("readUnits"),
        writeUnits: try members.count("writeUnits"))
    case "removeCache": self = .removeCache(stage: try members.string("stage"), gigabytes: try members.string("gigabytes"))
    case "storageClass":
      self = .storageClass(bytes: try members.decimal("bytes"), from: try members.string("from"), to: try members.string("to"))
    case "advice": self = .advice
    default: throw members.refusal("kind", expected: "one of " + Self.kinds.map { "\"\($0)\"" }.joined(separator: ", "))
    }
  }
}

extension CostReport.Unchanged {
  fileprivate init(_ members: ReportMembers) throws(JSONError) {
    self.init(resource: try ResourceReference(members.object("resource")), reason: try members.string("reason"))
  }
}

extension Gap {
  fileprivate init(_ members: ReportMembers) throws(JSONError) {
    self.init(
      try members.word("kind", of: Kind.allCases), subject: try members.string("subject"), message: try members.string("message"),
      consequence: try members.optionalString("consequence"), count: try members.count("count"))
  }
}

extension CostReport.Words {
  fileprivate init(_ members: ReportMembers) throws(JSONError) {
    self.init(
      executiveSummary: try members.string("executiveSummary"), nextReview: try members.optionalString("nextReview"),
      modelID: try members.string("modelId"))
  }
}

extension CostReport.EvidenceEntry {
  fileprivate init(_ members: ReportMembers) throws(JSONError) {
    self.init(
      resource: try ResourceReference(members.object("resource")),
      figures: try members.objects("figures") { members throws(JSONError) in try Finding.Evidence(members) })
  }
}

extension CostReport.PhaseSummary {
  fileprivate init(_ members: ReportMembers) throws(JSONError) {
    self.init(
      phase: try members.word("phase", of: Phase.allCases), status: try members.word("status", of: TaskStatus.allCases),
      durationMilliseconds: try members.optionalInteger("durationMilliseconds"),
      resourceCount: try members.optionalCount("resourceCount"), recommendationCount: try members.optionalCount("recommendationCount"),
      error: try members.optionalString("error"))
  }
}
