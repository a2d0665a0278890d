internal import AgentKit

/// Sums over a report: what its summary, its charts and its JSON name.
struct ReportSummary {
  /// What recommendations mean for one service.
  struct ServiceSummary {
    let service: ResourceReference.Service
    let resourceCount: Int
    let recommendationCount: Int
    let savedCents: Int64
    /// What the resources with a known impact cost in a month, before and after all recommendations.
    let costBeforeCents: Int64
    let costAfterCents: Int64
  }

  let resourceCount: Int
  let savedMonthlyCents: Int64
  /// Twelve months of 30 days.
  let savedYearlyCents: Int64
  let unknownImpactCount: Int
  let services: [ServiceSummary]
  let costBeforeCents: Int64
  let costAfterCents: Int64
  private let risks: [Finding.Risk: Int]

  init(_ report: CostReport) {
    // In the services' order: sums that stay at the end of 64 bits depend on it, and a dictionary has another in every run.
    resourceCount = ResourceReference.Service.allCases.reduce(0) { $0.saturatingAdd(report.resourceCounts[$1] ?? 0) }
    savedMonthlyCents = report.savedCents
    savedYearlyCents = report.savedCents.saturatingTimes(12)
    unknownImpactCount = report.recommendations.count { $0.impact.savedCents == nil }
    risks = report.recommendations.reduce(into: [:]) { $0[$1.finding.risk, default: 0] += 1 }
    services = ResourceReference.Service.allCases.compactMap { service in
      let recommendations = report.recommendations.filter { $0.service == service }
      let count = report.resourceCounts[service] ?? 0
      guard count > 0 || !recommendations.isEmpty else { return nil }
      let saved = recommendations.reduce(Int64(0)) { $0.saturatingAdd($1.impact.savedCents ?? 0) }
      let before = Self.costBeforeCents(recommendations)
      return ServiceSummary(
        service: service, resourceCount: count, recommendationCount: recommendations.count, savedCents: saved, costBeforeCents: before,
        costAfterCents: before.saturatingSubtract(saved))
    }
    costBeforeCents = services.reduce(0) { $0.saturatingAdd($1.costBeforeCents) }
    costAfterCents = services.reduce(0) { $0.saturatingAdd($1.costAfterCents) }
  }

  func count(_ risk: Finding.Risk) -> Int { risks[risk] ?? 0 }

  /// What resources cost before the first of their recommendations.
  ///
  /// The sum that a recommendation begins with is the one that the recommendation before it on the same resource ends with, so the sums that
  /// count are those that no other ends with.
  private static func costBeforeCents(_ recommendations: [Recommendation]) -> Int64 {
    var places: [String: Int] = [:]
    var groups: [[Recommendation.Impact]] = []
    for recommendation in recommendations where recommendation.impact.savedCents != nil {
      let place = places[recommendation.finding.resources.first?.arn ?? "", default: groups.count]
      places[recommendation.finding.resources.first?.arn ?? ""] = place
      if place == groups.count { groups.append([]) }
      groups[place].append(recommendation.impact)
    }
    return groups.reduce(0) { sum, impacts in
      var ends = impacts.enumerated().compactMap { index, impact in impact.monthlyAfter.map { (index, $0) } }
      return impacts.enumerated().reduce(sum) { sum, impact in
        if let follows = ends.firstIndex(where: { $0.0 != impact.offset && $0.1 == impact.element.monthlyBefore && !$0.1.isZero }) {
          ends.remove(at: follows)
          return sum
        }
        return sum.saturatingAdd(Money.cents(impact.element.monthlyBefore) ?? 0)
      }
    }
  }
}

extension Recommendation {
  /// The service of the first resource.
  var service: ResourceReference.Service? { finding.resources.first?.service }
}

extension Int64 {
  fileprivate func saturatingTimes(_ factor: Int64) -> Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? ((self < 0) == (factor < 0) ? .max : .min) : product
  }
}
