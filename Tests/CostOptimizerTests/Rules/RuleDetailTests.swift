import AgentKit
import Foundation
import JSON
import Testing

@testable import CostOptimizer

@Suite struct RuleDetailTests {
  private static func number(_ value: Int) -> ExactDecimal { Subject.number(value) }

  private func change(_ rule: RuleID, _ subject: Subject) -> Finding.Change? { subject.findings(rule).first?.change }

  @Test(arguments: [
    // p95 used, allocated, new size: a quarter above what is used, in steps of 64 MB, at least 128 MB, at most half taken away.
    (600, 1_024, 768), (614, 1_024, 768), (300, 1_024, 512), (1_750, 3_008, 2_240), (100, 192, 128), (20, 256, 128), (5_000, 10_240, 6_272),
  ]) func memoryIsReducedToAMarginAboveItsUse(used: Int, allocated: Int, target: Int) {
    let subject = Subject.function {
      $0.memoryMegabytes = allocated
      $1.memory?.p95MaximumUsed = Subject.megabytes(used)
    }
    #expect(change(.lambdaMemoryReduce, subject) == .memory(fromMegabytes: allocated, toMegabytes: target))
  }

  @Test func theMostThatWasEverUsedStillFits() {
    let subject = Subject.function {
      $1.memory?.p95MaximumUsed = Subject.megabytes(300)
      $1.memory?.maximumUsed = Subject.megabytes(900)
    }
    #expect(change(.lambdaMemoryReduce, subject) == .memory(fromMegabytes: 1_024, toMegabytes: 960))
  }

  @Test func aFunctionWithTheLeastMemoryIsLeftAlone() {
    let subject = Subject.function {
      $0.memoryMegabytes = 128
      $1.memory?.p95MaximumUsed = Subject.megabytes(20)
    }
    #expect(subject.decisions.findings.isEmpty)
    #expect(subject.decisions.unchanged.first?.reason.contains("smallest") == true)
  }

  @Test(arguments: [(1_000, 1_024, 1_280), (128, 128, 192), (10_000, 10_200, 10_240)])
  func memoryIsIncreasedToAMarginAboveItsUse(used: Int, allocated: Int, target: Int) {
    let subject = Subject.function {
      $0.memoryMegabytes = allocated
      $1.memory?.p95MaximumUsed = Subject.megabytes(used)
    }
    #expect(change(.lambdaMemoryIncrease, subject) == .memory(fromMegabytes: allocated, toMegabytes: target))
  }

  @Test func nothingIsAboveTheMostMemory() {
    let subject = Subject.function {
      $0.memoryMegabytes = 10_240
      $1.memory?.p95MaximumUsed = Subject.megabytes(10_000)
    }
    #expect(subject.decisions.findings.isEmpty)
  }

  @Test func aTimeoutKeepsWhatEndedInTime() {
    let subject = Subject.function {
      $0.timeoutSeconds = 900
      ($1.p99Duration, $1.maximumDuration) = (Self.number(4_000), Self.number(8_200))
    }
    #expect(subject.findings(.lambdaTimeout).first?.action == "Set the timeout from 900 s to 9 s.")
  }

  @Test func theTimeoutThatLambdaSetsByItselfIsLeftAlone() {
    let subject = Subject.function {
      $0.timeoutSeconds = 3
      ($1.p95Duration, $1.p99Duration, $1.maximumDuration) = (Self.number(5), Self.number(5), Self.number(5))
    }
    #expect(subject.findings(.lambdaTimeout).isEmpty)
  }

  @Test func provisionedConcurrencyIsReducedToItsUseAndAMargin() {
    func subject(_ utilization: String, _ requested: Int) -> Subject {
      Subject.function {
        $0.provisioned = [.init(qualifier: "live", requested: requested)]
        $1.provisionedUtilization["live"] = ExactDecimal(utilization)
      }
    }
    #expect(change(.lambdaProvisionedReduce, subject("0.2", 10)) == .provisionedConcurrency(qualifier: "live", from: 10, to: 3))
    #expect(change(.lambdaProvisionedReduce, subject("0", 4)) == .provisionedConcurrency(qualifier: "live", from: 4, to: 0))
    // One environment that is used at all cannot be reduced.
    #expect(change(.lambdaProvisionedReduce, subject("0.01", 1)) == nil)
  }

  @Test func theAccountsLimitHoldsWithoutAReservation() {
    var subject = Subject.function { ($1.throttles, $1.p95Concurrency) = (Self.number(5), Self.number(990)) }
    subject.inventory.accountConcurrencyLimit = 1_000
    #expect(subject.findings(.lambdaThrottled).first?.action.contains("Reserve a concurrency of 1188") == true)
  }

  @Test(arguments: [
    ("python3.7", false), ("python3.8", true), ("python3.13", true), ("nodejs10.x", false), ("nodejs12.x", true), ("java8", false),
    ("java8.al2", true), ("java11", true), ("dotnetcore2.1", false), ("dotnet6", true), ("ruby2.5", false), ("ruby2.7", true),
    ("ruby3.4", true),
    ("go1.x", false), ("provided", false), ("provided.al2", true), ("provided.al2023", true), ("cobol85", false), ("python", false),
  ]) func arm64IsAdvisedForRuntimesThatHaveIt(runtime: String, has: Bool) {
    let subject = Subject.function { function, _ in (function.runtime, function.architecture) = (runtime, .x86) }
    #expect(subject.findings(.lambdaArchitecture).isEmpty != has)
  }

  @Test func imagesAreNotMovedToAnotherArchitecture() {
    let subject = Subject.function { function, _ in (function.isContainerImage, function.architecture) = (true, .x86) }
    #expect(subject.findings(.lambdaArchitecture).isEmpty)
  }

  @Test func aRuntimeIsDeprecatedFromItsDayOn() {
    func findings(on date: String) -> Int {
      var subject = Subject.function { function, _ in function.runtime = "python3.9" }
      let now = ISO8601.milliseconds(date) ?? 0
      subject.usage.window = Usage.Window(fromMilliseconds: now - 30 * Subject.day, toMilliseconds: now)
      return subject.findings(.lambdaRuntime).count
    }
    #expect(findings(on: "2025-12-14T23:59:59Z") == 0)
    #expect(findings(on: "2025-12-15T00:00:00Z") == 1)
  }

  @Test func whatAServiceKeepsIsLeftAlone() {
    let subject = Subject.rule {
      ($0.managedBy, $0.isEnabled) = ("autoscaling.amazonaws.com", false)
      $1.matchedEvents = .zero
    }
    #expect(subject.decisions.findings.isEmpty)
    #expect(subject.decisions.unchanged.first?.reason.contains("autoscaling.amazonaws.com") == true)
  }

  @Test(arguments: [
    ("rate(5 minutes)", 8_640), ("rate(1 hour)", 720), ("rate(1 day)", 30), ("rate(7 days)", 4), ("rate(0 days)", nil),
    ("cron(0 6 * * ? *)", nil),
    ("rate()", nil), ("rate(1 fortnight)", nil), ("rate(9223372036854775807 days)", nil), ("", nil),
  ]) func ratesTellHowOftenAScheduleRuns(expression: String, runs: Int?) {
    #expect(ScheduleRate.runs(expression, days: 30) == runs.map(Self.number))
  }

  @Test func twoStagesWithAnUnusedCacheAreTwoFindings() {
    let subject = Subject.api(.rest) { api, _ in
      api.stages = ["prod", "test"].map { Subject.stage($0, cache: "0.5") }
    }
    #expect(Set(subject.findings(.apiCacheUnused).map(\.id)).count == 2)
  }

  /// Figures from a network may be anything: they give a gap, not a trap.
  @Test(arguments: ["1e999999999", "-1e999999999", "1e-999999999", "-5"]) func figuresBeyondReasonAreSurvived(_ text: String) {
    let figure = ExactDecimal(text)
    let subject = Subject.function {
      $0.provisioned = [.init(qualifier: "live", requested: .max)]
      ($0.reservedConcurrency, $0.memoryMegabytes, $0.timeoutSeconds) = (.max, 10_240, 900)
      ($1.invocations, $1.errors, $1.throttles, $1.p95Duration, $1.p99Duration) = (figure, figure, figure, figure, figure)
      ($1.maximumDuration, $1.averageDuration, $1.p95Concurrency, $1.maximumConcurrency) = (figure, figure, figure, figure)
      $1.provisionedUtilization["live"] = figure
      $1.memory = figure.map {
        LambdaUsage.MemoryUse(p90MaximumUsed: $0, p95MaximumUsed: $0, averageMaximumUsed: $0, reportCount: .max, days: .max)
      }
    }
    let decisions = subject.decisions
    let estimate = CostEstimator(prices: .builtIn(region: "us-east-1")).recommendations(
      for: decisions.findings, inventory: subject.inventory, usage: subject.usage)
    #expect(estimate.recommendations.count == decisions.findings.count)
  }
}
