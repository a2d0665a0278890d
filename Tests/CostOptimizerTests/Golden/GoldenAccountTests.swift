import AgentKit
import Foundation
import JSON
import Testing

@testable import CostOptimizer

/// Reads the recorded account of this folder as an analysis does, and compares with what make_account.py worked out.
@Suite struct GoldenAccountTests {
  private struct Advice: Hashable, CustomStringConvertible {
    var rule: String
    var resource: String
    var cents: Int64?
    var description: String { "\(rule) of \(resource): \(cents.map(String.init) ?? "unknown")" }
  }

  private static func expectation() throws -> JSONValue {
    try JSONValue(parsing: [UInt8](Data(contentsOf: GoldenAnalysis.folder.appending(path: "expected.json"))))
  }

  @Test func theGoldenAccountGivesExactlyTheExpectedRecommendationsCentsAndGaps() async throws {
    let (analysis, account) = try await GoldenAnalysis.recorded()
    let expectation = try Self.expectation()
    #expect(account.unrecorded == [])
    #expect(analysis.inventory.resourceCount >= 60)

    let advice = analysis.recommendations.map {
      Advice(rule: $0.finding.rule, resource: $0.finding.resources[0].name, cents: $0.impact.savedCents)
    }
    let expected = (expectation["recommendations"]?.arrayValue ?? []).map {
      Advice(rule: $0["rule"]?.stringValue ?? "", resource: $0["resource"]?.stringValue ?? "", cents: $0["cents"]?.int64Value)
    }
    #expect(Set(advice).subtracting(expected).map(\.description).sorted() == [])
    #expect(Set(expected).subtracting(advice).map(\.description).sorted() == [])
    #expect(advice.count == expected.count)
    #expect(advice.reduce(0) { $0 + ($1.cents ?? 0) } == expectation["totalCents"]?.int64Value)

    let unchanged = (expectation["unchanged"]?.arrayValue ?? []).compactMap(\.stringValue)
    #expect(analysis.unchanged.map(\.resource.name).sorted() == unchanged)

    var gaps = analysis.gaps
    for entry in expectation["gaps"]?.arrayValue ?? [] {
      let index = gaps.firstIndex {
        $0.kind.rawValue == entry["kind"]?.stringValue && $0.subject == entry["subject"]?.stringValue
          && $0.count == entry["count"]?.intValue
          && $0.message.contains(entry["contains"]?.stringValue ?? "?")
      }
      guard let index else {
        Issue.record("no such gap: \(entry)")
        continue
      }
      gaps.remove(at: index)
    }
    #expect(gaps.map { "\($0.kind) \($0.subject) \($0.message) (\($0.count))" } == [])
  }

  @Test func everyResourceHasARecommendationOrAReason() async throws {
    let analysis = try await GoldenAnalysis.recorded().analysis
    let inventory = analysis.inventory
    let named = Set(
      analysis.unchanged.map(\.resource.arn) + analysis.recommendations.flatMap { $0.finding.resources.map(\.arn) })
    #expect(inventory.references.filter { !named.contains($0.arn) }.map(\.name) == [])
    #expect(analysis.unchanged.allSatisfy { !$0.reason.isEmpty })
  }

  @Test func theLargestSavingsComeFirstAndTiesGoByTheirIds() async throws {
    let recommendations = try await GoldenAnalysis.recorded().analysis.recommendations
    for (left, right) in zip(recommendations, recommendations.dropFirst()) {
      let (more, less) = (left.impact.savedCents ?? 0, right.impact.savedCents ?? 0)
      #expect(more > less || (more == less && left.finding.id < right.finding.id))
    }
    #expect(Set(recommendations.map(\.finding.id)).count == recommendations.count)
  }

  @Test func everyRecommendationSaysWhatToDoAndWhy() async throws {
    for recommendation in try await GoldenAnalysis.recorded().analysis.recommendations {
      let finding = recommendation.finding
      #expect(RuleID(rawValue: finding.rule) != nil)
      #expect(!finding.evidence.isEmpty && !finding.steps.isEmpty && !finding.resources.isEmpty, "\(finding.id)")
      for text in [finding.title, finding.action, finding.riskNote, finding.validation, recommendation.impact.method] {
        #expect(!text.isEmpty, "\(finding.id)")
      }
      #expect(!recommendation.impact.priceSource.isEmpty)
    }
  }

  /// What stands behind every "=" of a method is what a calculator gives for what stands before it.
  @Test func methodsAreWhatACalculatorGives() async throws {
    var checked = 0
    for recommendation in try await GoldenAnalysis.recorded().analysis.recommendations {
      for part in recommendation.impact.method.components(separatedBy: ". ") where part.contains(" = ") {
        let sides = part.components(separatedBy: " = ")
        var sum = ExactDecimal.zero
        for product in (sides[0].components(separatedBy: ": ").last ?? "").components(separatedBy: " + ") {
          var value = ExactDecimal(1)
          for factor in product.components(separatedBy: " × ") {
            let text = (factor.components(separatedBy: " ").first ?? "").replacingOccurrences(of: ",", with: "")
            let number = try #require(ExactDecimal(text), "\(factor) of \(part)")
            value = try value.multiplied(by: number)
          }
          sum = try sum.adding(value)
        }
        #expect(FigureText.dollars(sum) + " USD" == sides[1], "\(part)")
        checked += 1
      }
    }
    #expect(checked > 20)
  }
}
