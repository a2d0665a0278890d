import Foundation

@testable import CostOptimizer

/// What an analysis finds in the golden account, whoever reads it.
struct GoldenAnalysis {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()

  var inventory: Inventory
  var usage: Usage
  var decisions: Decisions
  var recommendations: [Recommendation]
  var unchanged: [CostReport.Unchanged]
  /// Of everything but discovery and usage, which have their own.
  var otherGaps: [Gap]

  var gaps: [Gap] { inventory.gaps + usage.gaps + otherGaps }

  init(of account: any AccountReader) async {
    let clock = FixedClock.morning
    let now = clock.nowMilliseconds
    let day: Int64 = 86_400_000
    inventory = await Discovery(reader: account, clock: clock).run()
    usage = await UsageCollector(reader: account, clock: clock, pause: { _ in }).collect(
      inventory, window: Usage.Window(fromMilliseconds: now - 30 * day, toMilliseconds: now),
      recentWindow: Usage.Window(fromMilliseconds: now - 7 * day, toMilliseconds: now))
    let (prices, priceGaps) = await PriceList.load(reader: account, region: account.region, clock: clock)
    decisions = DecisionRules().decide(inventory, usage)
    let estimate = CostEstimator(prices: prices).recommendations(for: decisions.findings, inventory: inventory, usage: usage)
    recommendations = estimate.recommendations
    unchanged = decisions.unchanged + estimate.unchanged
    otherGaps = priceGaps + decisions.gaps + estimate.gaps
  }

  /// The account as it is recorded, and what was asked of it.
  static func recorded() async throws -> (analysis: GoldenAnalysis, account: RecordedAccount) {
    let account = try RecordedAccount(folder: folder.appending(path: "account"))
    return (await GoldenAnalysis(of: account), account)
  }
}
