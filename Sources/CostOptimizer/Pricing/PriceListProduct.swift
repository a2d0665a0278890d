import AgentKit
import JSON

/// A product of the Price List API, parsed from the JSON text that `GetProducts` answers with in a string.
/// Source of the format: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html
struct PriceListProduct {
  var service: String
  var family: String
  var attributes: JSONObject
  var tiers: [PriceList.Tier]
  /// ISO 8601 date of the price list.
  var publicationDate: String?

  /// nil when the text is no product, or has no price on demand in US dollars.
  init?(_ text: String) {
    guard let value = try? JSONValue(parsing: text), let product = value["product"], let attributes = product["attributes"]?.objectValue,
      let offers = value["terms"]?["OnDemand"]?.objectValue
    else { return nil }
    service = value["serviceCode"]?.stringValue ?? attributes["servicecode"]?.stringValue ?? ""
    family = product["productFamily"]?.stringValue ?? ""
    self.attributes = attributes
    publicationDate = value["publicationDate"]?.stringValue.map { String($0.prefix(10)) }
    var tiers: [PriceList.Tier] = []
    for offer in offers {
      guard let dimensions = offer.value["priceDimensions"]?.objectValue else { continue }
      for dimension in dimensions {
        guard let price = dimension.value["pricePerUnit"]?["USD"]?.stringValue.flatMap({ ExactDecimal($0) }), !(price < .zero) else {
          continue
        }
        let begin = dimension.value["beginRange"]?.stringValue.flatMap { ExactDecimal($0) } ?? .zero
        tiers.append(PriceList.Tier(beginsAt: begin, price: price))
      }
    }
    guard !tiers.isEmpty else { return nil }
    self.tiers = tiers.sorted { $0.beginsAt < $1.beginsAt }
  }

  private func attribute(_ name: String) -> String { attributes[name]?.stringValue ?? "" }

  /// What it is the price of; nil for what the estimates have no use for.
  var item: PriceItem? {
    switch service {
    case "AWSLambda": lambdaItem
    case "AmazonDynamoDB": tableItem
    case "AmazonS3": bucketItem
    case "AmazonApiGateway": cacheItem
    default: nil
    }
  }

  private var lambdaItem: PriceItem? {
    switch attribute("group") {
    case "AWS-Lambda-Requests": .lambdaRequest
    case "AWS-Lambda-Duration": .lambdaDuration(.x86)
    case "AWS-Lambda-Duration-ARM": .lambdaDuration(.arm)
    case "AWS-Lambda-Duration-Provisioned": .lambdaProvisionedDuration(.x86)
    case "AWS-Lambda-Duration-Provisioned-ARM": .lambdaProvisionedDuration(.arm)
    case "AWS-Lambda-Provisioned-Concurrency": .lambdaProvisionedConcurrency(.x86)
    case "AWS-Lambda-Provisioned-Concurrency-ARM": .lambdaProvisionedConcurrency(.arm)
    case "AWS-Lambda-Storage-Duration": .lambdaEphemeralStorage(.x86)
    case "AWS-Lambda-Storage-Duration-ARM": .lambdaEphemeralStorage(.arm)
    default: nil
    }
  }

  private var tableItem: PriceItem? {
    switch (family, attribute("group")) {
    case ("Provisioned IOPS", "DDB-ReadUnits"): .tableReadCapacity
    case ("Provisioned IOPS", "DDB-WriteUnits"): .tableWriteCapacity
    case ("Amazon DynamoDB PayPerRequest Throughput", "DDB-ReadUnits"): .tableReadRequest
    case ("Amazon DynamoDB PayPerRequest Throughput", "DDB-WriteUnits"): .tableWriteRequest
    default: nil
    }
  }

  private var bucketItem: PriceItem? {
    if attribute("usagetype").hasSuffix("Monitoring-Automation-INT") { return .bucketIntelligentTieringMonitoring }
    guard family == "Storage" else { return nil }
    // Annotations, tags and tables have volume types of their own; the usage type tells storage by the hour from early deletion.
    guard attribute("usagetype").hasSuffix("ByteHrs") else { return nil }
    switch attribute("volumeType") {
    case "Standard": return .bucketStandard
    case "Intelligent-Tiering Infrequent Access": return .bucketIntelligentTieringInfrequent
    default: return nil
    }
  }

  private var cacheItem: PriceItem? {
    guard family == "Amazon API Gateway Cache" else { return nil }
    let size = attribute("cacheMemorySizeGb")
    return PriceItem.cacheSizes.contains(size) ? .apiCache(gigabytes: size) : nil
  }

  /// The tiers that a bill without a free tier has.
  ///
  /// DynamoDB's capacity begins with a free tier of some hours at no price, which the price list holds as a tier; the free tier is not assumed. The
  /// first price that is charged then holds from the start. Monitoring of Intelligent-Tiering is priced by the object.
  var chargedTiers: [PriceList.Tier] {
    var charged = tiers.filter { !$0.price.isZero }
    if !charged.isEmpty { charged[0].beginsAt = .zero }
    return charged
  }
}
