internal import AgentKit

/// Charts as tables whose rows hold a bar: the figures stand beside the bars as text, for whoever does not see them.
extension HTMLReport {
  static func charts(_ report: CostReport, _ summary: ReportSummary, _ page: inout HTMLPage) {
    let saving = summary.services.filter { $0.savedCents != 0 }
    let costly = summary.services.filter { $0.costBeforeCents > 0 || $0.costAfterCents > 0 }
    guard !saving.isEmpty || !costly.isEmpty else { return }
    page.markup("<section class=\"charts\" aria-label=\"Charts\">\n")
    if !saving.isEmpty { savings(saving, &page) }
    if !costly.isEmpty { costs(costly, &page) }
    page.markup("</section>\n")
  }

  private static func savings(_ services: [ReportSummary.ServiceSummary], _ page: inout HTMLPage) {
    begin("Savings a month, by service", "Service", "Savings a month", &page)
    let largest = services.map(\.savedCents.magnitude).max() ?? 0
    for service in services.sorted(by: { $0.savedCents > $1.savedCents }) {
      row(service.service.rawValue, &page)
      let width = share(service.savedCents.magnitude, of: largest)
      if service.savedCents < 0 { bar([(.more, width)], &page) } else { bar([(.saved, width)], &page) }
      value(Money.text(cents: service.savedCents), &page)
    }
    end(&page)
  }

  private static func costs(_ services: [ReportSummary.ServiceSummary], _ page: inout HTMLPage) {
    begin("Cost a month, now and after", "Service", "Now and after", &page)
    let largest = services.map { max($0.costBeforeCents, $0.costAfterCents, 0).magnitude }.max() ?? 0
    for service in services {
      let before = max(0, service.costBeforeCents)
      let after = max(0, service.costAfterCents)
      row(service.service.rawValue, &page)
      let kept = share(min(before, after).magnitude, of: largest)
      let rest = share(max(before, after).magnitude, of: largest) - kept
      bar([(.kept, kept), (after > before ? .more : .saved, rest)], &page)
      value("\(Money.grouped(cents: service.costBeforeCents)) \u{2192} \(Money.text(cents: service.costAfterCents))", &page)
    }
    end(legend: "<p class=\"legend\"><span class=\"key kept\"></span> stays <span class=\"key saved\"></span> saved</p>\n", &page)
  }

  /// The phases with what each took and came to, and the errors of those that failed.
  static func phases(_ phases: [CostReport.PhaseSummary], _ page: inout HTMLPage) {
    guard !phases.isEmpty else { return }
    page.markup("<div class=\"charts one\">\n")
    begin("Phases of the analysis", "Phase", "Time and outcome", level: 3, &page)
    let longest = phases.compactMap(\.durationMilliseconds).max() ?? 0
    for phase in phases {
      row(phase.phase.rawValue, &page)
      bar([(.time, share(max(0, phase.durationMilliseconds ?? 0).magnitude, of: longest.magnitude))], &page)
      var facts = [ReportPhrases.duration(phase.durationMilliseconds), phase.status.rawValue.lowercased()]
      if let count = phase.resourceCount { facts.append(ReportPhrases.count(count, phase.phase.countsFiles ? "file" : "resource")) }
      if let count = phase.recommendationCount { facts.append(ReportPhrases.count(count, "recommendation")) }
      value(facts.joined(separator: ", "), &page)
    }
    end(&page)
    page.markup("</div>\n")
    let failed = phases.filter { $0.error != nil }
    guard !failed.isEmpty else { return }
    page.markup("<ul class=\"gaps\">\n")
    for phase in failed {
      page.element("<li><strong>", phase.phase.rawValue, "</strong> ")
      page.element("<span dir=\"auto\">", phase.error ?? "", "</span></li>\n")
    }
    page.markup("</ul>\n")
  }

  // MARK: Parts

  private enum Part { case saved, kept, more, time }

  private static func begin(_ title: StaticString, _ label: StaticString, _ value: StaticString, level: Int = 2, _ page: inout HTMLPage) {
    page.markup(level == 2 ? "<figure class=\"chart\">\n<figcaption><h2>" : "<figure class=\"chart\">\n<figcaption><h3>")
    page.markup(title)
    page.markup(level == 2 ? "</h2></figcaption>" : "</h3></figcaption>")
    page.markup("\n<table class=\"bars\"><thead class=\"hidden\"><tr><th scope=\"col\">")
    page.markup(label)
    page.markup("</th><td></td><th scope=\"col\">")
    page.markup(value)
    page.markup("</th></tr></thead>\n<tbody>\n")
  }

  private static func row(_ label: String, _ page: inout HTMLPage) { page.element("<tr><th scope=\"row\">", label, "</th>") }

  /// Thousandths of the whole width.
  private static func bar(_ parts: [(Part, Int)], _ page: inout HTMLPage) {
    page.markup("<td class=\"bar\"><svg viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">")
    var begin = 0
    for (part, width) in parts where width > 0 {
      switch part {
      case .saved: page.markup("<rect class=\"saved\" x=\"")
      case .kept: page.markup("<rect class=\"kept\" x=\"")
      case .more: page.markup("<rect class=\"more\" x=\"")
      case .time: page.markup("<rect class=\"time\" x=\"")
      }
      page.number(begin)
      page.markup("\" y=\"0\" height=\"10\" width=\"")
      page.number(width)
      page.markup("\"/>")
      begin += width
    }
    page.markup("</svg></td>")
  }

  private static func value(_ text: String, _ page: inout HTMLPage) {
    // Figures stay on one line where they are of a size that occurs.
    page.markup(text.utf8.count > 60 ? "<td class=\"value long\">" : "<td class=\"value\">")
    page.element("", text, "</td></tr>\n")
  }

  private static func end(legend: StaticString = "", _ page: inout HTMLPage) {
    page.markup("</tbody></table>\n")
    page.markup(legend)
    page.markup("</figure>\n")
  }

  /// What is not nothing shows at least a line.
  private static func share(_ value: UInt64, of largest: UInt64) -> Int {
    guard value > 0, largest > 0 else { return 0 }
    return max(6, Int((Double(min(value, largest)) / Double(largest) * 1000).rounded()))
  }
}
