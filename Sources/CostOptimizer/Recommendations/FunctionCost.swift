import AgentKit

/// What one function costs in a month of 30 days, in the state that the changes before have left it in.
struct FunctionCost {
  static let secondsOfMonth = ExactDecimal(2_592_000)

  var isRemoved = false
  var memoryMegabytes: Int
  var architecture: LambdaFunction.Architecture
  var ephemeralMegabytes: Int
  let freeEphemeralMegabytes = 512
  /// Provisioned environments by qualifier.
  var provisioned: [String: Int]
  let invocations: ExactDecimal?
  /// Seconds, to a millionth.
  let duration: ExactDecimal?

  init(_ function: LambdaFunction, _ usage: LambdaUsage?, projection: MonthlyProjection) {
    memoryMegabytes = function.memoryMegabytes
    architecture = function.architecture
    ephemeralMegabytes = function.ephemeralStorageMegabytes
    provisioned = Dictionary(function.provisioned.map { ($0.qualifier, $0.requested) }, uniquingKeysWith: +)
    invocations = usage?.invocations.flatMap(projection.count)
    // Rounded as it is written in the method, so that a reader's calculator comes to the same cents.
    duration = usage?.averageDuration.flatMap { try? $0.divided(by: ExactDecimal(1_000)).value.rounded(toFractionDigits: 6) }
  }

  enum Part: CaseIterable { case requests, compute, provisioned, ephemeral }

  private static func gigabytes(_ megabytes: Int) throws(DecimalError) -> ExactDecimal {
    try ExactDecimal(Int64(megabytes)).divided(by: ExactDecimal(1_024)).value
  }

  private var provisionedCount: Int { provisioned.values.reduce(0) { $0.addingReportingOverflow($1).partialValue } }

  /// - Parameter gigabyteSeconds: what all functions of the architecture use in a month: it decides the tier of the price.
  func formula(
    _ parts: Set<Part>, _ prices: PriceList, gigabyteSeconds: [LambdaFunction.Architecture: ExactDecimal]
  ) throws -> CostFormula {
    var formula = CostFormula()
    guard !isRemoved else { return formula }
    let memory = try Self.gigabytes(memoryMegabytes)
    if parts.contains(.requests), let uses = try uses() {
      try formula.add([.init(uses.invocations, "requests")], .lambdaRequest, of: prices)
    }
    if parts.contains(.compute), let uses = try uses() {
      let factors: [CostFormula.Factor] = [.init(uses.invocations, "invocations"), .init(uses.duration, "s"), .init(memory, "GB")]
      if provisionedCount > 0 {
        try formula.add(factors, .lambdaProvisionedDuration(architecture), of: prices)
      } else {
        try formula.add(factors, .lambdaDuration(architecture), of: prices, at: gigabyteSeconds[architecture] ?? .zero)
      }
    }
    if parts.contains(.provisioned), provisionedCount > 0 {
      try formula.add(
        [.init(ExactDecimal(Int64(provisionedCount)), "environments"), .init(Self.secondsOfMonth, "s"), .init(memory, "GB")],
        .lambdaProvisionedConcurrency(architecture), of: prices)
    }
    if parts.contains(.ephemeral), ephemeralMegabytes > freeEphemeralMegabytes, let uses = try uses() {
      let charged = try Self.gigabytes(ephemeralMegabytes - freeEphemeralMegabytes)
      try formula.add(
        [.init(uses.invocations, "invocations"), .init(uses.duration, "s"), .init(charged, "GB of storage")],
        .lambdaEphemeralStorage(architecture), of: prices)
    }
    return formula
  }

  /// nil where there was no invocation: nothing is charged by it then.
  private func uses() throws -> (invocations: ExactDecimal, duration: ExactDecimal)? {
    guard let invocations else { throw EstimateFailure.noUsage("the number of invocations") }
    if invocations.isZero { return nil }
    guard let duration else { throw EstimateFailure.noUsage("the average duration") }
    return (invocations, duration)
  }

  /// GB-seconds on demand in a month; nil when it is not known.
  var monthlyGigabyteSeconds: ExactDecimal? {
    guard let invocations, let duration else { return nil }
    return try? Amount.product(invocations, duration, Self.gigabytes(memoryMegabytes))
  }
}

/// Brings what a window counted to a month of 30 days.
struct MonthlyProjection {
  static let daysOfMonth = 30
  let days: Int

  /// A whole number of uses in a month; nil for a window of no days.
  func count(_ figure: ExactDecimal) -> ExactDecimal? {
    guard days > 0 else { return nil }
    if days == Self.daysOfMonth { return figure.rounded(toFractionDigits: 0) }
    guard let scaled = try? figure.multiplied(by: ExactDecimal(Int64(Self.daysOfMonth))).divided(by: ExactDecimal(Int64(days))).value else {
      return nil
    }
    return scaled.rounded(toFractionDigits: 0)
  }
}
