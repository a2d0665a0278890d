/// What an analysis has found so far.
public struct AnalysisFacts: Sendable {
  public var inventory: Inventory?
  public var usage: Usage?
  public var findings: [Finding] = []
  public var unchanged: [CostReport.Unchanged] = []
  public var recommendations: [Recommendation] = []
  public var priceSource = AnalysisFacts.noPrices
  /// Of the analysis' own doing: phases that failed, the model, what was left out. Those of inventory and usage stand there.
  public var gaps: [Gap] = []

  static let noPrices = "no prices were read"

  public init() {}

  /// The sum of all gaps; those that are the same are counted together. A service that was not read, for whatever reason, has at least one.
  func allGaps(journal: [Gap]) -> [Gap] {
    var sum: [Gap] = []
    var places: [Gap: Int] = [:]
    for gap in (inventory?.gaps ?? []) + (usage?.gaps ?? []) + gaps + journal {
      var key = gap
      key.count = 0
      if let place = places[key] {
        sum[place].count += gap.count
      } else {
        places[key] = sum.count
        sum.append(gap)
      }
    }
    let counts = inventory?.resourceCounts ?? [:]
    let named = Set(sum.map(\.subject))
    for service in ResourceReference.Service.allCases where counts[service] == nil && !named.contains(service.rawValue) {
      sum.append(
        Gap(
          .missingData, subject: service.rawValue, message: "The resources of this service were not read.",
          consequence: "Whether it has any is not known."))
    }
    return sum
  }
}
