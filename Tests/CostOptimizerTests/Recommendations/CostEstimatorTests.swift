import AgentKit
import Testing

@testable import CostOptimizer

@Suite struct CostEstimatorTests {
  private static func number(_ value: Int) -> ExactDecimal { Subject.number(value) }

  /// 1 GB, 1.5 million invocations of 242 ms, on x86_64: the worked example that the reference took apart.
  private static func example(usedMegabytes: String) -> Subject {
    Subject.function {
      ($0.architecture, $0.timeoutSeconds) = (.x86, 3)
      ($1.invocations, $1.averageDuration, $1.p95Duration) = (number(1_500_000), number(242), number(600))
      ($1.p99Duration, $1.maximumDuration) = (number(2_000), number(2_500))
      $1.memory?.p95MaximumUsed = ExactDecimal(usedMegabytes).flatMap { try? $0.multiplied(by: FigureText.bytesPerMegabyte) } ?? .zero
    }
  }

  private static func recommendations(_ subject: Subject, _ prices: PriceList = .builtIn(region: "us-east-1")) -> [Recommendation] {
    estimate(subject.decisions.findings, subject, prices).recommendations
  }

  private static func estimate(
    _ findings: [Finding], _ subject: Subject, _ prices: PriceList = .builtIn(region: "us-east-1")
  ) -> (recommendations: [Recommendation], unchanged: [CostReport.Unchanged], gaps: [Gap]) {
    CostEstimator(prices: prices).recommendations(for: findings, inventory: subject.inventory, usage: subject.usage)
  }

  private static func finding(_ change: Finding.Change, _ name: String = "x") -> Finding {
    Finding(
      rule: name, resources: [ResourceReference(.lambda, name: "subject", arn: Subject.arn)], title: "", evidence: [], action: "",
      change: change, risk: .low, riskNote: "", steps: [], validation: "")
  }

  @Test func savingsOnOneFunctionAreTakenOneAfterTheOther() {
    let recommendations = Self.recommendations(Self.example(usedMegabytes: "600"))
    #expect(recommendations.map(\.finding.rule) == ["lambda-memory-reduce", "lambda-arm64"])
    let (memory, architecture) = (recommendations[0].impact, recommendations[1].impact)
    #expect(memory.monthlyBefore == ExactDecimal("6.0500121"))
    #expect(memory.monthlyAfter == ExactDecimal("4.537509075"))
    #expect(architecture.monthlyBefore == memory.monthlyAfter)
    #expect(architecture.monthlyAfter == ExactDecimal("3.63001815"))
    // 2.42 USD together, not the 2.72 that come of adding each by itself.
    #expect(memory.savedCents == 151 && architecture.savedCents == 91)
    #expect(
      memory.method
        == "Before: 1,500,000 invocations × 0.242 s × 1 GB × 0.0000166667 USD = 6.05 USD. After: 1,500,000 invocations × 0.242 s × 0.75 GB × 0.0000166667 USD = 4.54 USD. Saved: 1.51 USD. The duration is taken to stay the same. A month of 30 days, no free tier."
    )
  }

  /// A headroom of 33.6 % is below the threshold of 40 %.
  @Test func theExamplesRealHeadroomAllowsNoCut() {
    let recommendations = Self.recommendations(Self.example(usedMegabytes: "679.936"))
    #expect(recommendations.map(\.finding.rule) == ["lambda-arm64"])
    #expect(recommendations[0].impact.savedCents == 121)
  }

  @Test func theOrderOfFindingsDoesNotMatter() {
    let subject = Self.example(usedMegabytes: "600")
    let findings = subject.decisions.findings
    let forwards = Self.estimate(findings, subject).recommendations
    #expect(forwards == Self.estimate(findings.reversed(), subject).recommendations)
  }

  @Test func nothingIsSavedTwiceWithAFunctionThatGoes() {
    var subject = Self.example(usedMegabytes: "600")
    subject.inventory.functions[0].provisioned = [.init(qualifier: "live", requested: 1)]
    let findings = [
      Self.finding(.architecture(from: .x86, to: .arm), "a"), Self.finding(.memory(fromMegabytes: 1_024, toMegabytes: 512), "b"),
      Self.finding(.provisionedConcurrency(qualifier: "live", from: 1, to: 0), "c"), Self.finding(.removeFunction, "d"),
      Self.finding(.ephemeralStorage(fromMegabytes: 1_024, toMegabytes: 512), "e"),
    ]
    let recommendations = Self.estimate(findings, subject).recommendations
    #expect(recommendations.map(\.finding.rule) == ["d", "a", "b", "c", "e"])
    // 1.5 M requests, 363,000 GB-s of provisioned duration, 2,592,000 GB-s of a provisioned environment.
    #expect(recommendations[0].impact.monthlyBefore == ExactDecimal("14.629245"))
    #expect(recommendations[0].impact.monthlyAfter == .zero)
    for other in recommendations.dropFirst() {
      #expect(other.impact.monthlyBefore == .zero && other.impact.savedCents == 0)
      #expect(other.impact.method.contains("Counted with the removal"))
    }
  }

  /// Whatever is asked of one resource, the steps together are the whole: the first before less the last after.
  @Test func stepsAddUpToTheWhole() throws {
    var subject = Self.example(usedMegabytes: "600")
    subject.inventory.functions[0].ephemeralStorageMegabytes = 2_048
    subject.inventory.functions[0].provisioned = [.init(qualifier: "live", requested: 5)]
    let findings = [
      Self.finding(.memory(fromMegabytes: 1_024, toMegabytes: 768)), Self.finding(.architecture(from: .x86, to: .arm)),
      Self.finding(.ephemeralStorage(fromMegabytes: 2_048, toMegabytes: 512)),
      Self.finding(.provisionedConcurrency(qualifier: "live", from: 5, to: 0)),
    ]
    let saved = try Self.estimate(findings, subject).recommendations.reduce(ExactDecimal.zero) { sum, recommendation in
      try sum.adding(recommendation.impact.monthlyBefore!.subtracting(recommendation.impact.monthlyAfter!))
    }
    var account = AccountCost(.builtIn(region: "us-east-1"), subject.inventory, subject.usage)
    let before = try account.apply(Self.finding(.removeFunction)).monthlyBefore!
    var later = subject
    later.inventory.functions[0].memoryMegabytes = 768
    later.inventory.functions[0].architecture = .arm
    later.inventory.functions[0].ephemeralStorageMegabytes = 512
    later.inventory.functions[0].provisioned = []
    account = AccountCost(.builtIn(region: "us-east-1"), later.inventory, later.usage)
    let after = try account.apply(Self.finding(.removeFunction)).monthlyBefore!
    #expect(saved == (try before.subtracting(after)))
  }

  @Test func invocationsCostMoreOnceNothingIsProvisioned() {
    var subject = Self.example(usedMegabytes: "600")
    subject.inventory.functions[0].provisioned = [.init(qualifier: "live", requested: 1)]
    let impact = Self.estimate([Self.finding(.provisionedConcurrency(qualifier: "live", from: 1, to: 0))], subject).recommendations[0]
      .impact
    // 363,000 GB-s x 0.0000097222 + 2,592,000 GB-s x 0.0000041667, against 363,000 GB-s x 0.0000166667.
    #expect(impact.monthlyBefore == ExactDecimal("14.329245"))
    #expect(impact.monthlyAfter == ExactDecimal("6.0500121"))
  }

  @Test func moreMemoryCostsMore() {
    let subject = Self.example(usedMegabytes: "1000")
    let impact = Self.recommendations(subject).first { $0.finding.rule == "lambda-memory-increase" }?.impact
    #expect(impact?.savedCents == -151)
    #expect(impact?.method.contains("It costs 1.51 USD more.") == true)
  }

  @Test func aShorterWindowIsBroughtToAMonth() {
    var subject = Self.example(usedMegabytes: "600")
    subject.usage.window = Usage.Window(fromMilliseconds: Subject.now - 15 * Subject.day, toMilliseconds: Subject.now)
    let impact = Self.estimate([Self.finding(.architecture(from: .x86, to: .arm))], subject).recommendations[0].impact
    #expect(impact.monthlyBefore == ExactDecimal("12.1000242"))
    #expect(impact.method.contains("3,000,000 invocations"))
  }

  @Test func theAccountsUseDecidesTheTier() {
    var subject = Self.example(usedMegabytes: "600")
    // 30 billion invocations of 0.242 s are 7.26 billion GB-s: above 6 billion, a GB-s costs 0.000015 USD.
    subject.usage.functions[Subject.arn]?.invocations = Self.number(30_000_000_000)
    let impact = Self.estimate([Self.finding(.memory(fromMegabytes: 1_024, toMegabytes: 512))], subject).recommendations[0].impact
    #expect(impact.monthlyBefore == ExactDecimal("108900"))
  }

  @Test func whatIsNotKnownHasNoAmountAndAGap() {
    var subject = Self.example(usedMegabytes: "600")
    subject.usage.functions[Subject.arn]?.averageDuration = nil
    let (recommendations, _, gaps) = Self.estimate([Self.finding(.architecture(from: .x86, to: .arm), "lambda-arm64")], subject)
    #expect(recommendations[0].impact.savedCents == nil)
    #expect(recommendations[0].impact.method == "The amount is not known: the average duration could not be read.")
    #expect(gaps.map(\.message) == ["Because the average duration could not be read, no amount is told for: lambda-arm64 of subject."])
  }

  @Test func aRegionWithoutPricesHasNoAmounts() {
    let prices = PriceList.builtIn(region: "eu-south-2")
    let (recommendations, _, gaps) = Self.estimate(
      Self.example(usedMegabytes: "600").decisions.findings, Self.example(usedMegabytes: "600"), prices)
    #expect(recommendations.count == 2 && recommendations.allSatisfy { $0.impact.savedCents == nil })
    #expect(gaps.map(\.count) == [2])
  }

  @Test func adviceHasNoAmountAndNoGap() {
    let (recommendations, _, gaps) = Self.estimate([Self.finding(.advice)], Self.example(usedMegabytes: "600"))
    #expect(recommendations[0].impact.savedCents == nil && gaps.isEmpty)
  }

  @Test func theLargestSavingsComeFirstAndTiesGoById() {
    let subject = Self.example(usedMegabytes: "600")
    let recommendations = Self.estimate(
      [
        Self.finding(.advice, "b"), Self.finding(.advice, "a"), Self.finding(.memory(fromMegabytes: 1_024, toMegabytes: 2_048), "dearer"),
        Self.finding(.architecture(from: .x86, to: .arm), "cheaper"),
      ], subject
    ).recommendations
    #expect(recommendations.map(\.finding.rule) == ["cheaper", "a", "b", "dearer"])
  }

  @Test(arguments: [("0.005", 0), ("0.015", 2), ("0.025", 2), ("0.0250001", 3), ("-0.005", 0), ("-0.015", -2)])
  func halfACentGoesToTheEvenOne(saved: String, cents: Int64) {
    let impact = Recommendation.Impact(monthlyBefore: ExactDecimal(saved), monthlyAfter: .zero, method: "", priceSource: "")
    #expect(impact.savedCents == cents)
  }

  @Test func aTablesStepsFollowEachOther() {
    let subject = Subject.table(.provisioned) { _, usage in (usage.consumedReadUnits, usage.consumedWriteUnits) = (.zero, .zero) }
    let recommendations = Self.estimate(
      [
        Self.finding(.tableBillingMode(to: .onDemand, readUnits: 100, writeUnits: 100), "mode"),
        Self.finding(.tableCapacity(readFrom: 100, readTo: 50, writeFrom: 100, writeTo: 100), "capacity"),
      ], subject
    ).recommendations
    let amounts = Dictionary(uniqueKeysWithValues: recommendations.map { ($0.finding.rule, $0.impact) })
    // 720 h x (100 x 0.00013 + 100 x 0.00065), then with 50 read units, then nothing.
    #expect(amounts["capacity"]?.monthlyBefore == ExactDecimal("56.16"))
    #expect(amounts["capacity"]?.monthlyAfter == ExactDecimal("51.48"))
    #expect(amounts["mode"]?.monthlyBefore == ExactDecimal("51.48"))
    #expect(amounts["mode"]?.monthlyAfter == .zero)
  }

  @Test func globalTablesHaveNoAmount() {
    var subject = Subject.table(.provisioned) { _, _ in }
    subject.inventory.tables[0].replicaRegions = ["eu-west-1"]
    let (recommendations, _, gaps) = Self.estimate(
      [Self.finding(.tableCapacity(readFrom: 9, readTo: 1, writeFrom: 9, writeTo: 1))], subject)
    #expect(recommendations[0].impact.savedCents == nil && gaps.count == 1)
  }
}
