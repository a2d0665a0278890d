public import JSON

/// A parameter; its description leaves the value out, whatever its type.
public struct SSMParameter: Sendable, Hashable, JSONDecodable {
  public var name: String
  /// "String", "StringList" (values with commas between) or "SecureString".
  public var type: String?
  /// Of a "SecureString" the clear text only when decryption was asked for.
  public var value: String
  /// 1 or more; each change counts it up.
  public var version: Int64?
  public var arn: String?
  /// ":" and the version or label that the caller asked for; nil when it asked for none.
  public var selector: String?
  public var lastModifiedMilliseconds: Int64?

  public init(
    name: String, value: String, type: String? = nil, version: Int64? = nil, arn: String? = nil, selector: String? = nil,
    lastModifiedMilliseconds: Int64? = nil
  ) {
    self.name = name
    self.value = value
    self.type = type
    self.version = version
    self.arn = arn
    self.selector = selector
    self.lastModifiedMilliseconds = lastModifiedMilliseconds
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    var name: String?
    var value: String?
    var type: String?
    var version: Int64?
    var arn: String?
    var selector: String?
    var lastModifiedMilliseconds: Int64?
    let begin = reader.valueOffset()
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "Name": name = try reader.readOptionalString()
      case "Value": value = try reader.readOptionalString()
      case "Type": type = try reader.readOptionalString()
      case "Version": version = try reader.readIfNull() ? nil : try reader.readInt64()
      case "ARN": arn = try reader.readOptionalString()
      case "Selector": selector = try reader.readOptionalString()
      case "LastModifiedDate": lastModifiedMilliseconds = try reader.readTimestamp()
      default: try reader.skipValue()
      }
    }
    guard let name else { throw .missing("Name", expected: "a string", at: begin) }
    guard let value else { throw .missing("Value", expected: "a string", at: begin) }
    self.init(
      name: name, value: value, type: type, version: version, arn: arn, selector: selector,
      lastModifiedMilliseconds: lastModifiedMilliseconds)
  }
}

extension SSMParameter: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String {
    "SSMParameter(\(name), \(type ?? "unknown type"), version \(version.map(String.init) ?? "unknown"), value not shown)"
  }
  public var debugDescription: String { description }
  /// Without the value, so that `dump` and the description of whatever holds this do not show it either.
  public var customMirror: Mirror { Mirror(self, children: ["name": name, "type": type as Any, "version": version as Any]) }
}
