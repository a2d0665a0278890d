import AgentKit
import JSON
import Testing

@testable import CostOptimizer

struct ReportDifferenceTests {
  /// The same account a month later.
  static let later: CostReport = {
    var report = SampleReport.shop
    report.sessionID = "later"
    report.createdAtMilliseconds += 30 * 86_400_000
    report.resourceCounts[.lambda] = 23
    // The largest was done.
    report.recommendations.removeFirst()
    // checkout's utilization fell, and with it the saving grew.
    report.recommendations[0].finding.evidence[0].value = "4.0%"
    report.recommendations[0].impact.monthlyAfter = ExactDecimal("10.8000864")
    report.recommendations.append(
      Recommendation(
        finding: Finding(
          rule: "lambda-arm64", resources: [SampleReport.function("login")], title: "Move login to arm64", evidence: [],
          action: "Change it.",
          change: .architecture(from: .x86, to: .arm), risk: .low, riskNote: "", steps: [], validation: ""),
        impact: SampleReport.impact("2", "1.6", "x 0.8")))
    report.gaps.removeFirst()
    report.gaps.append(Gap(.model, subject: "Model", message: "refused"))
    return report
  }()

  private let difference = ReportDifference(from: SampleReport.shop, to: later)

  @Test func findsWhatIsNewGoneAndChanged() throws {
    #expect(!difference.isEmpty)
    #expect(difference.added.map(\.finding.title) == ["Move login to arm64"])
    #expect(difference.removed.map(\.finding.title) == ["Reduce the provisioned capacity of table sessions"])
    let change = try #require(difference.changed.first)
    #expect(difference.changed.count == 1)
    #expect(change.savedCentsDifference == 1080)
    #expect(
      change.figures.map { "\($0.label): \($0.from ?? "-") -> \($0.to ?? "-")" } == [
        "Saved a month: 86.40 USD -> 97.20 USD", "Cost after: 21.60 USD -> 10.80 USD",
        "Provisioned concurrency utilization, median (7 days): 11.3% -> 4.0%",
      ])
    #expect(difference.newGaps.map(\.message) == ["refused"])
    #expect(difference.goneGaps.map(\.kind) == [.permission])
    #expect(difference.resourceCounts == [.init(service: .lambda, from: 24, to: 23)])
    #expect(difference.savedCentsDifference == -10764 + 1080 + 40)
  }

  @Test func goesBackwardsToo() {
    let back = ReportDifference(from: Self.later, to: SampleReport.shop)
    #expect(back.added == difference.removed)
    #expect(back.removed == difference.added)
    #expect(back.savedCentsDifference == -difference.savedCentsDifference)
    #expect(back.newGaps == difference.goneGaps)
  }

  @Test func anotherSessionOrTimeIsNoDifference() {
    var other = SampleReport.shop
    other.sessionID = "other"
    other.createdAtMilliseconds += 1
    other.words = nil
    other.phases = []
    #expect(ReportDifference(from: SampleReport.shop, to: other).isEmpty)
  }

  @Test func aReportIsNoDifferentFromItself() {
    for seed in 0..<200 as Range<UInt64> {
      var random = RandomReport(seed: seed)
      let report = random.report()
      #expect(ReportDifference(from: report, to: report).isEmpty, "seed \(seed)")
    }
  }

  @Test func anOrderThatChangedIsNoDifference() {
    var report = SampleReport.shop
    report.recommendations.reverse()
    report.gaps.reverse()
    #expect(ReportDifference(from: SampleReport.shop, to: report).isEmpty)
  }

  @Test func partsOfOneResourceAreToldApart() {
    func report(_ qualifiers: [String]) -> CostReport {
      var report = SampleReport.nothing
      report.recommendations = qualifiers.map { qualifier in
        var recommendation = SampleReport.shop.recommendations[1]
        recommendation.finding.change = .provisionedConcurrency(qualifier: qualifier, from: 10, to: 2)
        recommendation.finding.title = qualifier
        return recommendation
      }
      return report
    }
    let difference = ReportDifference(from: report(["live", "beta"]), to: report(["beta"]))
    #expect(difference.removed.map(\.finding.title) == ["live"])
    #expect(difference.changed == [])
    #expect(difference.added == [])
  }

  @Test func impactThatBecameKnownIsAChange() throws {
    var later = SampleReport.shop
    later.recommendations[11].impact = SampleReport.impact("1", "0", "")
    let change = try #require(ReportDifference(from: SampleReport.shop, to: later).changed.first)
    #expect(change.savedCentsDifference == nil)
    #expect(change.figures.first == .init(label: "Saved a month", from: "not known", to: "1.00 USD"))
  }

  @Test func writesJSON() throws {
    let value = try JSONValue(parsing: difference.json)
    #expect(value["isDifferent"] == true)
    #expect(value["savedCentsDifference"] == .number(-10764 + 1080 + 40))
    #expect(value["from"]?["sessionId"] == .string(SampleReport.shop.sessionID))
    #expect(value["changed"]?[0]?["savedCentsDifference"] == 1080)
    #expect(value["changed"]?[0]?["figures"]?[2]?["to"] == "4.0%")
    #expect(value["resources"] == [["service": "Lambda", "from": 24, "to": 23]])
    #expect(value["newGaps"]?[0]?["message"] == "refused")
  }
}
