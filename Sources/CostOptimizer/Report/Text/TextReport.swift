internal import AgentKit

/// `cost_report.txt`: the report as plain text, for a terminal or an e-mail.
public enum TextReport {
  /// The text: the five sections in their order. The same report gives the same bytes.
  /// - Parameter width: columns of a line at most, 80 or more; the files have 100.
  public static func render(_ report: CostReport, width: Int = 100) -> String {
    var layout = TextLayout(width: width)
    layout.title("Cost Optimization Report")
    header(report, &layout)
    executiveSummary(report, &layout)
    findings(report, &layout)
    gaps(report, &layout)
    evidence(report, &layout)
    nextReview(report, &layout)
    return layout.text
  }

  private static func header(_ report: CostReport, _ layout: inout TextLayout) {
    layout.entry("Session", PrintableText.line(report.sessionID))
    layout.entry("Account", "\(PrintableText.line(report.accountID)), region \(PrintableText.line(report.region))")
    layout.entry("Created", ReportPhrases.time(report.createdAtMilliseconds))
    layout.entry("Window", ReportPhrases.window(report.window))
    layout.entry("Recent", ReportPhrases.window(report.recentWindow))
    layout.entry("Prices", PrintableText.line(report.priceSource))
  }

  // MARK: Executive Summary

  private static func executiveSummary(_ report: CostReport, _ layout: inout TextLayout) {
    layout.section("Executive Summary")
    if let words = report.words {
      for paragraph in PrintableText.paragraphs(words.executiveSummary) {
        layout.paragraph(paragraph)
        layout.blank()
      }
      layout.paragraph("(Written by the model \(PrintableText.line(words.modelID)). The figures below are computed, not written by it.)")
      layout.blank()
    }
    for paragraph in ReportPhrases.summary(report) {
      layout.paragraph(paragraph)
      layout.blank()
    }
    let summary = ReportSummary(report)
    guard !summary.services.isEmpty else { return }
    var rows = summary.services.map { service in
      [
        service.service.rawValue, Money.count(service.resourceCount), Money.count(service.recommendationCount),
        amount(service.costBeforeCents),
        amount(service.costAfterCents), amount(service.savedCents),
      ]
    }
    rows.append([
      "Total", Money.count(summary.resourceCount), Money.count(report.recommendations.count), amount(summary.costBeforeCents),
      amount(summary.costAfterCents), amount(summary.savedMonthlyCents),
    ])
    layout.table(
      rows, header: ["Service", "Resources", "Recommendations", "Cost now", "Cost after", "Savings"],
      rightAligned: [1, 2, 3, 4, 5], widest: [16, 12, 15, 18, 18, 20])
    layout.blank()
    layout.paragraph(
      "USD for a month of 30 days. The costs are those of the resources with a recommendation whose effect on the bill is known.")
    largest(report, &layout)
  }

  /// The five largest savings, for readers who read no further.
  private static func largest(_ report: CostReport, _ layout: inout TextLayout) {
    let saving = report.recommendations.enumerated().filter { ($0.element.impact.savedCents ?? 0) > 0 }.prefix(5)
    guard !saving.isEmpty, report.recommendations.count > 1 else { return }
    layout.blank()
    layout.table(
      saving.map { index, recommendation in
        [
          "[\(index + 1)]", amount(recommendation.impact.savedCents ?? 0), recommendation.finding.risk.rawValue,
          PrintableText.line(recommendation.finding.title),
        ]
      }, header: ["", "USD a month", "Risk", "The largest savings"], rightAligned: [0, 1], widest: [6, 20, 6])
  }

  private static func amount(_ cents: Int64) -> String { Money.grouped(cents: cents) }

  // MARK: Findings & Recommendations by Service

  private static func findings(_ report: CostReport, _ layout: inout TextLayout) {
    layout.section("Findings & Recommendations by Service")
    let numbered = Array(report.recommendations.enumerated())
    for service in ResourceReference.Service.allCases {
      let own = numbered.filter { $0.element.service == service }
      subsection(service, own.map(\.element), report, &layout)
      for (index, recommendation) in own {
        self.recommendation(recommendation, number: index + 1, &layout)
        layout.blank()
      }
      unchanged(service, hasFindings: !own.isEmpty, report, &layout)
    }
    // A recommendation without a resource belongs to no service.
    let others = numbered.filter { $0.element.service == nil }
    if !others.isEmpty {
      layout.subsection("Other")
      for (index, recommendation) in others {
        self.recommendation(recommendation, number: index + 1, &layout)
        layout.blank()
      }
    }
  }

  private static func subsection(
    _ service: ResourceReference.Service, _ own: [Recommendation], _ report: CostReport, _ layout: inout TextLayout
  ) {
    let resources = ReportPhrases.resources(service, report)
    let saved = own.reduce(Int64(0)) { $0.saturatingAdd($1.impact.savedCents ?? 0) }
    let sum = own.isEmpty ? "" : ", \(ReportPhrases.count(own.count, "recommendation")), \(Money.text(cents: saved)) a month"
    layout.subsection("\(service.rawValue): \(resources)\(sum)")
  }

  private static func recommendation(_ recommendation: Recommendation, number: Int, _ layout: inout TextLayout) {
    let finding = recommendation.finding
    let impact = recommendation.impact
    layout.paragraph(PrintableText.line(finding.title), mark: "[\(number)] ")
    layout.blank()
    let indent = 4
    let knownImpact =
      "\(ReportPhrases.impact(impact)) (before \(Money.text(impact.monthlyBefore)), after \(Money.text(impact.monthlyAfter)))"
    layout.entry(
      "Impact", impact.savedCents == nil ? "\(ReportPhrases.impact(impact)): \(ReportPhrases.unknownImpact)" : knownImpact,
      indent: indent)
    layout.entry("Method", text(impact.method), indent: indent)
    layout.entry("Prices", text(impact.priceSource), indent: indent)
    layout.entry("Risk", "\(finding.risk.rawValue): \(text(finding.riskNote))", indent: indent)
    layout.entries(
      "Resources", finding.resources.flatMap { [PrintableText.line($0.name), PrintableText.line($0.arn)] }, indent: indent)
    layout.entry("Action", text(finding.action), indent: indent)
    if !finding.evidence.isEmpty {
      layout.entry("Evidence", "", indent: indent)
      layout.table(
        finding.evidence.map { figure in
          [
            PrintableText.line(figure.label), PrintableText.line(figure.value), ReportPhrases.window(days: figure.windowDays),
            PrintableText.line(figure.source),
          ]
        }, rightAligned: [1], widest: [36, 18, 13], indent: indent + 2)
    }
    layout.entries(
      "Steps", finding.steps.map(text), indent: indent, marks: finding.steps.indices.map { "\($0 + 1). " })
    layout.entry("Validation", text(finding.validation), indent: indent)
    if let remark = recommendation.remark { layout.entry("Remark", "\(text(remark)) (by the model)", indent: indent) }
    layout.entry("Rule", text(finding.rule), indent: indent)
  }

  private static func text(_ text: String) -> String {
    let line = PrintableText.line(text)
    return line.isEmpty ? "-" : line
  }

  private static func unchanged(
    _ service: ResourceReference.Service, hasFindings: Bool, _ report: CostReport, _ layout: inout TextLayout
  ) {
    let reasons = ReportPhrases.unchanged(service, report)
    guard !reasons.isEmpty else {
      if !hasFindings { layout.paragraph("No actionable change: \(ReportPhrases.reasonWithoutFindings(service, report))") }
      return
    }
    layout.paragraph(
      hasFindings ? "No actionable change for the others:" : "No actionable change:")
    for (reason, resources) in reasons {
      layout.paragraph(
        "\(PrintableText.line(reason)) (\(ReportPhrases.count(resources.count, "resource")): \(names(resources)))", indent: 2, mark: "- ")
    }
  }

  /// The first names; all are in the evidence.
  private static func names(_ resources: [ResourceReference]) -> String {
    let shown = resources.prefix(12).map { PrintableText.line($0.name) }.joined(separator: ", ")
    return resources.count > 12 ? "\(shown) and \(Money.count(resources.count - 12)) more" : shown
  }

  // MARK: Gaps & Limitations

  private static func gaps(_ report: CostReport, _ layout: inout TextLayout) {
    layout.section("Gaps & Limitations")
    guard !report.gaps.isEmpty else {
      layout.paragraph("None: every call was answered, and no rule lacked its data.")
      return
    }
    for kind in Gap.Kind.allCases {
      let gaps = report.gaps.filter { $0.kind == kind }
      guard !gaps.isEmpty else { continue }
      layout.paragraph("\(ReportPhrases.title(kind)):")
      for gap in gaps {
        let times = gap.count == 1 ? "" : " (\(ReportPhrases.count(gap.count, "time")))"
        layout.paragraph("\(PrintableText.line(gap.subject)): \(PrintableText.line(gap.message))\(times)", indent: 2, mark: "- ")
        if let consequence = gap.consequence { layout.paragraph(PrintableText.line(consequence), indent: 4, mark: "-> ") }
      }
      layout.blank()
    }
  }

  // MARK: Evidence Appendix

  private static func evidence(_ report: CostReport, _ layout: inout TextLayout) {
    layout.section("Evidence Appendix")
    layout.paragraph(ReportPhrases.method)
    layout.blank()
    layout.paragraph(
      "The figures of every resource, with its ARN, are in evidence.txt beside this file; those of a recommendation stand with it above.")
    layout.blank()
    EvidenceReport.discovered(report, &layout)
    layout.blank()
    EvidenceReport.phases(report, &layout)
  }

  // MARK: Next Review Window and Monitoring Suggestions

  private static func nextReview(_ report: CostReport, _ layout: inout TextLayout) {
    layout.section("Next Review Window and Monitoring Suggestions")
    layout.paragraph(MonitoringSuggestions.nextReview(report))
    layout.blank()
    if let words = report.words?.nextReview {
      for paragraph in PrintableText.paragraphs(words) { layout.paragraph(paragraph) }
      layout.blank()
    }
    for line in MonitoringSuggestions.lines(report) { layout.paragraph(line, mark: "- ") }
  }
}
