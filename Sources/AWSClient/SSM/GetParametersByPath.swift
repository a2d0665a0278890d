public import JSON

/// Reads parameters whose names begin with a path.
public struct GetParametersByPathInput: Sendable, Hashable, JSONEncodable {
  /// Begins with "/", such as "/prod/orders".
  public var path: String
  /// True for all levels below the path; nil for the next one only.
  public var recursive: Bool?
  /// True for the clear text of a "SecureString"; nil for what was stored.
  public var withDecryption: Bool?
  /// 1 to 10 parameters a page; nil for 10.
  public var maxResults: Int?
  /// Where to go on: the last page's `nextToken`.
  public var nextToken: String?

  public init(
    path: String, recursive: Bool? = nil, withDecryption: Bool? = nil, maxResults: Int? = nil, nextToken: String? = nil
  ) {
    self.path = path
    self.recursive = recursive
    self.withDecryption = withDecryption
    self.maxResults = maxResults
    self.nextToken = nextToken
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("Path", path)
    writer.member(ifPresent: "Recursive", recursive)
    writer.member(ifPresent: "WithDecryption", withDecryption)
    writer.member(ifPresent: "MaxResults", maxResults)
    writer.member(ifPresent: "NextToken", nextToken)
    writer.endObject()
  }
}

/// One page of parameters.
public struct GetParametersByPathOutput: Sendable, Hashable, JSONDecodable {
  public var parameters: [SSMParameter]
  /// Where the next page begins; nil on the last page.
  public var nextToken: String?

  public init(parameters: [SSMParameter] = [], nextToken: String? = nil) {
    self.parameters = parameters
    self.nextToken = nextToken
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init()
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "Parameters": parameters = try reader.readIfNull() ? [] : try reader.readArray(of: SSMParameter.self)
      case "NextToken": nextToken = try reader.readOptionalString()
      default: try reader.skipValue()
      }
    }
  }
}
