import AgentKit

/// Says what each finding is worth in a month of 30 days, at list prices and without a free tier.
///
/// Changes of the same resource are applied one after the other, so that no amount is saved twice: removal, memory, architecture, ephemeral storage,
/// provisioned concurrency; a table's capacity, then its billing mode. Each is measured from the state that the ones before have left.
public struct CostEstimator: Sendable {
  public var prices: PriceList

  public init(prices: PriceList) { self.prices = prices }

  /// The largest savings first; equal ones by the finding's id. What has no amount counts as saving nothing.
  /// - Returns: also the resources whose advice would save less than half a cent, which is no advice unless it has another reason than the bill, and
  ///   gaps that say which amounts are not known, and why.
  public func recommendations(
    for findings: [Finding], inventory: Inventory, usage: Usage
  ) -> (recommendations: [Recommendation], unchanged: [CostReport.Unchanged], gaps: [Gap]) {
    var account = AccountCost(prices, inventory, usage)
    var unknown = UnknownAmounts()
    let sequence = findings.enumerated().sorted {
      ($0.element.change.position, $0.offset) < ($1.element.change.position, $1.offset)
    }
    var recommendations: [Recommendation] = []
    var worthless: [Finding] = []
    for (_, finding) in sequence {
      do throws(EstimateFailure) {
        let impact = try account.apply(finding)
        if let saved = impact.savedCents, saved <= 0, RuleID(rawValue: finding.rule)?.isForSavingsOnly == true {
          account.revert()
          worthless.append(finding)
        } else {
          recommendations.append(Recommendation(finding: finding, impact: impact))
        }
      } catch {
        unknown.add(finding, error.reason)
        let impact = Recommendation.Impact(
          monthlyBefore: nil, monthlyAfter: nil, method: "The amount is not known: \(error.reason).", priceSource: prices.source)
        recommendations.append(Recommendation(finding: finding, impact: impact))
      }
    }
    recommendations.sort {
      let (left, right) = ($0.impact.savedCents ?? 0, $1.impact.savedCents ?? 0)
      return left == right ? $0.finding.id < $1.finding.id : left > right
    }
    return (recommendations, Self.unchanged(worthless, recommendations), unknown.gaps)
  }

  /// The resources that have no other advice than what saves nothing, in the order of that advice.
  private static func unchanged(_ worthless: [Finding], _ recommendations: [Recommendation]) -> [CostReport.Unchanged] {
    let advised = Set(recommendations.flatMap { $0.finding.resources.map(\.arn) })
    var order: [ResourceReference] = []
    var actions: [ResourceReference: [String]] = [:]
    for finding in worthless {
      // The last resource is the one of the inventory; a stage or an alias of it may come before.
      guard let resource = finding.resources.last, !advised.contains(resource.arn) else { continue }
      if actions[resource] == nil { order.append(resource) }
      actions[resource, default: []].append(finding.action)
    }
    return order.map {
      CostReport.Unchanged(resource: $0, reason: "At its use, this would save nothing: \((actions[$0] ?? []).joined(separator: " "))")
    }
  }
}

extension Finding.Change {
  /// The place in the sequence in which changes of the same resource are applied.
  var position: Int {
    switch self {
    case .removeFunction: 0
    case .memory: 1
    case .architecture: 2
    case .ephemeralStorage: 3
    case .provisionedConcurrency: 4
    case .tableCapacity: 5
    case .tableBillingMode: 6
    case .removeCache: 7
    case .storageClass: 8
    case .advice: 9
    }
  }
}

/// Folds amounts that are not known for the same reason into one gap.
private struct UnknownAmounts {
  private var order: [String] = []
  private var names: [String: [String]] = [:]

  mutating func add(_ finding: Finding, _ reason: String) {
    if names[reason] == nil { order.append(reason) }
    names[reason, default: []].append("\(finding.rule) of \(finding.resources.first?.name ?? "")")
  }

  var gaps: [Gap] {
    order.map { reason in
      let list = names[reason] ?? []
      let rest = list.count > 20 ? " and \(list.count - 20) more" : ""
      return Gap(
        .price, subject: "Cost estimate",
        message: "Because \(reason), no amount is told for: \(list.prefix(20).joined(separator: ", "))\(rest).",
        consequence: "These recommendations are not in the total.", count: list.count)
    }
  }
}
