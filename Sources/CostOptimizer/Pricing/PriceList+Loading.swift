import AWSClient
public import AgentKit
import JSON

extension PriceList {
  /// Pages of one query's products that are read at most; the largest, all of S3 in a region, has fewer than ten.
  static let maximumPages = 20

  /// The queries whose products hold every price: the service, and the family of products that it is narrowed down to.
  private static let queries: [(service: String, family: String?)] = [
    ("AWSLambda", "Serverless"), ("AmazonDynamoDB", "Provisioned IOPS"), ("AmazonDynamoDB", "Amazon DynamoDB PayPerRequest Throughput"),
    ("AmazonS3", nil), ("AmazonApiGateway", "Amazon API Gateway Cache"),
  ]

  /// The region's prices from the Price List API. What it does not answer is taken from the built-in table, where that has the region; gaps tell both.
  ///
  /// - Parameter reader: reads `pricing` in a region that has the Price List API, whatever region it reads otherwise.
  public static func load(reader: any AccountReader, region: String, clock: any Clock) async -> (PriceList, [Gap]) {
    let day = String(ISO8601.text(milliseconds: clock.nowMilliseconds).prefix(10))
    let apiSource = "AWS Price List API, read on \(day)"
    var products: [PriceListProduct] = []
    var gaps: [Gap] = []
    for query in queries {
      do {
        products += try await read(query.service, family: query.family, region: region, reader)
      } catch {
        // A denied or unreachable service would refuse the other queries too.
        gaps.append(gap(of: error))
        break
      }
    }
    return combine(products, region: region, source: apiSource, gaps: gaps)
  }

  private static func gap(of error: any Error) -> Gap {
    let consequence = "Prices that were not read come from the \(builtInSource)."
    guard let error = error as? AWSError else {
      return Gap(.serviceFailure, subject: "Pricing", message: "pricing:GetProducts failed: \(error)", consequence: consequence)
    }
    let isDenied = error.code.hasPrefix("AccessDenied") || error.code == "UnauthorizedOperation"
    return Gap(
      isDenied ? .permission : .serviceFailure, subject: "Pricing", message: "pricing:GetProducts failed: \(error.code): \(error.message)",
      consequence: consequence)
  }

  private static func read(
    _ service: String, family: String?, region: String, _ reader: any AccountReader
  ) async throws -> [PriceListProduct] {
    var filters: [JSONValue] = [["Type": "TERM_MATCH", "Field": "regionCode", "Value": .string(region)]]
    if let family { filters.append(["Type": "TERM_MATCH", "Field": "productFamily", "Value": .string(family)]) }
    var products: [PriceListProduct] = []
    var token: String?
    for _ in 0..<maximumPages {
      var parameters: JSONObject = [
        "ServiceCode": .string(service), "FormatVersion": "aws_v1", "Filters": .array(filters), "MaxResults": 100,
      ]
      if let token { parameters["NextToken"] = .string(token) }
      let page = try await reader.read("pricing", "GetProducts", .object(parameters))
      for entry in page["PriceList"]?.arrayValue ?? [] {
        // botocore's model has a list of strings; some emulators answer with the objects themselves.
        if let product = PriceListProduct(entry.stringValue ?? entry.text) { products.append(product) }
      }
      guard let next = page["NextToken"]?.stringValue, !next.isEmpty, next != token else { return products }
      token = next
    }
    return products
  }

  /// One list of what was read and, for the rest, of the built-in table.
  static func combine(_ products: [PriceListProduct], region: String, source: String, gaps: [Gap]) -> (PriceList, [Gap]) {
    var gaps = gaps
    var rates: [PriceItem: Rate] = [:]
    for product in products {
      guard let item = product.item, rates[item] == nil, let rate = Rate(tiers: product.chargedTiers, source: source) else { continue }
      rates[item] = rate
    }
    let isRead = !rates.isEmpty
    let table = builtIn(region: region)
    var substituted: [String] = []
    var missing: [String] = []
    for item in PriceItem.all where rates[item] == nil {
      if let rate = table.rate(item) {
        rates[item] = rate
        substituted.append(item.name)
      } else {
        missing.append(item.name)
      }
    }
    if !substituted.isEmpty {
      gaps.append(
        Gap(
          .price, subject: "Pricing",
          message: isRead
            ? "The Price List API did not answer with a price of: \(substituted.joined(separator: ", "))."
            : "Prices of \(region) could not be read from the Price List API.",
          consequence: "\(isRead ? "Those" : "All") prices come from the \(builtInSource)."))
    }
    if !missing.isEmpty {
      gaps.append(
        Gap(
          .price, subject: "Pricing",
          message: isRead
            ? "The Price List API did not answer with a price of: \(missing.joined(separator: ", ")); the built-in table has no prices of \(region)."
            : "Prices of \(region) could not be read from the Price List API, and the built-in table has none of that region.",
          consequence: "No amount is told where such a price is needed."))
    }
    let whole: String
    switch (isRead, substituted.isEmpty) {
    case (true, true): whole = source
    case (true, false): whole = "\(source); what it lacks: \(builtInSource)"
    case (false, _): whole = table.source
    }
    return (PriceList(region: region, source: whole, rates: rates), gaps)
  }
}
