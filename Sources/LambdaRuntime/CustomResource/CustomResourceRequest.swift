public import JSON

/// What CloudFormation asks of a custom resource.
/// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes.html
public struct CustomResourceRequest: Sendable, Equatable {
  public enum Kind: String, Sendable {
    case create = "Create"
    case update = "Update"
    case delete = "Delete"
  }

  public let kind: Kind
  public let requestID: String
  public let stackID: String
  /// "Custom::Name".
  public let resourceType: String
  public let logicalResourceID: String
  /// The id that an earlier answer gave; nil on Create.
  public let physicalResourceID: String?
  /// As in the template, but that CloudFormation makes strings of numbers and booleans.
  public let properties: JSONObject
  /// The properties before the update; nil but on Update.
  public let oldProperties: JSONObject?

  public init(
    kind: Kind, requestID: String = "request", stackID: String = "stack", resourceType: String = "Custom::Resource",
    logicalResourceID: String = "Resource", physicalResourceID: String? = nil, properties: JSONObject = [:],
    oldProperties: JSONObject? = nil
  ) {
    self.kind = kind
    self.requestID = requestID
    self.stackID = stackID
    self.resourceType = resourceType
    self.logicalResourceID = logicalResourceID
    self.physicalResourceID = physicalResourceID
    self.properties = properties
    self.oldProperties = oldProperties
  }

  /// A request as it stands in its envelope.
  /// - Throws: `InvalidEventError` that names the field and its value.
  init(_ event: JSONValue, envelope: CustomResourceEnvelope) throws(InvalidEventError) {
    guard let kind = event["RequestType"]?.stringValue.flatMap({ Kind(rawValue: $0) }) else {
      throw InvalidEventError("RequestType is \(event["RequestType"]?.text ?? "missing"); expected \"Create\", \"Update\" or \"Delete\"")
    }
    func object(_ name: String) throws(InvalidEventError) -> JSONObject? {
      guard let value = event[name], !value.isNull else { return nil }
      guard let object = value.objectValue else {
        throw InvalidEventError("\(name) is \(value.kindDescription), \(value.text.prefix(100)); expected an object")
      }
      return object
    }
    self.init(
      kind: kind, requestID: envelope.requestID, stackID: envelope.stackID, resourceType: event["ResourceType"]?.stringValue ?? "",
      logicalResourceID: envelope.logicalResourceID, physicalResourceID: envelope.physicalResourceID,
      properties: try object("ResourceProperties") ?? [:], oldProperties: try object("OldResourceProperties"))
  }
}

/// The part of a request that an answer needs; it is read before anything else, so that a malformed request is answered too.
struct CustomResourceEnvelope: Sendable {
  let responseURL: String
  let requestID: String
  let stackID: String
  let logicalResourceID: String
  let physicalResourceID: String?

  init(_ event: JSONValue) throws(InvalidEventError) {
    guard let responseURL = event["ResponseURL"]?.stringValue, responseURL.hasPrefix("http") else {
      throw InvalidEventError("the event is no request of CloudFormation: ResponseURL is missing, so nobody could be answered")
    }
    self.responseURL = responseURL
    requestID = event["RequestId"]?.stringValue ?? ""
    stackID = event["StackId"]?.stringValue ?? ""
    logicalResourceID = event["LogicalResourceId"]?.stringValue ?? ""
    physicalResourceID = event["PhysicalResourceId"]?.stringValue
  }

  /// The id of a resource that has none yet: the same for every attempt, since CloudFormation takes another id for another resource, and
  /// deletes the old one.
  var stablePhysicalResourceID: String {
    if let physicalResourceID, !physicalResourceID.isEmpty { return physicalResourceID }
    // "arn:aws:cloudformation:region:account:stack/name/uuid"
    let parts = stackID.split(separator: "/")
    let stack = parts.count == 3 ? "\(parts[1])-\(parts[2].prefix(8))" : "stack"
    return String("\(stack)-\(logicalResourceID)".prefix(255))
  }
}
