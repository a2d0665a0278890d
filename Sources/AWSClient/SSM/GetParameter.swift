public import JSON

/// Reads one parameter.
public struct GetParameterInput: Sendable, Hashable, JSONEncodable {
  /// Name or ARN, with ":" and a version or a label after it for another version than the latest.
  public var name: String
  /// True for the clear text of a "SecureString"; nil for what was stored.
  public var withDecryption: Bool?

  public init(name: String, withDecryption: Bool? = nil) {
    self.name = name
    self.withDecryption = withDecryption
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("Name", name)
    writer.member(ifPresent: "WithDecryption", withDecryption)
    writer.endObject()
  }
}

public struct GetParameterOutput: Sendable, Hashable, JSONDecodable {
  public var parameter: SSMParameter

  public init(parameter: SSMParameter) { self.parameter = parameter }

  public init(from reader: inout JSONReader) throws(JSONError) {
    var parameter: SSMParameter?
    let begin = reader.valueOffset()
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "Parameter": parameter = try SSMParameter(from: &reader)
      default: try reader.skipValue()
      }
    }
    guard let parameter else { throw .missing("Parameter", expected: "an object", at: begin) }
    self.init(parameter: parameter)
  }
}

/// Reads up to 10 parameters.
public struct GetParametersInput: Sendable, Hashable, JSONEncodable {
  /// 1 to 10 names or ARNs, no two for the same parameter.
  public var names: [String]
  /// True for the clear text of a "SecureString"; nil for what was stored.
  public var withDecryption: Bool?

  public init(names: [String], withDecryption: Bool? = nil) {
    self.names = names
    self.withDecryption = withDecryption
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("Names", names)
    writer.member(ifPresent: "WithDecryption", withDecryption)
    writer.endObject()
  }
}

/// What was found of the names, and what was not.
public struct GetParametersOutput: Sendable, Hashable, JSONDecodable {
  /// In no order.
  public var parameters: [SSMParameter]
  /// Names that are no parameters; asking for them again does not help.
  public var invalidParameters: [String]

  public init(parameters: [SSMParameter] = [], invalidParameters: [String] = []) {
    self.parameters = parameters
    self.invalidParameters = invalidParameters
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init()
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "Parameters": parameters = try reader.readIfNull() ? [] : try reader.readArray(of: SSMParameter.self)
      case "InvalidParameters": invalidParameters = try reader.readStrings()
      default: try reader.skipValue()
      }
    }
  }
}
