/// A type that reads itself from JSON bytes without a tree in between.
public protocol JSONDecodable {
  /// Reads one value; the reader stands at its first byte or the white space before it.
  /// - Throws: `JSONError`, which names the field where one is known.
  init(from reader: inout JSONReader) throws(JSONError)
}

/// A type that writes itself as JSON bytes without a tree in between.
public protocol JSONEncodable {
  /// Writes exactly one value.
  func write(to writer: inout JSONWriter)
}

extension JSONDecodable {
  /// Reads one JSON text that holds nothing else.
  /// - Throws: `JSONError` with the byte offset and what was expected.
  public init(json bytes: [UInt8]) throws(JSONError) {
    self = try JSONReader.decode(Self.self, from: bytes)
  }
}

extension JSONEncodable {
  /// The compact JSON text of the value, in UTF-8.
  public var json: [UInt8] {
    var writer = JSONWriter()
    write(to: &writer)
    return writer.bytes
  }
}

extension JSONValue: JSONDecodable, JSONEncodable {
  public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readValue() }
  public func write(to writer: inout JSONWriter) { writer.value(self) }
}
