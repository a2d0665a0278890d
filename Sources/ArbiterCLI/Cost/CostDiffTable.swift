import AgentKit
import CostOptimizer

/// The difference of two reports as lines for people.
enum CostDiffTable {
  static func lines(_ difference: ReportDifference, _ terminal: Terminal) -> [String] {
    var lines = [side("from", difference.from), side("to", difference.to), ""]
    guard !difference.isEmpty else { return lines + ["The reports say the same."] }
    lines += totals(difference, terminal)
    lines += recommendations(difference, terminal)
    for gap in difference.newGaps {
      lines.append(terminal.styled("+ gap", .yellow) + "  \(Phrases.line("\(gap.subject): \(gap.message)", 160))")
    }
    for gap in difference.goneGaps {
      lines.append(terminal.styled("- gap", .green) + "  \(Phrases.line("\(gap.subject): \(gap.message)", 160))")
    }
    return lines
  }

  private static func side(_ word: String, _ side: ReportDifference.Side) -> String {
    "\(word.padded(4))  \(Phrases.line(side.sessionID, 80))  \(Phrases.time(side.createdAtMilliseconds))  account \(Phrases.line(side.accountID, 20)), \(Phrases.line(side.region, 20))"
  }

  private static func totals(_ difference: ReportDifference, _ terminal: Terminal) -> [String] {
    let (from, to) = (difference.from, difference.to)
    var table = TextTable(["", "FROM", "TO", "DIFFERENCE"], rightAligned: [1, 2, 3])
    table.add(
      "saved a month", dollars(from.savedCents), dollars(to.savedCents), signed(difference.savedCentsDifference, dollars))
    let counts = [
      ("recommendations", from.recommendationCount, to.recommendationCount), ("resources", from.resourceCount, to.resourceCount),
      ("gaps", from.gapCount, to.gapCount),
    ]
    for (label, before, after) in counts {
      table.add(
        label, Phrases.count(before), Phrases.count(after), signed(Int64(after).saturatingSubtract(Int64(before))) { Phrases.count($0) })
    }
    for count in difference.resourceCounts {
      table.add(
        "  \(count.service.rawValue)", Phrases.count(count.from), Phrases.count(count.to),
        signed(Int64(count.to).saturatingSubtract(Int64(count.from))) { Phrases.count($0) })
    }
    return table.lines(terminal) + [""]
  }

  private static func recommendations(_ difference: ReportDifference, _ terminal: Terminal) -> [String] {
    guard !(difference.added.isEmpty && difference.removed.isEmpty && difference.changed.isEmpty) else { return [] }
    var table = TextTable(["", "SAVED FROM", "SAVED TO", "RECOMMENDATION", "RESOURCE"], rightAligned: [1, 2], cutsLastColumn: true)
    func add(_ word: String, _ style: Terminal.Style, from: Recommendation?, to: Recommendation?) {
      guard let shown = to ?? from else { return }
      table.add(
        [word, from.map(saved) ?? "", to.map(saved) ?? "", Phrases.line(shown.finding.title, 60), resource(shown)], styles: [0: style])
    }
    for recommendation in difference.added { add("new", .green, from: nil, to: recommendation) }
    for recommendation in difference.removed { add("gone", .red, from: recommendation, to: nil) }
    for change in difference.changed {
      add("changed", .yellow, from: change.from, to: change.to)
      for figure in change.figures where figure.label != "Saved a month" {
        table.add(
          ["", "", "", "  \(Phrases.line(figure.label, 58))", Phrases.line("\(figure.from ?? "-") -> \(figure.to ?? "-")", 200)])
      }
    }
    return table.lines(terminal) + [""]
  }

  private static func resource(_ recommendation: Recommendation) -> String {
    let names = recommendation.finding.resources
    guard let first = names.first else { return "" }
    return Phrases.line("\(first.service.rawValue) \(first.name)\(names.count > 1 ? " and \(names.count - 1) more" : "")", 120)
  }

  private static func saved(_ recommendation: Recommendation) -> String { recommendation.impact.savedCents.map(dollars) ?? "not known" }

  private static func dollars(_ cents: Int64) -> String {
    let fraction = String(cents.magnitude % 100)
    return "\(cents < 0 ? "-" : "")\(Phrases.count(cents.magnitude / 100)).\(fraction.count == 1 ? "0" : "")\(fraction) USD"
  }

  private static func signed(_ number: Int64, _ text: (Int64) -> String) -> String { number > 0 ? "+\(text(number))" : text(number) }
}

extension String {
  fileprivate func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
