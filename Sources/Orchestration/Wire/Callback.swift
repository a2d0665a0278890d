public import JSON

/// Where the caller wants the final answer, besides the bus of this deployment.
public enum Callback: Sendable, Equatable {
  /// An event; source and detail type default to `task.response`.
  case eventBridge(busName: String?, source: String, detailType: String)
  case sqs(queueURL: String)
}

extension Callback {
  public static let defaultEventName = "task.response"

  /// Reads `{type: "eventbridge", eventBusName?, source?, detailType?}` or `{type: "sqs", queueUrl}`.
  /// - Throws: `WireError` that names the field and the value.
  public init(_ value: JSONValue, field: String) throws(WireError) {
    guard value.objectValue != nil else { throw WireError(field: field, value: value.text, expected: "an object with a 'type'") }
    func text(_ name: String) throws(WireError) -> String? {
      guard let value = value[name], !value.isNull else { return nil }
      guard let text = value.stringValue, !text.isEmpty else {
        throw WireError(field: "\(field).\(name)", value: value.text, expected: "a non-empty string")
      }
      return text
    }
    switch try text("type") {
    case "eventbridge":
      let source = try text("source") ?? Self.defaultEventName
      guard !source.hasPrefix("aws.") else {
        throw WireError(field: "\(field).source", value: source, expected: "a source that does not begin with 'aws.'")
      }
      self = .eventBridge(
        busName: try text("eventBusName"), source: source, detailType: try text("detailType") ?? Self.defaultEventName)
    case "sqs":
      guard let queueURL = try text("queueUrl") else {
        throw WireError(field: "\(field).queueUrl", value: "absent", expected: "the URL of a queue")
      }
      self = .sqs(queueURL: queueURL)
    case let type:
      throw WireError(field: "\(field).type", value: type ?? "absent", expected: "\"eventbridge\" or \"sqs\"")
    }
  }
}

extension Callback: JSONEncodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    switch self {
    case .eventBridge(let busName, let source, let detailType):
      writer.member("type", "eventbridge")
      writer.member(ifPresent: "eventBusName", busName)
      writer.member("source", source)
      writer.member("detailType", detailType)
    case .sqs(let queueURL):
      writer.member("type", "sqs")
      writer.member("queueUrl", queueURL)
    }
    writer.endObject()
  }
}
