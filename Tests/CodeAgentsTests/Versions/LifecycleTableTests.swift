import CodeAgents
import Orchestration
import Testing

/// The table of transitions, whole: every action in every state.
@Suite struct LifecycleTableTests {
  typealias Facts = LifecycleTable.Facts

  struct Line: Sendable, CustomStringConvertible {
    let action: LifecycleAction
    let from: LifecycleState?
    var facts = Facts()
    /// Nil for a refusal.
    let move: LifecycleTable.Move?
    var description: String { "\(action) from \(from?.rawValue ?? "nothing") \(facts)" }
  }

  static let candidate = Facts(hasCandidate: true)
  static let approval = Facts(needsApproval: true)

  static let lines: [Line] = [
    Line(action: .activate, from: nil, move: .use(.active)),
    Line(action: .activate, from: nil, facts: approval, move: .use(.pending)),
    Line(action: .activate, from: .active, move: .use(.active)),
    Line(action: .activate, from: .active, facts: approval, move: .wait),
    Line(action: .activate, from: .pending, move: .use(.pending)),
    Line(action: .activate, from: .pending, facts: approval, move: .use(.pending)),
    Line(action: .activate, from: .inactive, move: .wait),
    Line(action: .activate, from: .maintenance, move: .wait),
    Line(action: .activate, from: .quarantined, move: .use(.active)),
    Line(action: .activate, from: .quarantined, facts: approval, move: .wait),
    Line(action: .activate, from: .quarantined, facts: Facts(quarantinedByOperator: true), move: .wait),

    Line(action: .approve, from: nil, move: nil),
    Line(action: .approve, from: .active, move: nil),
    Line(action: .approve, from: .active, facts: candidate, move: .use(.active)),
    Line(action: .approve, from: .pending, move: .use(.active)),
    Line(action: .approve, from: .inactive, move: nil),
    Line(action: .approve, from: .inactive, facts: candidate, move: .use(.inactive)),
    Line(action: .approve, from: .maintenance, move: nil),
    Line(action: .approve, from: .maintenance, facts: candidate, move: .use(.maintenance)),
    Line(action: .approve, from: .quarantined, move: nil),
    Line(action: .approve, from: .quarantined, facts: candidate, move: .use(.active)),

    Line(action: .rollback, from: nil, move: nil),
    Line(action: .rollback, from: .active, move: .use(.active)),
    Line(action: .rollback, from: .pending, move: .use(.pending)),
    Line(action: .rollback, from: .inactive, move: .use(.inactive)),
    Line(action: .rollback, from: .maintenance, move: .use(.maintenance)),
    Line(action: .rollback, from: .quarantined, move: .use(.active)),

    Line(action: .quarantine, from: nil, move: nil),
    Line(action: .quarantine, from: .active, move: .use(.quarantined)),
    Line(action: .quarantine, from: .pending, move: .use(.quarantined)),
    Line(action: .quarantine, from: .inactive, move: .use(.quarantined)),
    Line(action: .quarantine, from: .maintenance, move: .use(.quarantined)),
    Line(action: .quarantine, from: .quarantined, move: nil),

    Line(action: .enable, from: nil, move: nil),
    Line(action: .enable, from: .active, move: nil),
    Line(action: .enable, from: .pending, move: nil),
    Line(action: .enable, from: .inactive, move: .use(.active)),
    Line(action: .enable, from: .maintenance, move: .use(.active)),
    Line(action: .enable, from: .quarantined, move: .use(.active)),
  ]

  @Test(arguments: lines) func leadsWhereItSays(_ line: Line) {
    let move = LifecycleTable.move(line.action, from: line.from, line.facts)
    if let expected = line.move {
      #expect(move == expected)
    } else if case .refuse(let why) = move {
      #expect(!why.isEmpty)
    } else {
      Issue.record("\(line) leads to \(move)")
    }
  }

  @Test func hasALineForEveryActionInEveryState() {
    for action in LifecycleAction.allCases {
      for state in LifecycleState.allCases.map(Optional.some) + [nil] {
        #expect(Self.lines.contains { $0.action == action && $0.from == state })
      }
    }
  }
}
