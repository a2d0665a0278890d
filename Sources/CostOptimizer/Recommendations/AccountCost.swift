import AgentKit

/// The account's costs as the changes that were applied until now leave them.
struct AccountCost {
  private let prices: PriceList
  private let projection: MonthlyProjection
  private var functions: [String: FunctionCost] = [:]
  private var tables: [String: TableCost] = [:]
  private let buckets: [String: BucketUsage]
  /// What all functions of an architecture use, and all buckets of the class Standard hold: they share the tiers of their price.
  private var gigabyteSeconds: [LambdaFunction.Architecture: ExactDecimal] = [:]
  private var standardGigabytes = ExactDecimal.zero
  private var replaced = Replaced.nothing

  /// What the last change took the place of.
  private enum Replaced {
    case nothing
    case function(String, FunctionCost)
    case table(String, TableCost)
  }

  init(_ prices: PriceList, _ inventory: Inventory, _ usage: Usage) {
    self.prices = prices
    projection = MonthlyProjection(days: usage.window.days)
    buckets = usage.buckets
    for function in inventory.functions {
      let cost = FunctionCost(function, usage.functions[function.reference.arn], projection: projection)
      functions[function.reference.arn] = cost
      guard let used = cost.monthlyGigabyteSeconds else { continue }
      gigabyteSeconds[function.architecture] = (try? used.adding(gigabyteSeconds[function.architecture] ?? .zero)) ?? used
    }
    for table in inventory.tables {
      tables[table.reference.arn] = TableCost(table, usage.tables[table.reference.arn], projection: projection)
    }
    for bucket in usage.buckets.values {
      guard let bytes = bucket.bytesByClass["StandardStorage"], let gigabytes = BucketCost.gigabytes(bytes) else { continue }
      standardGigabytes = (try? standardGigabytes.adding(gigabytes)) ?? standardGigabytes
    }
  }

  /// What a finding changes in a month, after the findings that were applied before it.
  mutating func apply(_ finding: Finding) throws(EstimateFailure) -> Recommendation.Impact {
    replaced = .nothing
    do {
      switch finding.change {
      case .removeFunction, .memory, .architecture, .ephemeralStorage, .provisionedConcurrency: return try applyToFunction(finding)
      case .tableCapacity, .tableBillingMode: return try applyToTable(finding)
      case .removeCache(_, let gigabytes):
        var before = CostFormula()
        try before.add([.init(TableCost.hoursOfMonth, "hours")], .apiCache(gigabytes: gigabytes), of: prices)
        return try impact(before, CostFormula(), nil)
      case .storageClass(let bytes, _, let target):
        guard target == "INTELLIGENT_TIERING" else { throw EstimateFailure.notCovered("the class \(target) has no estimate") }
        return try BucketCost.impact(
          bytes: bytes, bucket(finding), standardGigabytes: standardGigabytes, prices, projection,
          impact: impact)
      case .advice:
        return Recommendation.Impact(
          monthlyBefore: nil, monthlyAfter: nil,
          method: "No amount: what this changes on the bill is not told by the figures that were read.",
          priceSource: prices.source)
      }
    } catch let failure as EstimateFailure {
      throw failure
    } catch {
      throw .outOfRange
    }
  }

  /// Takes the last change back: what is not advised is not the state that others are measured from.
  mutating func revert() {
    switch replaced {
    case .nothing: break
    case .function(let arn, let cost): functions[arn] = cost
    case .table(let arn, let cost): tables[arn] = cost
    }
    replaced = .nothing
  }

  private func bucket(_ finding: Finding) -> BucketUsage? {
    for resource in finding.resources { if let usage = buckets[resource.arn] { return usage } }
    return nil
  }

  private mutating func applyToFunction(_ finding: Finding) throws -> Recommendation.Impact {
    guard let arn = finding.resources.lazy.map(\.arn).first(where: { functions[$0] != nil }), let cost = functions[arn] else {
      throw EstimateFailure.notCovered("the function is not in the inventory")
    }
    if cost.isRemoved {
      return Recommendation.Impact(
        monthlyBefore: .zero, monthlyAfter: .zero, method: "Counted with the removal of the function: nothing is left to save.",
        priceSource: prices.source)
    }
    var parts: Set<FunctionCost.Part> = [.compute, .provisioned]
    var note: String?
    var after = cost
    switch finding.change {
    case .removeFunction:
      after.isRemoved = true
      parts = Set(FunctionCost.Part.allCases)
    case .memory(_, let megabytes):
      after.memoryMegabytes = megabytes
      note = "The duration is taken to stay the same."
    case .architecture(_, let architecture):
      after.architecture = architecture
      parts.insert(.ephemeral)
      note = "The duration is taken to stay the same."
    case .ephemeralStorage(_, let megabytes):
      after.ephemeralMegabytes = megabytes
      parts = [.ephemeral]
    case .provisionedConcurrency(let qualifier, _, let count):
      after.provisioned[qualifier] = count
    default: break
    }
    if !cost.provisioned.values.allSatisfy({ $0 == 0 }), parts.contains(.compute) {
      let words = "While environments are provisioned, all invocations are priced at the lower rate of provisioned duration."
      note = note.map { "\($0) \(words)" } ?? words
    }
    // The state is kept also when a price is missing, so that what follows is measured from it.
    functions[arn] = after
    replaced = .function(arn, cost)
    return try impact(
      cost.formula(parts, prices, gigabyteSeconds: gigabyteSeconds), after.formula(parts, prices, gigabyteSeconds: gigabyteSeconds), note)
  }

  private mutating func applyToTable(_ finding: Finding) throws -> Recommendation.Impact {
    guard let arn = finding.resources.lazy.map(\.arn).first(where: { tables[$0] != nil }), let cost = tables[arn] else {
      throw EstimateFailure.notCovered("the table is not in the inventory")
    }
    if let reason = cost.reasonWithoutPrice { throw EstimateFailure.notCovered(reason) }
    var after = cost
    switch finding.change {
    case .tableCapacity(_, let reads, _, let writes):
      after.readUnits = reads
      after.writeUnits = writes
    case .tableBillingMode(.onDemand, _, _): after.billingMode = .onDemand
    case .tableBillingMode(.provisioned, let reads, let writes):
      after.billingMode = .provisioned
      after.readUnits = reads
      after.writeUnits = writes
    default: break
    }
    tables[arn] = after
    replaced = .table(arn, cost)
    return try impact(
      cost.formula(prices), after.formula(prices), "A table with auto scaling is taken to keep the capacity that is set now.")
  }

  private func impact(_ before: CostFormula, _ after: CostFormula, _ note: String?) throws -> Recommendation.Impact {
    let (first, last) = (try before.amount, try after.amount)
    let saved = try first.subtracting(last)
    let verdict =
      saved.isZero
      ? "Nothing is saved."
      : saved < .zero ? "It costs \(FigureText.dollars(saved.absolute)) USD more." : "Saved: \(FigureText.dollars(saved)) USD."
    let method = ["Before: \(try before.text()).", "After: \(try after.text()).", verdict, note, "A month of 30 days, no free tier."]
    var sources: [String] = []
    for term in before.terms + after.terms where !sources.contains(term.source) { sources.append(term.source) }
    return Recommendation.Impact(
      monthlyBefore: first, monthlyAfter: last, method: method.compactMap { $0 }.joined(separator: " "),
      priceSource: sources.isEmpty ? prices.source : sources.joined(separator: "; "))
  }
}
