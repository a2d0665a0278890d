public import JSON

/// Publishes 1 to 10 events; each succeeds or fails by itself.
public struct PutEventsInput: Sendable, Hashable, JSONEncodable {
  public var entries: [PutEventsEntry]

  public init(entries: [PutEventsEntry]) { self.entries = entries }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("Entries", entries)
    writer.endObject()
  }
}

/// One event.
public struct PutEventsEntry: Sendable, Hashable, JSONEncodable {
  public var source: String
  public var detailType: String
  /// A JSON object, as text.
  public var detail: String
  /// Name or ARN of the bus; nil for the account's default bus.
  public var eventBusName: String?
  /// ARNs that the event is about.
  public var resources: [String]
  /// When it happened, in milliseconds since the Unix epoch; nil for the time of the call.
  public var timeMilliseconds: Int64?
  /// The X-Ray trace id that travels with the event, at most 500 characters.
  public var traceHeader: String?

  public init(
    source: String, detailType: String, detail: String, eventBusName: String? = nil, resources: [String] = [],
    timeMilliseconds: Int64? = nil, traceHeader: String? = nil
  ) {
    self.source = source
    self.detailType = detailType
    self.detail = detail
    self.eventBusName = eventBusName
    self.resources = resources
    self.timeMilliseconds = timeMilliseconds
    self.traceHeader = traceHeader
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    if let timeMilliseconds {
      // The protocol's timestamps are seconds with a fraction.
      writer.key("Time")
      writer.double(Double(timeMilliseconds) / 1_000)
    }
    writer.member("Source", source)
    writer.member(ifAny: "Resources", resources)
    writer.member("DetailType", detailType)
    writer.member("Detail", detail)
    writer.member(ifPresent: "EventBusName", eventBusName)
    writer.member(ifPresent: "TraceHeader", traceHeader)
    writer.endObject()
  }
}

/// What became of each event: HTTP 200 says nothing about it.
public struct PutEventsOutput: Sendable, Hashable, JSONDecodable {
  public var failedEntryCount: Int
  /// One result for each entry, in the order of the entries.
  public var entries: [PutEventsResult]

  public init(failedEntryCount: Int = 0, entries: [PutEventsResult] = []) {
    self.failedEntryCount = failedEntryCount
    self.entries = entries
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init()
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "FailedEntryCount": failedEntryCount = try reader.readInt()
      case "Entries": entries = try reader.readArray(of: PutEventsResult.self)
      default: try reader.skipValue()
      }
    }
  }
}

/// What became of one event.
public struct PutEventsResult: Sendable, Hashable, JSONDecodable {
  /// The event's id; nil when it failed.
  public var eventID: String?
  /// Why it failed; nil when it was accepted.
  public var errorCode: String?
  public var errorMessage: String?

  public init(eventID: String? = nil, errorCode: String? = nil, errorMessage: String? = nil) {
    self.eventID = eventID
    self.errorCode = errorCode
    self.errorMessage = errorMessage
  }

  public var isFailure: Bool { errorCode != nil || eventID == nil }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init()
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "EventId": eventID = try reader.readOptionalString()
      case "ErrorCode": errorCode = try reader.readOptionalString()
      case "ErrorMessage": errorMessage = try reader.readOptionalString()
      default: try reader.skipValue()
      }
    }
  }
}
