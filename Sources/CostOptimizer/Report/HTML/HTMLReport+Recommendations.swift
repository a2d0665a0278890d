internal import AgentKit

/// The table of recommendations. Each is a body of the table by itself, so that sorting keeps its two rows together.
extension HTMLReport {
  static func recommendations(_ report: CostReport, _ page: inout HTMLPage) {
    page.markup("<section id=\"recommendations\" aria-labelledby=\"recommendations-title\">\n")
    page.markup("<h2 id=\"recommendations-title\">Findings &amp; Recommendations by Service</h2>\n")
    if !report.recommendations.isEmpty {
      tools(report, &page)
      page.markup("<table id=\"table\"><caption class=\"hidden\">Recommendations, the largest savings first</caption>\n<thead><tr>")
      page.markup(
        "<th scope=\"col\" data-key=\"name\">Recommendation</th><th scope=\"col\" class=\"wide\" data-key=\"service\">Service</th>")
      page.markup("<th scope=\"col\" class=\"wide\" data-key=\"risk\">Risk</th>")
      page.markup("<th scope=\"col\" class=\"amount\" data-key=\"saved\" aria-sort=\"descending\">Savings a month</th></tr></thead>\n")
      for (index, recommendation) in report.recommendations.enumerated() { row(recommendation, number: index + 1, &page) }
      page.markup("</table>\n<p id=\"none\" hidden>No recommendation matches the filter.</p>\n")
    }
    unchanged(report, &page)
    page.markup("</section>\n")
  }

  /// Shown by the script: without it they would do nothing.
  private static func tools(_ report: CostReport, _ page: inout HTMLPage) {
    page.markup("<form class=\"tools\" id=\"tools\" role=\"search\" aria-label=\"Filter of the recommendations\" hidden>\n")
    page.markup(
      "<label>Filter <input id=\"filter\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\" placeholder=\"name, action, ARN\"></label>\n"
    )
    page.markup("<label>Service <select id=\"service\"><option value=\"\">all</option>")
    for service in ResourceReference.Service.allCases where report.recommendations.contains(where: { $0.service == service }) {
      page.element("<option>", service.rawValue, "</option>")
    }
    page.markup("</select></label>\n<label>Risk <select id=\"risk\"><option value=\"\">all</option>")
    for risk in Finding.Risk.allCases where report.recommendations.contains(where: { $0.finding.risk == risk }) {
      page.element("<option>", risk.rawValue, "</option>")
    }
    page.markup("</select></label>\n<button type=\"button\" id=\"expand\" aria-pressed=\"false\">Expand all</button>\n")
    page.markup("<p id=\"status\" role=\"status\"></p>\n</form>\n")
  }

  private static func row(_ recommendation: Recommendation, number: Int, _ page: inout HTMLPage) {
    let finding = recommendation.finding
    page.markup("<tbody id=\"r")
    page.number(number)
    page.element("\" data-service=\"", recommendation.service?.rawValue ?? "", "\" data-risk=\"")
    page.text(finding.risk.rawValue)
    page.markup("\" data-saved=\"")
    if let saved = recommendation.impact.savedCents { page.number(saved) }
    page.markup("\">\n<tr><th scope=\"row\"><span class=\"title\">")
    page.name(finding.title)
    page.markup("</span><span class=\"narrow\">")
    page.text(recommendation.service?.rawValue ?? "")
    page.markup(" ")
    chip(finding.risk, "\(finding.risk.rawValue) risk", &page)
    page.element("</span></th><td class=\"wide\">", recommendation.service?.rawValue ?? "", "</td><td class=\"wide\">")
    chip(finding.risk, finding.risk.rawValue, &page)
    page.markup("</td><td class=\"amount\">")
    amount(recommendation.impact, &page)
    page.markup(
      "</td></tr>\n<tr class=\"more\"><td colspan=\"4\"><details><summary>Action, evidence and steps<span class=\"hidden\"> of recommendation "
    )
    page.number(number)
    page.markup("</span></summary>\n")
    details(recommendation, &page)
    page.markup("</details></td></tr>\n</tbody>\n")
  }

  private static func amount(_ impact: Recommendation.Impact, _ page: inout HTMLPage) {
    guard let saved = impact.savedCents else { return page.markup("<span class=\"unknown\">not known</span>") }
    guard saved != 0 else { return page.markup("<span class=\"unknown\">no change</span>") }
    if saved < 0 { page.markup("<span class=\"costs\">") }
    // The unit stays with the end of the number.
    page.element("", Money.grouped(cents: saved), "&nbsp;USD")
    if saved < 0 { page.markup("</span>") }
  }

  private static func details(_ recommendation: Recommendation, _ page: inout HTMLPage) {
    let finding = recommendation.finding
    let impact = recommendation.impact
    page.markup("<dl class=\"detail\">\n")
    entry("Action", finding.action, &page)
    page.markup("<dt>Impact</dt><dd>")
    if impact.savedCents == nil {
      page.text("Not known: \(ReportPhrases.unknownImpact).")
    } else {
      page.text("\(Money.text(impact.monthlyBefore)) \u{2192} \(Money.text(impact.monthlyAfter)) a month: \(ReportPhrases.impact(impact))")
    }
    page.element("<br><span class=\"formula\" dir=\"auto\">", impact.method, "</span><br><span class=\"source\" dir=\"auto\">")
    page.element("Prices: ", impact.priceSource, "</span></dd>\n<dt>Risk</dt><dd dir=\"auto\">")
    chip(finding.risk, finding.risk.rawValue, &page)
    page.markup(" ")
    page.text(finding.riskNote)
    page.markup("</dd>\n<dt>Resources</dt><dd><ul class=\"resources\">")
    for resource in finding.resources { self.resource(resource, &page) }
    page.markup("</ul></dd>\n<dt>Evidence</dt><dd>")
    figures(finding.evidence, &page)
    page.markup("</dd>\n<dt>Steps</dt><dd><ol>")
    for step in finding.steps { page.element("<li dir=\"auto\">", step, "</li>") }
    page.markup("</ol></dd>\n")
    entry("Validation", finding.validation, &page)
    if let remark = recommendation.remark {
      page.element("<dt>Remark</dt><dd dir=\"auto\">", remark, " <span class=\"source\">(by the model)</span></dd>\n")
    }
    entry("Rule", finding.rule, &page)
    page.markup("</dl>\n")
  }

  private static func entry(_ label: StaticString, _ text: String, _ page: inout HTMLPage) {
    page.markup("<dt>")
    page.markup(label)
    page.element("</dt><dd dir=\"auto\">", text, "</dd>\n")
  }

  static func resource(_ resource: ResourceReference, _ page: inout HTMLPage) {
    page.markup("<li>")
    page.name(resource.name)
    page.markup(" <code>")
    page.name(resource.arn)
    page.markup("</code></li>")
  }

  /// Figures with their windows and sources.
  static func figures(_ figures: [Finding.Evidence], _ page: inout HTMLPage) {
    guard !figures.isEmpty else { return page.markup("no figure") }
    page.markup(
      "<table class=\"figures\"><thead class=\"hidden\"><tr><th scope=\"col\">Figure</th><th scope=\"col\">Value</th><th scope=\"col\">Window and source</th></tr></thead><tbody>"
    )
    for figure in figures {
      page.markup("<tr><th scope=\"row\">")
      page.name(figure.label)
      page.markup("</th><td class=\"value\">")
      page.name(figure.value)
      page.element("</td><td class=\"source\">", ReportPhrases.window(days: figure.windowDays), ", ")
      page.name(figure.source)
      page.markup("</td></tr>")
    }
    page.markup("</tbody></table>")
  }

  // MARK: No actionable change

  private static func unchanged(_ report: CostReport, _ page: inout HTMLPage) {
    page.markup("<h3>No actionable change</h3>\n<dl class=\"unchanged\">\n")
    for service in ResourceReference.Service.allCases {
      let reasons = ReportPhrases.unchanged(service, report)
      let hasFindings = report.recommendations.contains { $0.service == service }
      guard !reasons.isEmpty || !hasFindings else { continue }
      page.element("<dt>", service.rawValue, " <span class=\"source\">")
      page.text(ReportPhrases.resources(service, report))
      page.markup("</span></dt><dd>")
      if reasons.isEmpty { page.text(ReportPhrases.reasonWithoutFindings(service, report)) } else { page.markup("<ul>") }
      for (reason, resources) in reasons {
        page.element("<li><span dir=\"auto\">", reason, "</span> <span class=\"names\">")
        for (index, resource) in resources.enumerated() {
          if index > 0 { page.markup(", ") }
          page.name(resource.name)
        }
        page.markup("</span></li>")
      }
      page.markup(reasons.isEmpty ? "</dd>\n" : "</ul></dd>\n")
    }
    page.markup("</dl>\n")
  }
}
