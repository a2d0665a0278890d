import AWSClient
import JSON

extension SimulatedBus {
  private static let contentType = "application/x-amz-json-1.1"
  private static let maximumEntries = 10
  /// Objects and arrays that may be nested in a detail.
  private static let maximumDepth = 1_000

  func respond(to request: HTTPRequest, now: Int64) -> HTTPResponse {
    let requestID = requestIDs.next()
    do throws(Refusal) {
      return .json(try perform(request, now), requestID: requestID, contentType: SimulatedBus.contentType)
    } catch {
      return .json(error, namespace: "com.amazonaws.events", requestID: requestID, contentType: SimulatedBus.contentType)
    }
  }

  private func perform(_ request: HTTPRequest, _ now: Int64) throws(Refusal) -> [UInt8] {
    guard request.headers["x-amz-target"] == "AWSEvents.PutEvents" else {
      throw Refusal(
        404, "UnknownOperationException",
        "The bus in memory knows the operation PutEvents only, not '\(request.headers["x-amz-target"] ?? "")'.")
    }
    if chance.occurs(.throttling) { throw Refusal(400, "ThrottlingException", "Rate exceeded") }
    if chance.occurs(.internalError) { throw Refusal(500, "InternalException", "Internal Service Failure") }
    let entries: [PutEventsRequestEntry]
    do throws(JSONError) { entries = try PutEventsRequest(json: request.body).entries } catch {
      throw Refusal(400, "SerializationException", "The request's body could not be read: \(error)")
    }
    guard (1...SimulatedBus.maximumEntries).contains(entries.count) else {
      throw Refusal(
        400, "ValidationException",
        "1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length "
          + (entries.isEmpty ? "greater than or equal to 1" : "less than or equal to \(SimulatedBus.maximumEntries)"))
    }
    guard entries.reduce(0, { $0 + $1.size }) <= maximumRequestBytes else {
      throw Refusal(400, "ValidationException", "Total size of the entries in the request is over the limit.")
    }
    return answer(to: entries.map { result(of: $0, now) })
  }

  private func result(of entry: PutEventsRequestEntry, _ now: Int64) -> Result<String, Refusal> {
    do throws(Refusal) {
      if chance.occurs(.entryRefused) {
        throw chance.number(in: 0...1) == 0
          ? Refusal(500, "InternalFailure", "Internal Service Failure") : Refusal(400, "ThrottlingException", "Rate exceeded")
      }
      return .success(publish(try checked(entry), nowMilliseconds: now).id)
    } catch {
      return .failure(error)
    }
  }

  private func answer(to results: [Result<String, Refusal>]) -> [UInt8] {
    var failures = 0
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("Entries")
    writer.beginArray()
    for result in results {
      writer.beginObject()
      switch result {
      case .success(let id): writer.member("EventId", id)
      case .failure(let refusal):
        failures += 1
        writer.member("ErrorCode", refusal.code)
        writer.member("ErrorMessage", refusal.message)
      }
      writer.endObject()
    }
    writer.endArray()
    writer.member("FailedEntryCount", failures)
    writer.endObject()
    return writer.bytes
  }

  /// Checks one entry.
  /// Source: EventBridge API reference, PutEventsRequestEntry and PutEventsResultEntry.
  private func checked(_ entry: PutEventsRequestEntry) throws(Refusal) -> PutEventsEntry {
    func required(_ name: String, _ value: String?) throws(Refusal) -> String {
      if let value, !value.isEmpty { return value }
      throw Refusal(400, "InvalidArgument", "Parameter \(name) is not valid. Reason: \(name) is a required argument.")
    }
    let source = try required("Source", entry.source)
    let detailType = try required("DetailType", entry.detailType)
    let detail = try required("Detail", entry.detail)
    guard !source.hasPrefix("aws.") else {
      throw Refusal(400, "NotAuthorizedForSourceException", "Not authorized for the source.")
    }
    guard detailType.utf8.count <= 128 else {
      throw Refusal(400, "InvalidArgument", "Parameter DetailType is not valid. Reason: Length must be at most 128.")
    }
    guard SimulatedBus.isObject(detail) else { throw Refusal(400, "MalformedDetail", "Detail is malformed.") }
    guard !deniedBusNames.contains(SimulatedBus.name(of: entry.eventBusName)) else {
      throw Refusal(
        400, "AccessDeniedException",
        "User is not authorized to perform: events:PutEvents on resource: \(entry.eventBusName ?? "default")")
    }
    if let trace = entry.traceHeader, !(1...500).contains(trace.utf8.count) {
      throw Refusal(400, "InvalidArgument", "Parameter TraceHeader is not valid. Reason: Length must be between 1 and 500.")
    }
    return PutEventsEntry(
      source: source, detailType: detailType, detail: detail, eventBusName: entry.eventBusName, resources: entry.resources,
      timeMilliseconds: entry.timeMilliseconds, traceHeader: entry.traceHeader)
  }

  private static func isObject(_ text: String) -> Bool {
    let isObject: Bool? = try? JSONReader.withReader(Array(text.utf8), maximumDepth: maximumDepth) { reader throws(JSONError) in
      try reader.beginObject()
      while try reader.nextMember() != nil { try reader.skipValue() }
      return true
    }
    return isObject ?? false
  }
}

/// The input of PutEvents as it came.
private struct PutEventsRequest: JSONDecodable {
  var entries: [PutEventsRequestEntry] = []

  init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "Entries": entries = try reader.readIfNull() ? [] : try reader.readArray(of: PutEventsRequestEntry.self)
      default: try reader.skipValue()
      }
    }
  }
}

private struct PutEventsRequestEntry: JSONDecodable {
  var source: String?
  var detailType: String?
  var detail: String?
  var eventBusName: String?
  var resources: [String] = []
  var timeMilliseconds: Int64?
  var traceHeader: String?

  init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "Source": source = try reader.readOptionalString()
      case "DetailType": detailType = try reader.readOptionalString()
      case "Detail": detail = try reader.readOptionalString()
      case "EventBusName": eventBusName = try reader.readOptionalString()
      case "Resources": resources = try reader.readTexts()
      case "Time": timeMilliseconds = try PutEventsRequestEntry.time(&reader)
      case "TraceHeader": traceHeader = try reader.readOptionalString()
      default: try reader.skipValue()
      }
    }
  }

  /// Seconds since the Unix epoch with a fraction, or ISO 8601 text; nil for null.
  private static func time(_ reader: inout JSONReader) throws(JSONError) -> Int64? {
    let begin = reader.valueOffset()
    let value = try reader.readValue()
    if value.isNull { return nil }
    if let seconds = value.doubleValue, seconds.magnitude < 1e12 { return Int64((seconds * 1_000).rounded()) }
    if let milliseconds = value.stringValue.flatMap(ISO8601.milliseconds) { return milliseconds }
    throw JSONError(.invalidValue, byteOffset: begin, expected: "a time: seconds since 1970, or ISO 8601 text", field: "Time")
  }

  /// What counts against the limit.
  /// Source: EventBridge user guide, "Calculating PutEvents event entry size".
  var size: Int {
    (timeMilliseconds == nil ? 0 : 14) + (source ?? "").utf8.count + (detailType ?? "").utf8.count + (detail ?? "").utf8.count
      + resources.reduce(0) { $0 + $1.utf8.count }
  }
}
