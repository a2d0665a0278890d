internal import AgentKit
internal import JSON

/// Phrases that the text, the evidence and the page share, so that they say the same.
enum ReportPhrases {
  /// "2026-11-20 07:19 UTC".
  static func time(_ milliseconds: Int64) -> String {
    let text = ISO8601.text(milliseconds: milliseconds)
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
  }

  /// "2026-11-20".
  static func date(_ milliseconds: Int64) -> String { String(ISO8601.text(milliseconds: milliseconds).prefix(10)) }

  /// "30 days, 2026-10-21 07:19 UTC to 2026-11-20 07:19 UTC".
  static func window(_ window: Usage.Window) -> String {
    "\(count(window.days, "day")), \(time(window.fromMilliseconds)) to \(time(window.toMilliseconds))"
  }

  /// "95 ms", "12.0 s", "3 min 20 s".
  static func duration(_ milliseconds: Int64?) -> String {
    guard let milliseconds else { return "not known" }
    let time = max(0, milliseconds)
    guard time >= 1000 else { return "\(time) ms" }
    guard time >= 60_000 else { return "\(time / 1000).\(time % 1000 / 100) s" }
    return "\(Money.count(time / 60_000)) min \(time / 1000 % 60) s"
  }

  /// "1 resource", "2,000 resources".
  static func count(_ number: Int, _ noun: String) -> String { "\(Money.count(number)) \(noun)\(number == 1 ? "" : "s")" }

  /// What is said of a recommendation without an amount.
  static let unknownImpact = "no sum includes it"

  /// "saves 12.34 USD a month", "costs 0.50 USD more a month", "no change of the monthly bill", "not known".
  static func impact(_ impact: Recommendation.Impact) -> String {
    guard let saved = impact.savedCents else { return "not known" }
    if saved < 0 { return "costs \(Money.text(cents: Int64(0).saturatingSubtract(saved))) more a month" }
    return saved == 0 ? "no change of the monthly bill" : "saves \(Money.text(cents: saved)) a month"
  }

  /// "7 days", or where a figure is of no window, "configuration".
  static func window(days: Int?) -> String { days.map { count($0, "day") } ?? "configuration" }

  /// What a report comes to, in sentences: the executive summary of a report without a model's words.
  static func summary(_ report: CostReport) -> [String] {
    let summary = ReportSummary(report)
    var first =
      "The analysis looked at \(count(summary.resourceCount, "resource")) of account \(PrintableText.line(report.accountID)), region "
      + "\(PrintableText.line(report.region)), and at their use over \(count(report.window.days, "day")). "
    guard !report.recommendations.isEmpty else {
      first += nothingFound
      return [first] + limits(report)
    }
    let isOne = report.recommendations.count == 1
    first += isOne ? "Its one recommendation " : "Its \(Money.count(report.recommendations.count)) recommendations together "
    let saved = summary.savedMonthlyCents
    if saved == 0 {
      first += isOne ? "has no known effect on the monthly bill" : "have no known effect on the monthly bill"
    } else {
      first += saved > 0 ? (isOne ? "saves " : "save ") : (isOne ? "costs " : "cost ")
      first += "\(Money.text(cents: Int64(clamping: saved.magnitude)))\(saved > 0 ? "" : " more") a month, "
      first += "\(Money.text(cents: Int64(clamping: summary.savedYearlyCents.magnitude))) a year"
    }
    if summary.costBeforeCents > 0 {
      first += "; the resources concerned now cost \(Money.text(cents: summary.costBeforeCents)) a month"
    }
    first += "."
    let risks = Finding.Risk.allCases.filter { summary.count($0) > 0 }.map { "\(Money.count(summary.count($0))) of \($0.rawValue) risk" }
    return [first, ["By risk: \(risks.joined(separator: ", ")).", effects(report)].compactMap(\.self).joined(separator: " ")]
      + limits(report)
  }

  /// The same beside the page's cards, which have the counts, the savings and the risks.
  static func summaryBesideCards(_ report: CostReport) -> [String] {
    guard !report.recommendations.isEmpty else { return [nothingFound] }
    let summary = ReportSummary(report)
    var sentences: [String] = []
    if summary.costBeforeCents > 0 {
      let change = summary.costAfterCents == summary.costBeforeCents ? "leave" : "take"
      let verb = report.recommendations.count == 1 ? "The recommendation \(change)s" : "Together the recommendations \(change)"
      let end = summary.costAfterCents == summary.costBeforeCents ? "" : " to \(Money.text(cents: summary.costAfterCents))"
      let preposition = end.isEmpty ? "at" : "from"
      sentences.append(
        "\(verb) the monthly cost of the resources concerned \(preposition) \(Money.text(cents: summary.costBeforeCents))\(end).")
    }
    if let effects = effects(report) { sentences.append(effects) }
    return sentences.isEmpty ? [] : [sentences.joined(separator: " ")]
  }

  private static let nothingFound = "No rule found a change that the data supports."

  /// How many recommendations save, change nothing, cost more, or have no amount; nil when all of them save.
  private static func effects(_ report: CostReport) -> String? {
    let saved = report.recommendations.map(\.impact.savedCents)
    let unknown = saved.count { $0 == nil }
    let parts = [
      (saved.count { ($0 ?? 0) > 0 }, "saves money", "save money"),
      (saved.count { $0 == 0 }, "does not change the bill", "do not change the bill"),
      (saved.count { ($0 ?? 0) < 0 }, "costs more", "cost more"),
      (unknown, "has an effect on the bill that is not known", "have an effect on the bill that is not known"),
    ].filter { $0.0 > 0 }.map { number, one, several in "\(Money.count(number)) \(number == 1 ? one : several)" }
    guard unknown > 0 || parts.count > 1 else { return nil }
    let text = parts.count > 1 ? "\(parts.dropLast().joined(separator: ", ")) and \(parts[parts.count - 1])" : parts[0]
    let left = unknown == 0 ? "" : "; no sum includes \(unknown == 1 ? "that one" : "those")"
    return "By effect: \(text)\(left)."
  }

  private static func limits(_ report: CostReport) -> [String] {
    guard !report.gaps.isEmpty else { return [] }
    return ["\(count(report.gaps.count, "gap")) limit\(report.gaps.count == 1 ? "s" : "") what could be said: see Gaps & Limitations."]
  }

  /// Why a service has nothing to change, when no resource of it says so itself.
  static func reasonWithoutFindings(_ service: ResourceReference.Service, _ report: CostReport) -> String {
    let isLimited = report.gaps.contains { $0.subject == service.rawValue }
    switch report.resourceCounts[service] {
    case nil: return "the service could not be read: see Gaps & Limitations."
    case 0?:
      return isLimited ? "the service could not be read in full: see Gaps & Limitations." : "no resources of this service were found."
    case let number?:
      return isLimited
        ? "data for \(number == 1 ? "its resource" : "its \(Money.count(number)) resources") is missing in part: see Gaps & Limitations."
        : "no rule applied to \(number == 1 ? "its resource" : "its \(Money.count(number)) resources") in these windows."
    }
  }

  /// "24 resources"; "not read" for a service that is missing because something failed.
  static func resources(_ service: ResourceReference.Service, _ report: CostReport) -> String {
    isRead(service, report) ? count(report.resourceCounts[service] ?? 0, "resource") : "not read"
  }

  /// "24", "not read".
  static func discovered(_ service: ResourceReference.Service, _ report: CostReport) -> String {
    isRead(service, report) ? Money.count(report.resourceCounts[service] ?? 0) : "not read"
  }

  private static func isRead(_ service: ResourceReference.Service, _ report: CostReport) -> Bool {
    report.resourceCounts[service] != nil
  }

  /// Resources without a change, those of one reason together, in the order of the report.
  static func unchanged(_ service: ResourceReference.Service, _ report: CostReport) -> [(reason: String, resources: [ResourceReference])] {
    var reasons: [(reason: String, resources: [ResourceReference])] = []
    var places: [String: Int] = [:]
    for entry in report.unchanged where entry.resource.service == service {
      if let place = places[entry.reason] {
        reasons[place].resources.append(entry.resource)
      } else {
        places[entry.reason] = reasons.count
        reasons.append((entry.reason, [entry.resource]))
      }
    }
    return reasons
  }

  static func title(_ kind: Gap.Kind) -> String {
    switch kind {
    case .permission: "Permissions"
    case .missingData: "Missing data"
    case .serviceFailure: "Failures of services"
    case .price: "Prices"
    case .journal: "Journal"
    case .model: "Model"
    case .scope: "Scope"
    }
  }

  /// Notes on how the sums are made, for readers who check them.
  static let method =
    "A month is 30 days and a year twelve of them. Sums are US dollars, exact until they are rounded to the cent. Recommendations on one resource "
    + "are applied one after the other: each saving is what is left to save after those before it, so that the sum counts nothing twice."
}
