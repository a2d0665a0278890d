public import JSON

/// What a module asks of the host.
public struct CallFrame: Sendable, Equatable {
  public var function: HostCall.Function
  /// The tool's name; nil for other functions.
  public var name: String?
  /// `null` for `now`.
  public var input: JSONValue

  public init(_ function: HostCall.Function, name: String? = nil, input: JSONValue = .null) {
    self.function = function
    self.name = name
    self.input = input
  }
}

extension CallFrame: JSONEncodable, JSONDecodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("function", function.rawValue)
    writer.member(ifPresent: "name", name)
    if function != .now { writer.member("input", input) }
    writer.endObject()
  }

  /// - Throws: `JSONError`, also for a function that there is not, and for `callTool` without a name.
  public init(from reader: inout JSONReader) throws(JSONError) {
    var function: HostCall.Function?
    var name: String?
    var input = JSONValue.null
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "function":
        let offset = reader.valueOffset()
        function = HostCall.Function(rawValue: try reader.readString())
        guard function != nil else {
          throw JSONError(.invalidValue, byteOffset: offset, expected: "callTool, converse or now", field: "function")
        }
      case "name": name = try reader.readString()
      case "input": input = try reader.readValue()
      default: try reader.skipValue()
      }
    }
    guard let function else { throw .missing("function", expected: "callTool, converse or now", at: reader.byteOffset) }
    guard function != .callTool || name != nil else { throw .missing("name", expected: "the tool's name", at: reader.byteOffset) }
    self.init(function, name: name, input: input)
  }
}

/// A line that a module logs.
public struct LogFrame: Sendable, Equatable {
  public var level: String
  public var message: String

  public init(level: String, message: String) {
    self.level = level
    self.message = message
  }
}

extension LogFrame: JSONEncodable, JSONDecodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("level", level)
    writer.member("message", message)
    writer.endObject()
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init(level: "info", message: "")
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "level": level = try reader.readString()
      case "message": message = try reader.readString()
      default: try reader.skipValue()
      }
    }
  }
}
