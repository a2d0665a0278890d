public import JSON

/// An event as EventBridge delivers it.
/// https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
public struct EventBridgeEvent<Detail: JSONDecodable>: JSONDecodable {
  /// Unique for each event, the same for each delivery of it.
  public let id: String
  public let detailType: String
  public let source: String
  public let account: String
  /// When it happened, ISO 8601, to the second.
  public let time: String
  public let region: String
  /// ARNs, such as that of the rule of a scheduled event.
  public let resources: [String]
  public let detail: Detail

  public init(
    id: String, detailType: String, source: String, account: String = "", time: String = "", region: String = "", resources: [String] = [],
    detail: Detail
  ) {
    self.id = id
    self.detailType = detailType
    self.source = source
    self.account = account
    self.time = time
    self.region = region
    self.resources = resources
    self.detail = detail
  }

  /// - Throws: `JSONError` that names the field that is missing or wrong.
  public init(from reader: inout JSONReader) throws(JSONError) {
    var texts: [String: String] = [:]
    var resources: [String] = []
    var detail: Detail?
    let begin = reader.valueOffset()
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "id", "detail-type", "source", "account", "time", "region": texts[key] = try reader.readString()
      case "resources":
        try reader.beginArray()
        while try reader.nextElement() { resources.append(try reader.readString()) }
      case "detail": detail = try Detail(from: &reader)
      default: try reader.skipValue()
      }
    }
    guard let id = texts["id"] else { throw .missing("id", expected: "a string", at: begin) }
    guard let detailType = texts["detail-type"] else { throw .missing("detail-type", expected: "a string", at: begin) }
    guard let source = texts["source"] else { throw .missing("source", expected: "a string", at: begin) }
    guard let detail else { throw .missing("detail", expected: "an object", at: begin) }
    self.init(
      id: id, detailType: detailType, source: source, account: texts["account"] ?? "", time: texts["time"] ?? "",
      region: texts["region"] ?? "", resources: resources, detail: detail)
  }
}

extension EventBridgeEvent: Sendable where Detail: Sendable {}
extension EventBridgeEvent: Equatable where Detail: Equatable {}
