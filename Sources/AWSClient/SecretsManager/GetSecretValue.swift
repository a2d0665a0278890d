public import JSON

/// Reads one version of a secret, the current one unless another is named.
public struct GetSecretValueInput: Sendable, Hashable, JSONEncodable {
  /// The secret's name or ARN; the ARN for a secret of another account.
  public var secretID: String
  /// 32 to 64 characters; nil for the version with the stage below.
  public var versionID: String?
  /// A label such as "AWSPREVIOUS"; nil for "AWSCURRENT".
  public var versionStage: String?

  public init(secretID: String, versionID: String? = nil, versionStage: String? = nil) {
    self.secretID = secretID
    self.versionID = versionID
    self.versionStage = versionStage
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("SecretId", secretID)
    writer.member(ifPresent: "VersionId", versionID)
    writer.member(ifPresent: "VersionStage", versionStage)
    writer.endObject()
  }
}

/// A secret's value; its description leaves the value out.
public struct GetSecretValueOutput: Sendable, Hashable, JSONDecodable {
  public var arn: String?
  public var name: String?
  public var versionID: String?
  public var versionStages: [String]
  /// The value of a secret that was stored as text, often a JSON object; nil for a binary one.
  public var secretString: String?
  /// The value of a secret that was stored as bytes; nil for text.
  public var secretBinary: [UInt8]?
  /// When this version was made, in milliseconds since the Unix epoch.
  public var createdMilliseconds: Int64?

  public init(
    arn: String? = nil, name: String? = nil, versionID: String? = nil, versionStages: [String] = [], secretString: String? = nil,
    secretBinary: [UInt8]? = nil, createdMilliseconds: Int64? = nil
  ) {
    self.arn = arn
    self.name = name
    self.versionID = versionID
    self.versionStages = versionStages
    self.secretString = secretString
    self.secretBinary = secretBinary
    self.createdMilliseconds = createdMilliseconds
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init()
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "ARN": arn = try reader.readOptionalString()
      case "Name": name = try reader.readOptionalString()
      case "VersionId": versionID = try reader.readOptionalString()
      case "VersionStages": versionStages = try reader.readStrings()
      case "SecretString": secretString = try reader.readOptionalString()
      case "SecretBinary": secretBinary = try reader.readIfNull() ? nil : try reader.readBase64()
      case "CreatedDate": createdMilliseconds = try reader.readTimestamp()
      default: try reader.skipValue()
      }
    }
  }
}

extension GetSecretValueOutput: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "GetSecretValueOutput(\(arn ?? name ?? "unnamed"), version \(versionID ?? "unknown"), value not shown)" }
  public var debugDescription: String { description }
  /// Without the value, so that `dump` and the description of whatever holds this do not show it either.
  public var customMirror: Mirror { Mirror(self, children: ["arn": arn as Any, "name": name as Any, "versionID": versionID as Any]) }
}
