import JSON

extension HostCall {
  /// How deep arrays and objects may be nested in a module's JSON: less than parsers take, since the text becomes a part of others.
  public static let maximumDepth = 500
  /// The longest name of a tool that a call's frame has, in bytes. Of a longer one, which is no tool's, the child tells as much, and an
  /// ellipsis.
  public static let maximumNameBytes = 256
  /// What a call's frame has beside the input, in bytes.
  static let maximumEnvelopeBytes = 64 + 6 * maximumNameBytes

  /// Reads the payload of a `call` frame; the input stays as it was written.
  /// - Throws: `JSONError`, also for a function that there is not, and for one without what it needs.
  init(id: Int, payload: [UInt8]) throws(JSONError) {
    self = try JSONReader.withReader(payload, maximumDepth: Self.maximumDepth + 1) { (reader: inout JSONReader) throws(JSONError) in
      var function: Function?
      var name: String?
      var input: [UInt8]?
      let begin = reader.valueOffset()
      try reader.beginObject()
      while let key = try reader.nextMember() {
        let offset = reader.valueOffset()
        switch key {
        case "function":
          function = Function(rawValue: try reader.readString())
          guard function != nil else {
            throw JSONError(.invalidValue, byteOffset: offset, expected: "callTool, converse or now", field: "function")
          }
        case "name":
          // The record keeps it, and no other limit counts it.
          let text = try reader.readString()
          guard text.utf8.count <= Self.maximumNameBytes + "…".utf8.count else {
            throw JSONError(.invalidValue, byteOffset: offset, expected: "at most \(Self.maximumNameBytes) bytes", field: "name")
          }
          name = text
        case "input":
          // Strings are looked into here, so that half of a surrogate pair is found before the host reads them.
          input = try reader.readRaw()
        default: throw JSONError(.invalidValue, byteOffset: offset, expected: "function, name or input")
        }
      }
      guard let function else { throw .missing("function", expected: "callTool, converse or now", at: begin) }
      guard (name != nil) == (function == .callTool) else {
        throw JSONError(.invalidValue, byteOffset: begin, expected: "the tool's name with callTool, and nowhere else", field: "name")
      }
      if function != .now, input == nil { throw .missing("input", expected: "a value", at: begin) }
      return HostCall(id: id, function: function, name: name, input: function == .now ? nil : input)
    }
  }
}

extension JSONError {
  /// Whether a child that follows the protocol can have sent it, since a module's value may be so: JSON, but more than the host takes.
  var isOfValue: Bool { code == .tooDeep || code == .invalidEscape }
}
