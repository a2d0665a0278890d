import AgentKit

extension PriceList {
  /// The day for which the built-in prices were compared with AWS's price pages.
  public static let builtInAsOf = "2026-11-27"

  /// Regions whose prices are those of the built-in table.
  static let builtInRegions = ["us-east-1", "us-east-2", "us-west-2"]

  static let builtInSource = "built-in table of public list prices as of \(builtInAsOf)"

  /// Prices for when the Price List API cannot be asked: those of us-east-1, which us-east-2 and us-west-2 share. Another region has none, since a
  /// wrong amount is worse than none.
  ///
  /// Sources: https://aws.amazon.com/lambda/pricing/, https://aws.amazon.com/dynamodb/pricing/ (on demand since November 2024),
  /// https://aws.amazon.com/s3/pricing/, https://aws.amazon.com/api-gateway/pricing/.
  public static func builtIn(region: String) -> PriceList {
    guard builtInRegions.contains(region) else {
      return PriceList(region: region, source: "no prices: the built-in table has none of \(region)")
    }
    var rates: [PriceItem: Rate] = [:]
    func set(_ item: PriceItem, _ tiers: (from: Int64, price: String)...) {
      rates[item] = Rate(
        tiers: tiers.compactMap { tier in
          ExactDecimal(tier.price).map { Tier(beginsAt: ExactDecimal(tier.from), price: $0) }
        }, source: builtInSource)
    }
    set(.lambdaRequest, (0, "0.0000002"))
    set(.lambdaDuration(.x86), (0, "0.0000166667"), (6_000_000_000, "0.000015"), (15_000_000_000, "0.0000133334"))
    set(.lambdaDuration(.arm), (0, "0.0000133334"), (7_500_000_000, "0.0000120001"), (18_750_000_000, "0.0000106667"))
    set(.lambdaProvisionedDuration(.x86), (0, "0.0000097222"))
    set(.lambdaProvisionedDuration(.arm), (0, "0.0000077778"))
    set(.lambdaProvisionedConcurrency(.x86), (0, "0.0000041667"))
    set(.lambdaProvisionedConcurrency(.arm), (0, "0.0000033334"))
    set(.lambdaEphemeralStorage(.x86), (0, "0.0000000309"))
    set(.lambdaEphemeralStorage(.arm), (0, "0.0000000309"))
    set(.tableReadCapacity, (0, "0.00013"))
    set(.tableWriteCapacity, (0, "0.00065"))
    set(.tableReadRequest, (0, "0.000000125"))
    set(.tableWriteRequest, (0, "0.000000625"))
    set(.bucketStandard, (0, "0.023"), (51_200, "0.022"), (512_000, "0.021"))
    set(.bucketIntelligentTieringInfrequent, (0, "0.0125"))
    set(.bucketIntelligentTieringMonitoring, (0, "0.0000025"))
    for (size, price) in zip(PriceItem.cacheSizes, ["0.02", "0.038", "0.2", "0.25", "0.5", "1", "1.9", "3.8"]) {
      set(.apiCache(gigabytes: size), (0, price))
    }
    return PriceList(region: region, source: builtInSource, rates: rates)
  }
}
