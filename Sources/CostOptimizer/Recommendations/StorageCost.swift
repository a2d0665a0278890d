import AgentKit

/// What one table's capacity costs in a month of 30 days.
struct TableCost {
  static let hoursOfMonth = ExactDecimal(720)

  var billingMode: TableFacts.BillingMode
  var readUnits: Int
  var writeUnits: Int
  /// Why its capacity has no price that is known; nil when it has.
  let reasonWithoutPrice: String?
  private let consumedReads: ExactDecimal?
  private let consumedWrites: ExactDecimal?

  init(_ table: TableFacts, _ usage: TableUsage?, projection: MonthlyProjection) {
    billingMode = table.billingMode
    readUnits = table.readUnits
    writeUnits = table.writeUnits
    if table.tableClass != "STANDARD" {
      reasonWithoutPrice = "only tables of the class Standard have an estimate"
    } else if !table.replicaRegions.isEmpty {
      reasonWithoutPrice = "global tables, which are charged in each region, have no estimate"
    } else {
      reasonWithoutPrice = nil
    }
    consumedReads = usage?.consumedReadUnits.flatMap(projection.count)
    consumedWrites = usage?.consumedWriteUnits.flatMap(projection.count)
  }

  func formula(_ prices: PriceList) throws -> CostFormula {
    var formula = CostFormula()
    switch billingMode {
    case .provisioned:
      try formula.add(
        [.init(ExactDecimal(Int64(readUnits)), "read units"), .init(Self.hoursOfMonth, "hours")], .tableReadCapacity, of: prices)
      try formula.add(
        [.init(ExactDecimal(Int64(writeUnits)), "write units"), .init(Self.hoursOfMonth, "hours")], .tableWriteCapacity, of: prices)
    case .onDemand:
      guard let consumedReads, let consumedWrites else { throw EstimateFailure.noUsage("the consumed capacity") }
      try formula.add([.init(consumedReads, "read requests")], .tableReadRequest, of: prices)
      try formula.add([.init(consumedWrites, "write requests")], .tableWriteRequest, of: prices)
    }
    return formula
  }
}

/// What it changes to move a bucket from Standard to Intelligent-Tiering.
enum BucketCost {
  /// To a thousandth, as the method writes it.
  static func gigabytes(_ bytes: ExactDecimal) -> ExactDecimal? {
    try? bytes.divided(by: FigureText.bytesPerGigabyte).value.rounded(toFractionDigits: 3)
  }

  /// Objects that no GET request of a month could have read go to the infrequent tier; the others stay at the price of Standard.
  static func impact(
    bytes: ExactDecimal, _ usage: BucketUsage?, standardGigabytes: ExactDecimal, _ prices: PriceList, _ projection: MonthlyProjection,
    impact: (CostFormula, CostFormula, String?) throws -> Recommendation.Impact
  ) throws -> Recommendation.Impact {
    guard let objects = usage?.objectCount, !objects.isZero else { throw EstimateFailure.noUsage("the number of objects") }
    guard let reads = usage?.getRequests.flatMap(projection.count) else { throw EstimateFailure.noUsage("the number of GET requests") }
    guard let gigabytes = gigabytes(bytes) else { throw EstimateFailure.outOfRange }
    let readShare = try min(ExactDecimal(1), reads.divided(by: objects).value.rounded(toFractionDigits: 4, .up))
    let warm = try gigabytes.multiplied(by: readShare).rounded(toFractionDigits: 3)
    let cold = try gigabytes.subtracting(warm)
    var (before, after) = (CostFormula(), CostFormula())
    try before.add([.init(gigabytes, "GB")], .bucketStandard, of: prices, at: standardGigabytes)
    try after.add([.init(cold, "GB not read")], .bucketIntelligentTieringInfrequent, of: prices)
    try after.add([.init(warm, "GB read")], .bucketStandard, of: prices, at: standardGigabytes)
    try after.add([.init(objects, "objects")], .bucketIntelligentTieringMonitoring, of: prices)
    return try impact(
      before, after,
      "As many objects as there were GET requests are taken to be read; the others are in the infrequent tier after 30 days. The one-time charge of the transition is not in it."
    )
  }
}
