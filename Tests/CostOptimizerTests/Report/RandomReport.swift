import AgentKit
import CostOptimizer

/// Reports of any form, for properties that hold for all.
struct RandomReport: RandomNumberGenerator {
  private var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  mutating func next() -> UInt64 { generator.next() }

  private mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
  private mutating func chance() -> Bool { next() & 1 == 0 }
  private mutating func one<Value>(of values: [Value]) -> Value { values[below(values.count)] }
  private mutating func maybe<Value>(_ value: (inout RandomReport) -> Value) -> Value? { chance() ? value(&self) : nil }
  private mutating func list<Value>(_ value: (inout RandomReport) -> Value) -> [Value] {
    var values: [Value] = []
    for _ in 0..<below(4) { values.append(value(&self)) }
    return values
  }

  mutating func text() -> String {
    if below(3) == 0 { return one(of: SampleReport.hostileTexts) }
    var text = String.UnicodeScalarView()
    for _ in 0..<below(12) {
      let value = chance() ? UInt32(below(0x80)) : UInt32(below(0x11_0000))
      if let scalar = Unicode.Scalar(value) { text.append(scalar) }
    }
    return String(text)
  }

  private mutating func number() -> Int {
    switch below(4) {
    case 0: one(of: [0, 1, -1, .max, .min])
    case 1: Int(truncatingIfNeeded: next())
    default: below(100_000)
    }
  }

  private mutating func decimal() -> ExactDecimal {
    let digits = String(Int64(truncatingIfNeeded: next()) >> Int64(below(60)))
    return ExactDecimal("\(digits)e\(below(8) == 0 ? below(400) - 200 : -below(12))") ?? .zero
  }

  /// Of the years that ISO 8601 has four digits for.
  private mutating func time() -> Int64 { Int64(bitPattern: next() % 315_569_520_000_000) - 62_135_596_800_000 }

  private mutating func resource() -> ResourceReference {
    ResourceReference(one(of: ResourceReference.Service.allCases), name: text(), arn: text())
  }

  private mutating func figure() -> Finding.Evidence {
    Finding.Evidence(label: text(), value: text(), source: text(), windowDays: maybe { $0.number() })
  }

  private mutating func change() -> Finding.Change {
    switch below(10) {
    case 0: .removeFunction
    case 1: .memory(fromMegabytes: number(), toMegabytes: number())
    case 2: .architecture(from: one(of: [.x86, .arm]), to: one(of: [.x86, .arm]))
    case 3: .ephemeralStorage(fromMegabytes: number(), toMegabytes: number())
    case 4: .provisionedConcurrency(qualifier: text(), from: number(), to: number())
    case 5: .tableCapacity(readFrom: number(), readTo: number(), writeFrom: number(), writeTo: number())
    case 6: .tableBillingMode(to: one(of: [.provisioned, .onDemand]), readUnits: number(), writeUnits: number())
    case 7: .removeCache(stage: text(), gigabytes: text())
    case 8: .storageClass(bytes: decimal(), from: text(), to: text())
    default: .advice
    }
  }

  private mutating func recommendation() -> Recommendation {
    Recommendation(
      finding: Finding(
        rule: text(), resources: list { $0.resource() }, title: text(), evidence: list { $0.figure() }, action: text(), change: change(),
        risk: one(of: Finding.Risk.allCases), riskNote: text(), steps: list { $0.text() }, validation: text()),
      impact: Recommendation.Impact(
        monthlyBefore: maybe { $0.decimal() }, monthlyAfter: maybe { $0.decimal() }, method: text(), priceSource: text()),
      remark: maybe { $0.text() })
  }

  mutating func report() -> CostReport {
    var counts: [ResourceReference.Service: Int] = [:]
    for service in ResourceReference.Service.allCases where chance() { counts[service] = number() }
    return CostReport(
      sessionID: text(), accountID: text(), region: text(), createdAtMilliseconds: time(),
      window: Usage.Window(fromMilliseconds: time(), toMilliseconds: time()),
      recentWindow: Usage.Window(fromMilliseconds: time(), toMilliseconds: time()), resourceCounts: counts,
      recommendations: list { $0.recommendation() }, unchanged: list { .init(resource: $0.resource(), reason: $0.text()) },
      gaps: list {
        Gap($0.one(of: Gap.Kind.allCases), subject: $0.text(), message: $0.text(), consequence: $0.maybe { $0.text() }, count: $0.number())
      },
      words: maybe { CostReport.Words(executiveSummary: $0.text(), nextReview: $0.maybe { $0.text() }, modelID: $0.text()) },
      evidence: list { .init(resource: $0.resource(), figures: $0.list { $0.figure() }) }, priceSource: text(),
      phases: list {
        .init(
          phase: $0.one(of: Phase.allCases), status: $0.one(of: TaskStatus.allCases), durationMilliseconds: $0.maybe { Int64($0.number()) },
          resourceCount: $0.maybe { $0.number() }, recommendationCount: $0.maybe { $0.number() }, error: $0.maybe { $0.text() })
      })
  }
}
