internal import AgentKit

/// `evidence.txt`: everything that was discovered and measured, how, and when.
public enum EvidenceReport {
  /// The text; the same report gives the same bytes.
  /// - Parameter width: columns of a line at most, 80 or more; the files have 100.
  public static func render(_ report: CostReport, width: Int = 100) -> String {
    var layout = TextLayout(width: width)
    layout.title("Evidence of the Cost Optimization Report")
    layout.entry("Session", PrintableText.line(report.sessionID))
    layout.entry("Account", "\(PrintableText.line(report.accountID)), region \(PrintableText.line(report.region))")
    layout.entry("Created", ReportPhrases.time(report.createdAtMilliseconds))
    layout.section("Windows, Sources and Method")
    layout.entry("Window", ReportPhrases.window(report.window))
    layout.entry("Recent", ReportPhrases.window(report.recentWindow))
    layout.entry("Sources", sources(report))
    layout.entry("Prices", PrintableText.line(report.priceSource))
    layout.entry("Method", ReportPhrases.method)
    layout.section("Discovered Resources")
    discovered(report, &layout)
    layout.section("Resources and Figures")
    resources(report, &layout)
    layout.section("Cost Estimates")
    estimates(report, &layout)
    layout.section("Phases")
    phases(report, &layout)
    layout.section("Gaps")
    layout.paragraph(
      report.gaps.isEmpty
        ? "None." : "\(ReportPhrases.count(report.gaps.count, "gap")); cost_report.txt tells of each under Gaps & Limitations.")
    return layout.text
  }

  /// How many resources there are of each service.
  static func discovered(_ report: CostReport, _ layout: inout TextLayout) {
    let rows = ResourceReference.Service.allCases.map { [$0.rawValue, ReportPhrases.discovered($0, report)] }
    let total = ["Total", Money.count(ReportSummary(report).resourceCount)]
    layout.table(rows + [total], header: ["Service", "Resources"], rightAligned: [1], widest: [20, 12])
  }

  static func phases(_ report: CostReport, _ layout: inout TextLayout) {
    guard !report.phases.isEmpty else {
      layout.paragraph("The phases of this session were not recorded.")
      return
    }
    layout.table(
      report.phases.map { phase in
        [
          String(phase.phase.number), phase.phase.rawValue, phase.status.rawValue, ReportPhrases.duration(phase.durationMilliseconds),
          phase.resourceCount.map { Money.count($0) } ?? "", phase.recommendationCount.map { Money.count($0) } ?? "",
        ]
      }, header: ["#", "Phase", "Status", "Time", "Resources", "Recommendations"], rightAligned: [0, 3, 4, 5],
      widest: [2, 34, 12, 14, 10, 15])
    for phase in report.phases {
      guard let error = phase.error else { continue }
      layout.paragraph("\(phase.phase.rawValue): \(PrintableText.line(error))", indent: 2, mark: "- ")
    }
  }

  /// Where the figures are from, each source once, in the order in which they occur.
  private static func sources(_ report: CostReport) -> String {
    var seen: Set<String> = []
    var sources: [String] = []
    for figure in report.recommendations.flatMap(\.finding.evidence) + report.evidence.flatMap(\.figures)
    where seen.insert(figure.source).inserted { sources.append(PrintableText.line(figure.source)) }
    return sources.isEmpty ? "no figure was measured" : sources.joined(separator: "; ")
  }

  /// Every resource that the report knows of, by service and name, with its ARN and figures.
  private static func resources(_ report: CostReport, _ layout: inout TextLayout) {
    let entries = entries(report)
    guard !entries.isEmpty else {
      layout.paragraph("No resource was discovered.")
      return
    }
    for service in ResourceReference.Service.allCases {
      let own = entries.filter { $0.resource.service == service }
      guard !own.isEmpty else { continue }
      layout.subsection(service.rawValue)
      for entry in own {
        layout.paragraph(PrintableText.line(entry.resource.name))
        layout.paragraph(PrintableText.line(entry.resource.arn), indent: 2)
        layout.table(
          entry.figures.map { figure in
            [
              PrintableText.line(figure.label), PrintableText.line(figure.value), ReportPhrases.window(days: figure.windowDays),
              PrintableText.line(figure.source),
            ]
          }, rightAligned: [1], widest: [40, 18, 13], indent: 4)
        for note in entry.notes { layout.paragraph(note, indent: 4, mark: "> ") }
        layout.blank()
      }
    }
    let uncounted = ReportSummary(report).resourceCount.saturatingSubtract(entries.count)
    if uncounted > 0 {
      layout.paragraph("\(Money.count(uncounted)) more \(uncounted == 1 ? "resource was" : "resources were") counted without any figure.")
    }
  }

  private struct Entry {
    let resource: ResourceReference
    var figures: [Finding.Evidence]
    /// What the report says of the resource.
    var notes: [String]
  }

  private static func entries(_ report: CostReport) -> [Entry] {
    var places: [ResourceReference: Int] = [:]
    var entries: [Entry] = []
    func place(_ resource: ResourceReference) -> Int {
      if let place = places[resource] { return place }
      places[resource] = entries.count
      entries.append(Entry(resource: resource, figures: [], notes: []))
      return entries.count - 1
    }
    for entry in report.evidence { entries[place(entry.resource)].figures += entry.figures }
    for (index, recommendation) in report.recommendations.enumerated() {
      for resource in recommendation.finding.resources {
        let place = place(resource)
        for figure in recommendation.finding.evidence where !entries[place].figures.contains(figure) {
          entries[place].figures.append(figure)
        }
        entries[place].notes.append("[\(index + 1)] \(PrintableText.line(recommendation.finding.title))")
      }
    }
    for unchanged in report.unchanged {
      entries[place(unchanged.resource)].notes.append("No actionable change: \(PrintableText.line(unchanged.reason))")
    }
    return entries.sorted { ($0.resource.name, $0.resource.arn) < ($1.resource.name, $1.resource.arn) }
  }

  private static func estimates(_ report: CostReport, _ layout: inout TextLayout) {
    guard !report.recommendations.isEmpty else {
      layout.paragraph("There was nothing to estimate.")
      return
    }
    for (index, recommendation) in report.recommendations.enumerated() {
      let impact = recommendation.impact
      layout.paragraph(PrintableText.line(recommendation.finding.title), mark: "[\(index + 1)] ")
      layout.entry("Before", exact(impact.monthlyBefore), indent: 4)
      layout.entry("After", exact(impact.monthlyAfter), indent: 4)
      layout.entry("Saved", Money.text(cents: impact.savedCents), indent: 4)
      layout.entry("Method", PrintableText.line(impact.method), indent: 4)
      layout.entry("Prices", PrintableText.line(impact.priceSource), indent: 4)
      layout.blank()
    }
  }

  private static func exact(_ amount: ExactDecimal?) -> String { amount.map { "\($0.text) USD a month" } ?? "not known" }
}
