import AgentKit
import JSON
import Testing

@testable import CostOptimizer

@Suite struct PriceListTests {
  private static let clock = FixedClock.morning

  private static func product(
    _ service: String = "AWSLambda", family: String = "Serverless", attributes: [(String, JSONValue)],
    tiers: [(begin: String, price: String)]
  ) -> JSONValue {
    let dimensions = tiers.enumerated().map { index, tier in
      (
        "d\(index)",
        ["unit": "x", "beginRange": .string(tier.begin), "endRange": "Inf", "pricePerUnit": ["USD": .string(tier.price)]] as JSONValue
      )
    }
    let value: JSONValue = [
      "product": ["productFamily": .string(family), "attributes": .object(JSONObject(attributes)), "sku": "S"],
      "serviceCode": .string(service), "terms": ["OnDemand": ["S.T": ["priceDimensions": .object(JSONObject(dimensions))]]],
      "publicationDate": "2026-11-20T00:00:00Z",
    ]
    return .string(value.text)
  }

  @Test func tiersComeInTheirOrder() throws {
    let text = Self.product(
      attributes: [("group", "AWS-Lambda-Duration")],
      tiers: [("15000000000", "0.0000133334"), ("0", "0.0000166667"), ("6000000000", "0.0000150000")])
    let product = try #require(text.stringValue.flatMap { PriceListProduct($0) })
    #expect(product.item == .lambdaDuration(.x86))
    let rate = try #require(PriceList.Rate(tiers: product.chargedTiers, source: "s"))
    #expect(rate.price() == ExactDecimal("0.0000166667"))
    #expect(rate.price(at: ExactDecimal(5_999_999_999)) == ExactDecimal("0.0000166667"))
    #expect(rate.price(at: ExactDecimal(6_000_000_000)) == ExactDecimal("0.000015"))
    #expect(rate.price(at: ExactDecimal(99_000_000_000)) == ExactDecimal("0.0000133334"))
    #expect(product.publicationDate == "2026-11-20")
  }

  @Test func aFreeTierIsNotAssumed() throws {
    let text = Self.product(
      "AmazonDynamoDB", family: "Provisioned IOPS", attributes: [("group", "DDB-WriteUnits")], tiers: [("0", "0"), ("18600", "0.00065")])
    let product = try #require(text.stringValue.flatMap { PriceListProduct($0) })
    #expect(product.item == .tableWriteCapacity)
    #expect(product.chargedTiers == [PriceList.Tier(beginsAt: .zero, price: ExactDecimal("0.00065")!)])
  }

  @Test(arguments: [
    "", "{}", "[]", "{\"product\":{}}", "{\"product\":{\"attributes\":{}},\"terms\":{\"OnDemand\":{}}}",
    "{\"product\":{\"attributes\":{}},\"terms\":{\"OnDemand\":{\"a\":{\"priceDimensions\":{\"b\":{\"pricePerUnit\":{\"CNY\":\"1\"}}}}}}}",
    "{\"product\":{\"attributes\":{}},\"terms\":{\"OnDemand\":{\"a\":{\"priceDimensions\":{\"b\":{\"pricePerUnit\":{\"USD\":\"much\"}}}}}}}",
    "{\"product\":{\"attributes\":{}},\"terms\":{\"OnDemand\":{\"a\":{\"priceDimensions\":{\"b\":{\"pricePerUnit\":{\"USD\":\"-1\"}}}}}}}",
  ]) func whatIsNoProductIsLeftOut(_ text: String) {
    #expect(PriceListProduct(text) == nil)
  }

  @Test func aDeniedPriceListFallsBackToTheDatedTable() async {
    let account = RecordedAccount(["pricing.GetProducts": [.denied()]])
    let (prices, gaps) = await PriceList.load(reader: account, region: "us-east-1", clock: Self.clock)
    #expect(prices == PriceList.builtIn(region: "us-east-1"))
    #expect(prices.source.contains(PriceList.builtInAsOf))
    #expect(gaps.map(\.kind) == [.permission, .price])
    #expect(gaps[1].message == "Prices of us-east-1 could not be read from the Price List API.")
    #expect(account.calls.count == 1)
  }

  @Test func aRegionThatTheTableLacksHasNoPricesRatherThanAnothers() async {
    let account = RecordedAccount(region: "eu-south-2", ["pricing.GetProducts": [.error("InternalErrorException", status: 500)]])
    let (prices, gaps) = await PriceList.load(reader: account, region: "eu-south-2", clock: Self.clock)
    #expect(prices.rates.isEmpty)
    #expect(gaps.map(\.kind) == [.serviceFailure, .price])
    #expect(gaps[1].consequence == "No amount is told where such a price is needed.")
  }

  @Test func whatThePriceListLacksComesFromTheTable() async {
    let request = Self.product(attributes: [("group", "AWS-Lambda-Requests")], tiers: [("0", "0.0000002500")])
    let account = RecordedAccount(["pricing.GetProducts": [.answer(["PriceList": [request]])]])
    let (prices, gaps) = await PriceList.load(reader: account, region: "us-east-1", clock: Self.clock)
    #expect(prices.rate(.lambdaRequest)?.price() == ExactDecimal("0.00000025"))
    #expect(prices.rate(.lambdaRequest)?.source == "AWS Price List API, read on 2026-11-27")
    #expect(prices.rate(.bucketStandard)?.source == PriceList.builtInSource)
    #expect(prices.source == "AWS Price List API, read on 2026-11-27; what it lacks: \(PriceList.builtInSource)")
    #expect(gaps.count == 1 && gaps[0].message.contains("S3 Standard storage"))
  }

  @Test func pagesAreReadToTheirEndAndATokenThatComesAgainEndsThem() async {
    let account = RecordedAccount(["pricing.GetProducts": [.answer(["PriceList": [], "NextToken": "again"])]])
    _ = await PriceList.load(reader: account, region: "us-east-1", clock: Self.clock)
    #expect(account.calls.count == 10)
    let parameters = account.calls[1].parameters
    #expect(parameters["NextToken"] == "again")
    #expect(parameters["MaxResults"] == 100)
  }

  @Test func theTableHasAPriceOfEveryItem() {
    let table = PriceList.builtIn(region: "us-west-2")
    for item in PriceItem.all { #expect(table.rate(item) != nil, "\(item.name)") }
    #expect(PriceList.builtIn(region: "ap-east-1").rates.isEmpty)
  }
}
