import AgentKit
import JSON
import Testing

@testable import CostOptimizer

struct ReportSummaryTests {
  private func report(_ impacts: [(String, String?, String?)]) -> CostReport {
    var report = SampleReport.nothing
    report.recommendations = impacts.map { name, before, after in
      var recommendation = SampleReport.shop.recommendations[3]
      recommendation.finding.resources = [SampleReport.function(name)]
      recommendation.impact = SampleReport.impact(before, after, "")
      return recommendation
    }
    return report
  }

  @Test func recommendationsThatFollowEachOtherCountTheirCostOnce() {
    let summary = ReportSummary(report([("a", "10", "6"), ("a", "6", "5"), ("b", "2", "1")]))
    #expect(summary.costBeforeCents == 1200)
    #expect(summary.costAfterCents == 600)
    #expect(summary.savedMonthlyCents == 600)
  }

  @Test func theOrderOfTheReportDoesNotMatter() {
    #expect(ReportSummary(report([("a", "6", "1"), ("a", "10", "6")])).costBeforeCents == 1000)
  }

  @Test func partsOfABillThatDoNotFollowEachOtherAreAdded() {
    #expect(ReportSummary(report([("a", "10", "6"), ("a", "3", "1")])).costBeforeCents == 1300)
  }

  @Test func unknownImpactCountsNothing() {
    let summary = ReportSummary(report([("a", nil, "6"), ("b", "3", nil), ("c", "3", "2")]))
    #expect(summary.unknownImpactCount == 2)
    #expect(summary.costBeforeCents == 300)
    #expect(summary.savedYearlyCents == 1200)
  }

  @Test func sumsBeyondSixtyFourBitsStayAtTheEnd() {
    let huge = "92233720368547758.07"
    let summary = ReportSummary(report([("a", huge, "0"), ("b", huge, "0")]))
    #expect(summary.savedMonthlyCents == .max)
    #expect(summary.savedYearlyCents == .max)
  }

  @Test(
    arguments: [
      (0, "0.00 USD"), (5, "0.05 USD"), (-5, "-0.05 USD"), (99, "0.99 USD"), (100_000, "1,000.00 USD"), (-123_456_789, "-1,234,567.89 USD"),
      (Int64.max, "92,233,720,368,547,758.07 USD"), (Int64.min, "-92,233,720,368,547,758.08 USD"),
    ] as [(Int64, String)])
  func centsAreWrittenInFull(_ cents: Int64, _ text: String) { #expect(Money.text(cents: cents) == text) }

  @Test func halfACentGoesToTheEvenOne() {
    #expect(Money.cents(ExactDecimal("0.005")) == 0)
    #expect(Money.cents(ExactDecimal("0.015")) == 2)
    #expect(Money.cents(ExactDecimal("-0.015")) == -2)
    #expect(Money.cents(ExactDecimal("1e300")) == nil)
    #expect(Money.text(ExactDecimal("1e20")) == "100000000000000000000 USD")
  }
}
