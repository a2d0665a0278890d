internal import AgentKit

/// `report.html`: the report as one static file that asks nothing of any network, and needs no script to be read.
///
/// Its content security policy allows the one style and the one script that are in it, by their hashes, and nothing else.
public enum HTMLReport {
  /// The page; the same report gives the same bytes.
  public static func render(_ report: CostReport) -> String {
    var page = HTMLPage()
    let summary = ReportSummary(report)
    head(report, &page)
    page.markup("<body>\n<a class=\"skip\" href=\"#recommendations\">Skip to the recommendations</a>\n")
    header(report, &page)
    page.markup("<main>\n")
    executiveSummary(report, summary, &page)
    charts(report, summary, &page)
    recommendations(report, &page)
    gaps(report, &page)
    evidence(report, &page)
    nextReview(report, &page)
    page.markup("</main>\n<footer><p>Written by Arbiter's cost optimizer. ")
    page.text(ReportPhrases.method)
    page.markup("</p></footer>\n<script>")
    page.markup(HTMLScript.text)
    page.markup("</script>\n</body>\n</html>\n")
    return page.content
  }

  private static func head(_ report: CostReport, _ page: inout HTMLPage) {
    page.markup(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"")
    page.markup(
      "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; style-src 'sha256-")
    page.markup(HTMLStyle.hash)
    page.markup("'; script-src 'sha256-")
    page.markup(HTMLScript.hash)
    page.markup("'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
    page.markup(
      "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>Cost Optimization Report, account "
    )
    page.text(report.accountID)
    page.markup(", ")
    page.text(ReportPhrases.date(report.createdAtMilliseconds))
    // An icon of its own: without one, browsers ask the server for one.
    page.markup(
      "</title>\n<link rel=\"icon\" href=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath ")
    page.markup("fill='%230b6b57' d='M2 9h3v5H2zM7 6h3v8H7zM12 2h3v12h-3z'/%3E%3C/svg%3E\">\n<style>")
    page.markup(HTMLStyle.text)
    page.markup("</style>\n</head>\n")
  }

  private static func header(_ report: CostReport, _ page: inout HTMLPage) {
    page.markup("<header>\n<h1>Cost Optimization Report</h1>\n<dl class=\"facts\">\n")
    fact("Account", report.accountID, &page)
    fact("Region", report.region, &page)
    fact("Created", ReportPhrases.time(report.createdAtMilliseconds), &page)
    fact("Window", ReportPhrases.window(report.window), &page)
    fact("Session", report.sessionID, &page)
    page.markup(
      "</dl>\n<nav aria-label=\"Sections\"><ul><li><a href=\"#summary\">Summary</a></li><li><a href=\"#recommendations\">Recommendations</a></li>"
    )
    page.markup(
      "<li><a href=\"#gaps\">Gaps</a></li><li><a href=\"#evidence\">Evidence</a></li><li><a href=\"#next\">Next review</a></li></ul></nav>\n</header>\n"
    )
  }

  private static func fact(_ label: StaticString, _ value: String, _ page: inout HTMLPage) {
    page.markup("<div><dt>")
    page.markup(label)
    page.markup("</dt><dd>")
    page.name(value)
    page.markup("</dd></div>\n")
  }

  // MARK: Executive Summary

  private static func executiveSummary(_ report: CostReport, _ summary: ReportSummary, _ page: inout HTMLPage) {
    page.markup(
      "<section id=\"summary\" aria-labelledby=\"summary-title\">\n<h2 id=\"summary-title\">Executive Summary</h2>\n<div class=\"cards\">\n"
    )
    let saved = summary.savedMonthlyCents
    page.markup("<div class=\"card main\"><p class=\"label\">")
    page.markup(saved < 0 ? "More to pay a month" : "Possible savings a month")
    page.element("</p><p class=\"figure\">", Money.text(cents: Int64(clamping: saved.magnitude)), "</p>")
    page.element("<p class=\"note\">", Money.text(cents: Int64(clamping: summary.savedYearlyCents.magnitude)), " a year</p></div>\n")
    page.element(
      "<div class=\"card risks\"><p class=\"label\">Recommendations</p><p class=\"figure\">", Money.count(report.recommendations.count),
      "</p>")
    page.markup("<p class=\"note\">")
    for risk in Finding.Risk.allCases where summary.count(risk) > 0 {
      chip(risk, "\(Money.count(summary.count(risk))) \(risk.rawValue)", &page)
      page.markup(" ")
    }
    page.markup(report.recommendations.isEmpty ? "nothing to change" : "<span class=\"hidden\">risk</span>")
    page.markup("</p></div>\n")
    page.element(
      "<div class=\"card\"><p class=\"label\">Resources looked at</p><p class=\"figure\">", Money.count(summary.resourceCount), "</p>")
    let found = summary.services.count { $0.resourceCount > 0 }
    page.element("<p class=\"note\">in ", ReportPhrases.count(found, "service"), "</p></div>\n")
    page.element("<div class=\"card\"><p class=\"label\">Gaps</p><p class=\"figure\">", Money.count(report.gaps.count), "</p>")
    page.markup(
      report.gaps.isEmpty
        ? "<p class=\"note\">nothing was missing</p>" : "<p class=\"note\"><a href=\"#gaps\">what could not be seen</a></p>")
    page.markup("</div>\n</div>\n")
    if let words = report.words {
      page.markup("<div class=\"prose split\">\n<div>\n")
      page.paragraphs(words.executiveSummary)
      page.markup("<p class=\"origin\">Written by the model ")
      page.name(words.modelID)
      page.markup(". All figures are computed, not written by it.</p>\n</div>\n<div>\n")
    } else {
      page.markup("<div class=\"prose\">\n<div>\n")
    }
    for paragraph in ReportPhrases.summaryBesideCards(report) { page.paragraphs(paragraph) }
    page.markup("</div>\n")
    page.markup("</div>\n</section>\n")
  }

  /// A risk in its colour.
  static func chip(_ risk: Finding.Risk, _ text: String, _ page: inout HTMLPage) {
    switch risk {
    case .low: page.markup("<span class=\"chip low\">")
    case .medium: page.markup("<span class=\"chip medium\">")
    case .high: page.markup("<span class=\"chip high\">")
    }
    page.text(text)
    page.markup("</span>")
  }
}
