import Testing

@testable import CostOptimizer

struct TextReportTests {
  /// The sections of the report, in the order that readers know.
  static let sections = [
    "Executive Summary", "Findings & Recommendations by Service", "Gaps & Limitations", "Evidence Appendix",
    "Next Review Window and Monitoring Suggestions",
  ]

  private func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test(arguments: SampleReport.allCases) func theFiveSectionsAreInOrder(_ sample: SampleReport) {
    let lines = lines(TextReport.render(sample.report))
    #expect(lines.first == "Cost Optimization Report")
    let places = Self.sections.map { section in
      lines.indices.filter { lines[$0] == section && lines[$0 + 1] == String(repeating: "=", count: section.count) }
    }
    #expect(places.allSatisfy { $0.count == 1 })
    #expect(places.flatMap(\.self) == places.flatMap(\.self).sorted())
  }

  @Test func everyRecommendationIsWhole() throws {
    let text = TextReport.render(SampleReport.shop)
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for (index, recommendation) in SampleReport.shop.recommendations.enumerated() {
      let finding = recommendation.finding
      #expect(words.contains("[\(index + 1)] \(finding.title)"))
      for part in [finding.action, recommendation.impact.method, recommendation.impact.priceSource, finding.riskNote, finding.validation] {
        #expect(words.contains(part), "\(finding.title): \(part)")
      }
      for resource in finding.resources {
        #expect(words.contains(resource.name))
        #expect(words.contains(resource.arn))
      }
      for (number, step) in finding.steps.enumerated() { #expect(words.contains("\(number + 1). \(step)")) }
      for figure in finding.evidence { #expect(words.contains(figure.value), "\(finding.title): \(figure)") }
    }
  }

  @Test func sumsAreDollarsWithCents() {
    let text = TextReport.render(SampleReport.shop)
    #expect(text.contains("save 304.91 USD a month, 3,658.92 USD a year"))
    #expect(text.contains("saves 107.64 USD a month (before 140.40 USD, after 32.76 USD)"))
    #expect(text.contains("costs 1.50 USD more a month (before 10.10 USD, after 11.60 USD)"))
    #expect(text.contains("Impact      not known: no sum includes it"))
    #expect(text.contains("no change of the monthly bill (before 0.00 USD, after 0.00 USD)"))
  }

  @Test func aServiceWithoutFindingsSaysWhy() {
    let text = TextReport.render(SampleReport.nothing)
    #expect(text.contains("Lambda: 0 resources\n-------------------\n\nNo actionable change: no resources of this service were found."))
    #expect(text.contains("DynamoDB: not read\n------------------\n\nNo actionable change: the service could not be read: see"))
    #expect(TextReport.render(SampleReport.shop).contains("- 210 executions in 30 days: its cost is below a cent (1 resource: refund)"))
  }

  @Test func aServiceWhoseResourcesNoRuleAppliesToSaysSo() {
    var report = SampleReport.nothing
    report.resourceCounts = [.lambda: 3]
    report.gaps = []
    #expect(TextReport.render(report).contains("No actionable change: no rule applied to its 3 resources in these windows."))
    report.gaps = [Gap(.missingData, subject: "Lambda", message: "no metrics")]
    #expect(
      TextReport.render(report).contains("No actionable change: data for its 3 resources is missing in part: see Gaps & Limitations."))
  }

  @Test func theSummaryIsWrittenFromTheFactsWithoutAModel() {
    var report = SampleReport.shop
    report.words = nil
    let text = TextReport.render(report)
    #expect(text.contains("Executive Summary\n=================\n\nThe analysis looked at 51 resources of account 111122223333"))
    #expect(!text.contains("by the model eu."))
    #expect(text.contains("By risk: 7 of low risk, 4 of medium risk, 1 of high risk."))
    #expect(text.contains("Next review: 2026-12-20"))
  }

  @Test func theSummaryTellsWhatDoesNotSave() {
    func summary(_ places: [Int]) -> String {
      var report = SampleReport.shop
      report.recommendations = places.map { SampleReport.shop.recommendations[$0] }
      return TextReport.render(report).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    let whole = TextReport.render(SampleReport.shop).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(
      whole.contains(
        "By effect: 8 save money, 1 does not change the bill, 1 costs more and 2 have an effect on the bill that is not known; no sum "
          + "includes those. 5 gaps"))
    #expect(summary([0]).contains("Its one recommendation saves 107.64 USD a month, 1,291.68 USD a year; the resources concerned"))
    #expect(!summary([0, 1]).contains("By effect"))
    #expect(summary([9]).contains("Its one recommendation costs 1.50 USD more a month, 18.00 USD a year;"))
    #expect(summary([8]).contains("Its one recommendation has no known effect on the monthly bill."))
    #expect(
      summary([0, 11]).contains("By effect: 1 saves money and 1 has an effect on the bill that is not known; no sum includes that one."))
    // The table of the largest savings tells them; a sentence need not.
    #expect(!whole.contains("The largest saving:"))
  }

  @Test func gapsNameTheirConsequence() {
    let text = TextReport.render(SampleReport.shop)
    #expect(text.contains("Permissions:\n  - Lambda: AccessDeniedException for lambda:ListProvisionedConcurrencyConfigs"))
    #expect(text.contains("(3 times)\n    -> no advice on the memory of this function"))
    var report = SampleReport.shop
    report.gaps = []
    #expect(TextReport.render(report).contains("None: every call was answered, and no rule lacked its data."))
  }

  @Test func noLineIsWiderThanItMayBeOrMovesACursor() {
    var reports = SampleReport.allCases.map(\.report)
    for seed in 0..<100 as Range<UInt64> {
      var random = RandomReport(seed: seed)
      reports.append(random.report())
    }
    for report in reports {
      for (text, width) in [100, 90, 80].flatMap({ width in
        [(TextReport.render(report, width: width), width), (EvidenceReport.render(report, width: width), width)]
      }) {
        for line in lines(text) {
          #expect(line.count <= width, "\(line)")
          #expect(line.last != " ", "\(line)")
        }
        let dangerous = text.unicodeScalars.first { scalar in
          (scalar.value < 0x20 && scalar != "\n") || (0x7F...0x9F).contains(scalar.value) || (0x202A...0x202E).contains(scalar.value)
        }
        #expect(dangerous == nil)
      }
    }
  }

  @Test func wideCharactersTakeTwoColumns() {
    var report = SampleReport.nothing
    report.words = CostReport.Words(executiveSummary: String(repeating: "節約 ", count: 60), nextReview: nil, modelID: "m")
    let line = lines(TextReport.render(report)).first { $0.contains("節約") }
    // 20 words of 4 columns with a space between them are 99 columns.
    #expect(line?.count == 20 * 3 - 1)
  }

  @Test func evidenceNamesEveryResourceWithItsARN() {
    let text = EvidenceReport.render(SampleReport.shop)
    let known =
      SampleReport.shop.recommendations.flatMap(\.finding.resources) + SampleReport.shop.unchanged.map(\.resource)
      + SampleReport.shop.evidence.map(\.resource)
    for resource in known { #expect(text.contains("\n\(resource.name)\n  \(resource.arn)\n"), "\(resource)") }
    #expect(text.contains("Discovery                     COMPLETED   6.2 s         51"))
    #expect(text.contains("50.4167675 USD a month"))
    #expect(text.contains("22 more resources were counted without any figure."))
    #expect(text.contains("[4] Reduce the memory of orders-api from 1024 MB to 512 MB"))
  }

  @Test func aLineThatIsShownKeepsItsLayoutAndCommandsNothing() {
    #expect(PrintableText.shown("a  b\tc") == "a  b c")
    #expect(PrintableText.shown("\u{1B}]0;x\u{7}\u{9B}2J\u{85}\u{202E}") == "<U+001B>]0;x<U+0007><U+009B>2J <U+202E>")
  }
}
