import CostOptimizer
import Foundation
import Testing

@Suite("Required actions")
struct RequiredActionsTests {
  @Test("The list that policies are made of is the list of the code")
  func fileIsTheList() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../infra/cost_agent_actions.txt")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
    #expect(lines.filter { !$0.hasPrefix("#") } == RequiredActions.actions)
  }

  @Test("Each call is named once, and each action is a service's")
  func callsAreNamedOnce() {
    let names = RequiredActions.calls.map { "\($0.service).\($0.operation)" }
    #expect(Set(names).count == names.count)
    #expect(RequiredActions.calls.allSatisfy { $0.action.split(separator: ":").count == 2 })
  }
}
