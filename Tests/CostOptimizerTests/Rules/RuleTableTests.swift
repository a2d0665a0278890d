import AgentKit
import Foundation
import JSON
import Testing

@testable import CostOptimizer

/// docs/cost-rules.md says what the code does.
@Suite struct RuleTableTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The cells of the lines of tables whose first cell is code.
  private static func rows() throws -> [[String]] {
    let text = try String(contentsOf: root.appending(path: "docs/cost-rules.md"), encoding: .utf8)
    return text.components(separatedBy: "\n").filter { $0.hasPrefix("| `") }.map {
      $0.components(separatedBy: "|").dropFirst().dropLast().map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  private static func code(_ cell: String) -> String { cell.trimmingCharacters(in: CharacterSet(charactersIn: "`")) }

  @Test func everyRuleIsInTheTableAndViceVersa() throws {
    let rows = try Self.rows().filter { $0.count == 6 }
    #expect(rows.map { Self.code($0[0]) }.sorted() == RuleID.allCases.map(\.rawValue).sorted())
    #expect(rows.allSatisfy { $0.allSatisfy { !$0.isEmpty } })
  }

  @Test func everyPriceOfTheBuiltInTableIsInTheDocument() throws {
    let prices = PriceList.builtIn(region: "us-east-1")
    let rows = Dictionary(uniqueKeysWithValues: try Self.rows().filter { $0.count == 3 }.map { (Self.code($0[0]), Self.code($0[1])) })
    for item in PriceItem.all {
      let written = prices.rate(item)?.tiers.map {
        "\($0.price.text)\($0.beginsAt.isZero ? "" : " from \(FigureText.number($0.beginsAt))")"
      }
      #expect(rows[item.name] == written?.joined(separator: ", "), "\(item.name)")
    }
    #expect(rows.count == PriceItem.all.count)
  }

  @Test func theDocumentNamesTheDayOfThePricesAndEveryThreshold() throws {
    let text = try String(contentsOf: Self.root.appending(path: "docs/cost-rules.md"), encoding: .utf8)
    #expect(text.contains(PriceList.builtInAsOf) && text.contains(RuntimeTable.asOf))
    for child in Mirror(reflecting: RuleSettings()).children {
      let (name, value) = (child.label ?? "", child.value as? Int ?? -1)
      #expect(text.contains("`\(name)` \(value)"), "\(name) \(value)")
    }
  }

  /// The golden account has a resource for every rule.
  @Test func everyRuleSpeaksInTheGoldenAccount() throws {
    let file = Self.root.appending(path: "Tests/CostOptimizerTests/Golden/expected.json")
    let expected = try JSONValue(parsing: [UInt8](Data(contentsOf: file)))
    let rules = Set((expected["recommendations"]?.arrayValue ?? []).compactMap { $0["rule"]?.stringValue })
    #expect(rules == Set(RuleID.allCases.map(\.rawValue)))
  }
}
