public import AWSClient
import JSON

/// EventBridge in memory: takes events, and says which rules send them on.
///
/// The sending itself, again and again where it fails, is for whoever listens.
public final class SimulatedBus: SimulatedService {
  /// Gets each accepted event, also one that no rule matches.
  public var onEvent: ((PublishedEvent) -> Void)?
  /// The bus's rules; rules of other buses than those below match nothing.
  public var rules: [BusRule]
  /// The buses that there are beside "default".
  ///
  /// An event for another is accepted and goes nowhere, as in EventBridge (user guide, "Sending events with PutEvents").
  public var busNames: Set<String>
  /// Buses that callers may not send to.
  public var deniedBusNames: Set<String> = []
  public let account: String
  public let region: String
  /// Most bytes of all entries of one request.
  ///
  /// EventBridge's API reference says 256 KB. Since January 2026 the service is said to take 1 MB; who can do with less is right either way.
  public var maximumRequestBytes = 262_144

  let chance: any ServiceChance
  private var eventIDs = IdentifierSequence(salt: 0xE1)
  var requestIDs = IdentifierSequence(salt: 0xE2)

  public init(
    busNames: Set<String>, rules: [BusRule] = [], account: String = "123456789012", region: String = "us-east-1",
    chance: any ServiceChance = NoFaults()
  ) {
    self.busNames = busNames
    self.rules = rules
    self.account = account
    self.region = region
    self.chance = chance
  }

  public func answer(_ request: HTTPRequest, nowMilliseconds: Int64) -> HTTPResponse { respond(to: request, now: nowMilliseconds) }

  // MARK: An operator's console

  /// Publishes an event without a request, as a service of AWS does; nothing is checked.
  @discardableResult public func publish(_ entry: PutEventsEntry, nowMilliseconds now: Int64) -> PublishedEvent {
    let busName = SimulatedBus.name(of: entry.eventBusName)
    let time = entry.timeMilliseconds ?? now
    let exists = busName == "default" || busNames.contains(busName)
    let matching = rules.filter { exists && $0.matches(busName: busName, source: entry.source, detailType: entry.detailType) }
    let id = eventIDs.next()
    let event = PublishedEvent(
      id: id, busName: busName, source: entry.source, detailType: entry.detailType, detail: entry.detail, resources: entry.resources,
      account: account, region: region, timeMilliseconds: time, publishedMilliseconds: now, traceHeader: entry.traceHeader,
      rules: matching.map(\.name), envelope: envelope(entry, id: id, timeMilliseconds: time))
    onEvent?(event)
    return event
  }

  /// The event that a rule with a schedule sends.
  /// Source: EventBridge user guide, "Scheduled events".
  public func scheduledEvent(rule: String, nowMilliseconds now: Int64) -> [UInt8] {
    let entry = PutEventsEntry(
      source: "aws.events", detailType: "Scheduled Event", detail: "{}",
      resources: ["arn:aws:events:\(region):\(account):rule/\(rule)"])
    return envelope(entry, id: eventIDs.next(), timeMilliseconds: now)
  }

  /// The bus that a name or an ARN means.
  static func name(of text: String?) -> String {
    guard let text, !text.isEmpty else { return "default" }
    guard text.hasPrefix("arn:"), let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return text }
    return String(text[text.utf8.index(after: slash)...])
  }

  private func envelope(_ entry: PutEventsEntry, id: String, timeMilliseconds: Int64) -> [UInt8] {
    var writer = JSONWriter(capacity: entry.detail.utf8.count + 320)
    writer.beginObject()
    writer.member("version", "0")
    writer.member("id", id)
    writer.member("detail-type", entry.detailType)
    writer.member("source", entry.source)
    writer.member("account", account)
    // Events carry whole seconds.
    writer.member("time", ISO8601.text(milliseconds: timeMilliseconds).prefix(19) + "Z")
    writer.member("region", region)
    writer.member("resources", entry.resources)
    writer.key("detail")
    writer.raw(Array(entry.detail.utf8))
    writer.endObject()
    return writer.bytes
  }
}
