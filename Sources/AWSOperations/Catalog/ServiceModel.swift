import AWSClient

/// A service as its table describes it: its read-only operations, and what their parameters and answers look like on the wire.
struct ServiceModel: Sendable {
  enum Wire: String, Sendable {
    case json
    case restJSON = "rest-json"
    case restXML = "rest-xml"
    case query
  }

  /// As botocore names it.
  let name: String
  let service: AWSService
  let wire: Wire
  /// Of the content type, such as "1.1"; empty for other protocols than JSON, as the next two are for theirs.
  let jsonVersion: String
  let targetPrefix: String
  let apiVersion: String
  /// It had a query protocol before, whose error codes it still knows.
  var hasQueryMode = false
  var hosts = HostRules()
  var operations: [String: OperationModel] = [:]
  /// Why a reading operation is not among them.
  var refusals: [String: String] = [:]
  /// Operations that only the program's own code calls, and why.
  var codeOnly: [String: String] = [:]
  var shapes: [Shape] = []
}

/// An operation of a service.
struct OperationModel: Sendable {
  let name: String
  let method: String
  /// With labels such as "{FunctionName}" or "{Key+}", and members of the query that never change.
  let uri: String
  let input: Int?
  let output: Int?
  /// The element around a body of XML, and its namespace.
  var root: (name: String, namespace: String)?
  /// The element around a result of the query protocol.
  var wrapper: String?
}

enum ValueType: Sendable, Hashable {
  case text, integer, decimal, boolean, bytes, json
  case timestamp(TimestampFormat)
  case shape(Int)
}

enum TimestampFormat: Sendable, Hashable {
  /// A number of seconds since the Unix epoch.
  case seconds
  case iso8601
  case rfc822
}

enum Shape: Sendable {
  case structure([Member], isUnion: Bool)
  case list(ValueType, flags: MemberFlags, element: String)
  case map(ValueType, flags: MemberFlags, key: String, value: String)

  struct Member: Sendable {
    let name: String
    /// Its name on the wire.
    let wire: String
    let type: ValueType
    let flags: MemberFlags
  }
}

struct MemberFlags: OptionSet, Sendable {
  let rawValue: Int

  static let required = MemberFlags(rawValue: 1)
  /// Part of the path.
  static let label = MemberFlags(rawValue: 2)
  /// Part of the path, slashes and all.
  static let greedyLabel = MemberFlags(rawValue: 4)
  static let query = MemberFlags(rawValue: 8)
  static let header = MemberFlags(rawValue: 16)
  /// All header fields whose names begin alike.
  static let headers = MemberFlags(rawValue: 32)
  static let status = MemberFlags(rawValue: 64)
  /// The whole body.
  static let payload = MemberFlags(rawValue: 128)
  /// Elements follow each other without one around them.
  static let flattened = MemberFlags(rawValue: 256)
  static let attribute = MemberFlags(rawValue: 512)
  /// Comes as "(redacted)".
  static let secret = MemberFlags(rawValue: 1_024)

  /// Outside of the body.
  static let elsewhere: MemberFlags = [.label, .greedyLabel, .query, .header, .headers, .status]
}
