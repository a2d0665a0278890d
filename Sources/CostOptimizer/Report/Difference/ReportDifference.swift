internal import AgentKit

/// What has changed from one report to another: the recommendations, what they save, the resources, and the gaps.
///
/// Recommendations are the same when rule and resource are, and where a rule speaks of a part of a resource (an alias, a stage), that too.
public struct ReportDifference: Sendable, Hashable {
  /// One of the two reports.
  public struct Side: Sendable, Hashable {
    public let sessionID: String
    public let accountID: String
    public let region: String
    public let createdAtMilliseconds: Int64
    /// Cents a month.
    public let savedCents: Int64
    public let resourceCount: Int
    public let recommendationCount: Int
    public let gapCount: Int
  }

  /// A recommendation that both reports make, with other figures.
  public struct Change: Sendable, Hashable {
    public let from: Recommendation
    public let to: Recommendation
    public let figures: [Figure]

    /// Cents a month; nil when one side's impact is not known.
    public var savedCentsDifference: Int64? {
      guard let before = from.impact.savedCents, let after = to.impact.savedCents else { return nil }
      return after.saturatingSubtract(before)
    }
  }

  /// One figure, or another part of a recommendation, that is not what it was; nil where one side does not have it.
  public struct Figure: Sendable, Hashable {
    public let label: String
    public let from: String?
    public let to: String?
  }

  /// How many resources of a service there were.
  public struct ResourceCount: Sendable, Hashable {
    public let service: ResourceReference.Service
    public let from: Int
    public let to: Int
  }

  public let from: Side
  public let to: Side
  /// Only in the later report.
  public let added: [Recommendation]
  /// Only in the earlier report.
  public let removed: [Recommendation]
  /// Those whose savings changed come first.
  public let changed: [Change]
  /// Services whose number of resources changed.
  public let resourceCounts: [ResourceCount]
  public let newGaps: [Gap]
  public let goneGaps: [Gap]

  public init(from earlier: CostReport, to later: CostReport) {
    from = Side(earlier)
    to = Side(later)
    let before = Self.keyed(earlier.recommendations)
    let after = Self.keyed(later.recommendations)
    let beforeByKey = Dictionary(before, uniquingKeysWith: { first, _ in first })
    let afterKeys = Set(after.map(\.0))
    added = after.filter { beforeByKey[$0.0] == nil }.map(\.1)
    removed = before.filter { !afterKeys.contains($0.0) }.map(\.1)
    let changes: [Change] = after.compactMap { key, recommendation in
      guard let old = beforeByKey[key] else { return nil }
      let figures = Self.figures(from: old, to: recommendation)
      return figures.isEmpty ? nil : Change(from: old, to: recommendation, figures: figures)
    }
    changed =
      changes.filter { $0.from.impact.savedCents != $0.to.impact.savedCents }
      + changes.filter { $0.from.impact.savedCents == $0.to.impact.savedCents }
    resourceCounts = ResourceReference.Service.allCases.compactMap { service in
      let count = ResourceCount(service: service, from: earlier.resourceCounts[service] ?? 0, to: later.resourceCounts[service] ?? 0)
      return count.from == count.to ? nil : count
    }
    let oldGaps = Set(earlier.gaps.map(GapKey.init))
    let presentGaps = Set(later.gaps.map(GapKey.init))
    newGaps = later.gaps.filter { !oldGaps.contains(GapKey($0)) }
    goneGaps = earlier.gaps.filter { !presentGaps.contains(GapKey($0)) }
  }

  /// True when both reports say the same; that they are of other sessions and times is no difference.
  public var isEmpty: Bool {
    added.isEmpty && removed.isEmpty && changed.isEmpty && resourceCounts.isEmpty && newGaps.isEmpty && goneGaps.isEmpty
  }

  /// Cents a month that the later report saves more than the earlier one.
  public var savedCentsDifference: Int64 { to.savedCents.saturatingSubtract(from.savedCents) }

  /// Recommendations by what makes them the same in every run; two of one key are told apart by their order.
  private static func keyed(_ recommendations: [Recommendation]) -> [(Key, Recommendation)] {
    var seen: [Key: Int] = [:]
    return recommendations.map { recommendation in
      var key = Key(id: recommendation.finding.id, part: recommendation.finding.change.part, ordinal: 0)
      let ordinal = seen[key, default: 0]
      seen[key] = ordinal + 1
      key.ordinal = ordinal
      return (key, recommendation)
    }
  }

  private struct Key: Hashable {
    let id: String
    let part: String
    var ordinal: Int
  }

  /// How often a gap showed says nothing new.
  private struct GapKey: Hashable {
    let kind: Gap.Kind
    let subject: String
    let message: String

    init(_ gap: Gap) {
      kind = gap.kind
      subject = gap.subject
      message = gap.message
    }
  }

  private static func figures(from old: Recommendation, to new: Recommendation) -> [Figure] {
    var figures: [Figure] = []
    func compare(_ label: String, _ from: String?, _ to: String?) {
      if from != to { figures.append(Figure(label: label, from: from, to: to)) }
    }
    compare("Saved a month", Money.text(cents: old.impact.savedCents), Money.text(cents: new.impact.savedCents))
    compare("Cost before", Money.text(old.impact.monthlyBefore), Money.text(new.impact.monthlyBefore))
    compare("Cost after", Money.text(old.impact.monthlyAfter), Money.text(new.impact.monthlyAfter))
    compare("Action", old.finding.action, new.finding.action)
    compare("Risk", old.finding.risk.rawValue, new.finding.risk.rawValue)
    compare("Prices", old.impact.priceSource, new.impact.priceSource)
    let before = labelled(old.finding.evidence)
    let after = labelled(new.finding.evidence)
    let newValues = Dictionary(after, uniquingKeysWith: { first, _ in first })
    let oldValues = Dictionary(before, uniquingKeysWith: { first, _ in first })
    for (label, value) in before { compare(label, value, newValues[label]) }
    for (label, value) in after where oldValues[label] == nil { compare(label, nil, value) }
    return figures
  }

  private static func labelled(_ evidence: [Finding.Evidence]) -> [(String, String)] {
    evidence.map { ($0.label + ($0.windowDays.map { " (\($0) days)" } ?? ""), $0.value) }
  }
}

extension ReportDifference.Side {
  fileprivate init(_ report: CostReport) {
    sessionID = report.sessionID
    accountID = report.accountID
    region = report.region
    createdAtMilliseconds = report.createdAtMilliseconds
    savedCents = report.savedCents
    resourceCount = ReportSummary(report).resourceCount
    recommendationCount = report.recommendations.count
    gapCount = report.gaps.count
  }
}

extension Finding.Change {
  /// The part of a resource that a change is of; empty when it is of the whole.
  fileprivate var part: String {
    switch self {
    case .provisionedConcurrency(let qualifier, _, _): qualifier
    case .removeCache(let stage, _): stage
    case .storageClass(_, let from, _): from
    default: ""
    }
  }
}
