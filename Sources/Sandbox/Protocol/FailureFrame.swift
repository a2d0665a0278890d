public import JSON

extension SandboxFailure: JSONEncodable, JSONDecodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("code", code.rawValue)
    writer.member("message", message)
    writer.member(ifPresent: "stack", stack)
    writer.endObject()
  }

  /// - Throws: `JSONError`, also where there is no code.
  public init(from reader: inout JSONReader) throws(JSONError) {
    var code: String?
    var message = ""
    var stack: String?
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "code": code = try reader.readString()
      case "message": message = try reader.readString()
      case "stack": stack = try reader.readOptionalString()
      default: try reader.skipValue()
      }
    }
    guard let code else { throw .missing("code", expected: "a failure's code", at: reader.byteOffset) }
    self.init(Code(rawValue: code), message, stack: stack)
  }
}

extension HostCallError: JSONEncodable, JSONDecodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("code", code)
    writer.member("message", message)
    writer.endObject()
  }

  /// - Throws: `JSONError`, also where there is no code.
  public init(from reader: inout JSONReader) throws(JSONError) {
    var code: String?
    var message = ""
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "code": code = try reader.readString()
      case "message": message = try reader.readString()
      default: try reader.skipValue()
      }
    }
    guard let code else { throw .missing("code", expected: "an error's code", at: reader.byteOffset) }
    self.init(code, message)
  }
}
