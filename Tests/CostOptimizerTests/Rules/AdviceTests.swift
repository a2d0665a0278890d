import AgentKit
import Testing

@testable import CostOptimizer

/// What the findings of one resource say together, and when none is due.
@Suite struct AdviceTests {
  private static func number(_ value: Int) -> ExactDecimal { Subject.number(value) }

  private static func rules(_ subject: Subject) -> [String] { subject.decisions.findings.map(\.rule) }

  private static func estimate(_ subject: Subject) -> (recommendations: [Recommendation], unchanged: [CostReport.Unchanged], gaps: [Gap]) {
    CostEstimator(prices: .builtIn(region: "us-east-1")).recommendations(
      for: subject.decisions.findings, inventory: subject.inventory, usage: subject.usage)
  }

  // MARK: Advice that saves nothing

  @Test func arm64IsNoAdviceForAFunctionThatNeverRan() {
    let subject = Subject.function {
      ($0.architecture, $0.ephemeralStorageMegabytes, $0.lastModifiedMilliseconds) = (.x86, 1_024, Subject.now - Subject.day)
      $1.invocations = .zero
    }
    let estimate = Self.estimate(subject)
    #expect(estimate.recommendations == [])
    #expect(estimate.unchanged.map(\.resource.arn) == [Subject.arn])
    #expect(estimate.unchanged.first?.reason.contains("arm64") == true)
    #expect(estimate.unchanged.first?.reason.contains("ephemeral storage") == true)
  }

  @Test(arguments: [(10_000, false), (20_000, true)]) func adviceIsWorthACentOrIsNone(invocations: Int, isAdvised: Bool) {
    // 1 GB for 100 ms: 0.00000033333 USD less each on arm64, so half a cent is saved from 15,001 invocations on.
    let subject = Subject.function {
      $0.architecture = .x86
      ($1.invocations, $1.averageDuration) = (Self.number(invocations), Self.number(100))
    }
    let estimate = Self.estimate(subject)
    #expect(estimate.recommendations.map(\.finding.rule) == (isAdvised ? ["lambda-arm64"] : []))
    #expect(estimate.unchanged.count == (isAdvised ? 0 : 1))
  }

  @Test func whatIsDroppedIsNotTheStateThatOthersAreMeasuredFrom() {
    let subject = Subject.function {
      ($0.architecture, $0.ephemeralStorageMegabytes) = (.x86, 10_240)
      // Less memory saves 0.4 cents, arm64 0.3, and 9.5 GB of storage nothing: all from the same state.
      ($1.invocations, $1.averageDuration, $1.p95Duration) = (Self.number(10_000), Self.number(100), Self.number(100))
      $1.memory?.p95MaximumUsed = Subject.megabytes(600)
    }
    var account = AccountCost(.builtIn(region: "us-east-1"), subject.inventory, subject.usage)
    let finding = subject.findings(.lambdaArchitecture)[0]
    let first = try? account.apply(finding)
    account.revert()
    #expect(first != nil && (try? account.apply(finding)) == first)
    #expect(Self.estimate(subject).recommendations == [])
  }

  @Test func reliabilityNeedsNoSaving() {
    let subject = Subject.function { $1.memory?.p95MaximumUsed = Subject.megabytes(1_000) }
    let recommendations = Self.estimate(subject).recommendations
    #expect(recommendations.map(\.finding.rule) == ["lambda-memory-increase"])
    #expect((recommendations[0].impact.savedCents ?? 0) < 0)
  }

  @Test func anAmountThatIsNotKnownIsNotNothing() {
    let subject = Subject.function {
      $0.architecture = .x86
      $1.averageDuration = nil
    }
    #expect(Self.estimate(subject).recommendations.map(\.finding.rule) == ["lambda-arm64"])
  }

  // MARK: Advice that contradicts itself

  private static func oversized(_ change: (inout LambdaFunction, inout LambdaUsage) -> Void) -> Subject {
    Subject.function {
      ($0.timeoutSeconds, $0.reservedConcurrency) = (900, 100)
      ($1.p95Concurrency, $1.maximumConcurrency) = (number(10), number(12))
      change(&$0, &$1)
    }
  }

  @Test func aTimeoutAndAReservationWaitForTheMemory() {
    #expect(Self.rules(Self.oversized { _, _ in }) == ["lambda-reserved-reduce", "lambda-timeout"])
    #expect(Self.rules(Self.oversized { $1.memory?.p95MaximumUsed = Subject.megabytes(300) }) == ["lambda-memory-reduce"])
  }

  @Test func whatIsToGoIsNotTuned() {
    let subject = Self.oversized {
      ($0.architecture, $0.publishedVersionCount, $0.runtime) = (.x86, 50, "python3.9")
      $0.provisioned = [.init(qualifier: "live", requested: 10)]
      $1.provisionedUtilization["live"] = .zero
      $1.invocations = Self.number(50)
      $1.memory?.p95MaximumUsed = Subject.megabytes(300)
    }
    #expect(
      Self.rules(subject) == ["lambda-hardly-used", "lambda-reserved-reduce", "lambda-provisioned-reduce", "lambda-runtime-deprecated"])
  }

  @Test func aReservationHoldsWhatIsProvisioned() {
    let subject = Self.oversized {
      $0.provisioned = [.init(qualifier: "live", requested: 40)]
      $1.provisionedUtilization["live"] = ExactDecimal("0.5")
    }
    #expect(subject.findings(.lambdaReservedReduce).first?.action == "Reduce reserved concurrency from 100 to 40.")
  }

  // MARK: Schedules

  @Test(arguments: [0, 1, 99], ["", ":live"]) func whatAScheduleStartsIsNeitherIdleNorHardlyUsed(invocations: Int, qualifier: String) {
    var subject = Subject.function { $1.invocations = Self.number(invocations) }
    #expect(subject.findings(.lambdaIdle).count + subject.findings(.lambdaHardlyUsed).count == 1)
    var schedule = ScheduleFacts(
      reference: ResourceReference(.eventBridge, name: "yearly", arn: "s"), groupName: "default", isEnabled: true,
      expression: "cron(0 6 1 1 ? *)")
    schedule.target = Subject.arn + qualifier
    subject.inventory.schedules = [schedule]
    #expect(subject.decisions.findings == [])
    #expect(subject.decisions.unchanged.first { $0.resource.arn == Subject.arn }?.reason.contains("yearly") == true)
    subject.inventory.schedules[0].isEnabled = false
    #expect(subject.findings(.lambdaIdle).count + subject.findings(.lambdaHardlyUsed).count == 1)
  }

  @Test func aScheduleThatIsNotDueIsNotUnused() {
    let subject = Subject.rule {
      ($0.scheduleExpression, $0.hasPattern) = ("cron(0 6 1 1 ? *)", false)
      ($1.matchedEvents, $1.invocations) = (.zero, .zero)
    }
    #expect(subject.decisions.findings == [])
    #expect(subject.decisions.unchanged.first?.reason.contains("cron(0 6 1 1 ? *)") == true)
  }

  @Test func aRuleThatInvokesItsTargetIsNotUnused() {
    func subject(_ invocations: Int?) -> Subject {
      Subject.rule { ($1.matchedEvents, $1.invocations) = (.zero, invocations.map(Self.number)) }
    }
    #expect(Self.rules(subject(0)) == ["eventbridge-rule-unused"])
    #expect(Self.rules(subject(5)) == [])
    #expect(Self.rules(subject(nil)) == [] && subject(nil).decisions.gaps.count == 1)
  }

  // MARK: Age, and what is not looked at

  private static let young: [(String, Subject)] = [
    (
      "an idle table",
      Subject.table(.provisioned) {
        $0.createdMilliseconds = Subject.now - 29 * Subject.day
        ($1.consumedReadUnits, $1.consumedWriteUnits) = (.zero, .zero)
      }
    ),
    (
      "a table with much capacity",
      Subject.table(.provisioned) {
        $0.createdMilliseconds = nil
        ($1.averageReadUnits, $1.p95ReadUnits) = (number(1), number(2))
      }
    ),
    (
      "a busy table",
      Subject.table(.onDemand) { table, _ in table.createdMilliseconds = Subject.now - Subject.day }
    ),
    (
      "a cache",
      Subject.api(.rest) { api, _ in
        api.stages = [Subject.stage("prod", cache: "0.5")]
        api.stages?[0].createdMilliseconds = Subject.now - Subject.day
      }
    ),
    (
      "a bucket",
      Subject.bucket {
        $0.createdMilliseconds = Subject.now - Subject.day
        $1.getRequests = .zero
      }
    ),
  ]

  @Test(arguments: young.indices) func whatIsYoungerThanTheWindowIsNotJudgedByIt(index: Int) {
    let (name, subject) = Self.young[index]
    #expect(subject.decisions.findings == [], "\(name)")
    #expect(subject.decisions.gaps.contains { $0.message.contains("Made within the last 30 days") }, "\(name)")
    var old = subject
    for position in old.inventory.tables.indices { old.inventory.tables[position].createdMilliseconds = Subject.now - 30 * Subject.day }
    for position in old.inventory.buckets.indices { old.inventory.buckets[position].createdMilliseconds = Subject.now - 30 * Subject.day }
    for position in old.inventory.apis.indices {
      old.inventory.apis[position].stages?[0].createdMilliseconds = Subject.now - 30 * Subject.day
    }
    #expect(old.decisions.findings.count == 1, "\(name)")
  }

  @Test(arguments: [(167, "20.0", false), (168, "20.0", false), (168, "19.99", true), (700, "19.99", true)])
  func aYoungTableIsJudgedByTheHoursThatItHas(hours: Int, units: String, isAdvised: Bool) throws {
    // Over the window of 720 hours the average would be lower.
    let consumed = try #require(ExactDecimal(units)).multiplied(by: Self.number(hours * 3_600))
    let subject = Subject.table(.provisioned) {
      $0.createdMilliseconds = Subject.now - 29 * Subject.day
      ($1.readHours, $1.writeHours, $1.consumedReadUnits) = (Self.number(hours), Self.number(10), consumed)
      ($1.averageReadUnits, $1.p95ReadUnits) = (.zero, Self.number(25))
      ($1.averageWriteUnits, $1.p95WriteUnits) = (Self.number(60), Self.number(90))
    }
    #expect(Self.rules(subject) == (isAdvised ? ["dynamodb-capacity-reduce"] : []))
    #expect(subject.decisions.gaps.isEmpty == (hours >= 168))
  }

  @Test func aTableThatIsReadByAnIndexIsNotIdle() {
    func subject(_ indexes: [TableFacts.Index]) -> Subject {
      Subject.table(.provisioned) {
        ($0.globalIndexes, $0.indexNames) = (indexes, indexes.map(\.name))
        ($1.consumedReadUnits, $1.consumedWriteUnits) = (.zero, .zero)
      }
    }
    #expect(Self.rules(subject([])) == ["dynamodb-provisioned-idle"])
    #expect(Self.rules(subject([TableFacts.Index(name: "by-date")])) == [])
  }

  @Test func aTableWithAnIndexIsNotMovedToCapacityThatTheIndexLacks() {
    func subject(_ indexes: [TableFacts.Index]) -> Subject { Subject.table(.onDemand) { table, _ in table.globalIndexes = indexes } }
    #expect(Self.rules(subject([])) == ["dynamodb-on-demand-steady"])
    #expect(Self.rules(subject([TableFacts.Index(name: "by-date")])) == [])
  }
}
