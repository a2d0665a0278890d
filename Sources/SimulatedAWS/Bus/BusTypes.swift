/// A rule of a bus: which events it sends on.
public struct BusRule: Sendable, Hashable {
  public var name: String
  public var busName: String
  /// The pattern's sources; empty for any.
  public var sources: [String]
  /// The pattern's detail types; empty for any.
  public var detailTypes: [String]
  public var isEnabled: Bool

  public init(name: String, busName: String, sources: [String] = [], detailTypes: [String] = [], isEnabled: Bool = true) {
    self.name = name
    self.busName = busName
    self.sources = sources
    self.detailTypes = detailTypes
    self.isEnabled = isEnabled
  }

  /// Whether the rule sends an event on.
  public func matches(busName: String, source: String, detailType: String) -> Bool {
    isEnabled && self.busName == busName && (sources.isEmpty || sources.contains(source))
      && (detailTypes.isEmpty || detailTypes.contains(detailType))
  }
}

/// An event that a bus accepted.
public struct PublishedEvent: Sendable, Hashable {
  public let id: String
  public let busName: String
  public let source: String
  public let detailType: String
  /// A JSON object, as text.
  public let detail: String
  public let resources: [String]
  public let account: String
  public let region: String
  /// When it happened, by its publisher's word, in milliseconds since the Unix epoch.
  public let timeMilliseconds: Int64
  /// When the bus accepted it.
  public let publishedMilliseconds: Int64
  /// The X-Ray trace id that travels beside the event.
  public let traceHeader: String?
  /// The names of the rules that match, in the order of the rules; each sends the event to its targets.
  public let rules: [String]
  /// The event as a target such as Lambda gets it: one JSON object.
  public let envelope: [UInt8]
}
