internal import AgentKit

/// Gaps, evidence and the next review.
extension HTMLReport {
  static func gaps(_ report: CostReport, _ page: inout HTMLPage) {
    page.markup("<section id=\"gaps\" aria-labelledby=\"gaps-title\">\n<h2 id=\"gaps-title\">Gaps &amp; Limitations</h2>\n")
    if report.gaps.isEmpty { page.markup("<p>None: every call was answered, and no rule lacked its data.</p>\n") }
    for kind in Gap.Kind.allCases {
      let gaps = report.gaps.filter { $0.kind == kind }
      guard !gaps.isEmpty else { continue }
      page.element("<h3>", ReportPhrases.title(kind), "</h3>\n<ul class=\"gaps\">\n")
      for gap in gaps {
        page.markup("<li><strong>")
        page.name(gap.subject)
        page.element(":</strong> <span dir=\"auto\">", gap.message, "</span>")
        if gap.count != 1 { page.element(" <span class=\"times\">", ReportPhrases.count(gap.count, "time"), "</span>") }
        if let consequence = gap.consequence { page.element("<span class=\"consequence\" dir=\"auto\">", consequence, "</span>") }
        page.markup("</li>\n")
      }
      page.markup("</ul>\n")
    }
    page.markup("</section>\n")
  }

  static func evidence(_ report: CostReport, _ page: inout HTMLPage) {
    page.markup(
      "<section id=\"evidence\" aria-labelledby=\"evidence-title\">\n<h2 id=\"evidence-title\">Evidence Appendix</h2>\n<dl class=\"facts\">\n"
    )
    for (label, value) in [
      ("Window", ReportPhrases.window(report.window)), ("Recent", ReportPhrases.window(report.recentWindow)),
      ("Prices", report.priceSource),
    ] {
      page.element("<div><dt>", label, "</dt><dd>")
      page.name(value)
      page.markup("</dd></div>\n")
    }
    page.markup("</dl>\n<h3>Resources that were discovered</h3>\n<table class=\"counts\"><thead><tr><th scope=\"col\">Service</th>")
    page.markup("<th scope=\"col\" class=\"amount\">Resources</th></tr></thead><tbody>\n")
    for service in ResourceReference.Service.allCases {
      page.element("<tr><th scope=\"row\">", service.rawValue, "</th><td class=\"amount\">")
      page.element("", ReportPhrases.discovered(service, report), "</td></tr>\n")
    }
    page.markup("</tbody></table>\n")
    phases(report.phases, &page)
    if !report.evidence.isEmpty {
      page.element(
        "<details><summary>Figures of ", ReportPhrases.count(report.evidence.count, "resource"), "</summary>\n<ul class=\"evidence\">\n")
      for entry in report.evidence {
        page.markup("<li>")
        page.name(entry.resource.name)
        page.markup(" <code>")
        page.name(entry.resource.arn)
        page.markup("</code>")
        figures(entry.figures, &page)
        page.markup("</li>\n")
      }
      page.markup("</ul></details>\n")
    }
    page.markup("</section>\n")
  }

  static func nextReview(_ report: CostReport, _ page: inout HTMLPage) {
    page.markup(
      "<section id=\"next\" aria-labelledby=\"next-title\">\n<h2 id=\"next-title\">Next Review Window and Monitoring Suggestions</h2>\n")
    page.markup("<div class=\"prose\">\n")
    page.paragraphs(MonitoringSuggestions.nextReview(report))
    if let words = report.words?.nextReview { page.paragraphs(words) }
    page.markup("</div>\n<ul class=\"monitoring\">\n")
    for line in MonitoringSuggestions.lines(report) { page.element("<li>", line, "</li>\n") }
    page.markup("</ul>\n</section>\n")
  }
}
