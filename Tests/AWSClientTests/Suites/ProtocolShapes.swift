import JSON
import Testing

@testable import AWSClient

/// A case that asks for what this client does not have; the suites count them by reason.
struct Unsupported: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

/// The shapes of a suite, by which a test reads and writes values with the client's own codecs, as its hand-written types do.
struct ProtocolShapes {
  let shapes: JSONValue

  /// A shape's definition under the member that refers to it, whose own traits go before the shape's.
  struct Shape {
    let name: String
    let definition: JSONValue
    let reference: JSONValue
    var type: String { definition["type"]?.stringValue ?? "" }
    var location: String? { reference["location"]?.stringValue }
    var locationName: String? { reference["locationName"]?.stringValue ?? definition["locationName"]?.stringValue }
    var timestampFormat: String? { trait("timestampFormat")?.stringValue }
    func trait(_ name: String) -> JSONValue? { reference[name] ?? definition[name] }
    func isSet(_ name: String) -> Bool { trait(name)?.boolValue == true }
  }

  func shape(_ reference: JSONValue) throws -> Shape {
    let name = try #require(reference["shape"]?.stringValue)
    return Shape(name: name, definition: shapes[name] ?? [:], reference: reference)
  }

  /// The members of a structure with their names.
  func members(_ shape: Shape) throws -> [(name: String, shape: Shape)] {
    try (shape.definition["members"]?.objectValue ?? [:]).map { ($0.key, try self.shape($0.value)) }
  }

  func element(_ shape: Shape) throws -> Shape { try self.shape(shape.definition["member"] ?? [:]) }
  func value(_ shape: Shape) throws -> Shape { try self.shape(shape.definition["value"] ?? [:]) }
  func key(_ shape: Shape) throws -> Shape { try self.shape(shape.definition["key"] ?? [:]) }

  // MARK: Text

  /// A value as header fields, labels, query members and XML have it.
  func parse(_ text: String, _ shape: Shape, timestamps: String) throws -> JSONValue {
    switch shape.type {
    case "boolean": return .bool(text == "true")
    case "integer", "long", "float", "double": return JSONNumber(text: text).map { .number($0) } ?? .string(text)
    case "blob": return .string(String(decoding: try #require(Base64.decode(text)), as: UTF8.self))
    case "timestamp": return try ProtocolShapes.timestamp(text, shape.timestampFormat ?? timestamps)
    default: return .string(text)
    }
  }

  static func timestamp(_ text: String, _ format: String) throws -> JSONValue {
    if format == "unixTimestamp" { return .number(try #require(JSONNumber(text: text))) }
    let milliseconds = try #require(ISO8601.milliseconds(text) ?? HTTPDate.milliseconds(text), "\(text)")
    return .number(try #require(JSONNumber(Double(milliseconds) / 1_000)))
  }

  func text(_ value: JSONValue, _ shape: Shape, timestamps: String) throws -> String {
    switch (shape.type, value) {
    case ("timestamp", .number(let number)):
      switch shape.timestampFormat ?? timestamps {
      case "unixTimestamp": return number.text
      case "iso8601": return ISO8601.text(milliseconds: Int64(number.double * 1_000)).replacing(".000Z", by: "Z")
      default: throw Unsupported("requests with HTTP dates")
      }
    case ("blob", .string(let text)): return Base64.encode(Array(text.utf8))
    case (_, .string(let text)): return text
    case (_, .number(let number)): return number.text
    case (_, .bool(let value)): return value ? "true" : "false"
    default: throw Unsupported("values that have no text")
    }
  }

  // MARK: JSON

  func read(_ reader: inout JSONReader, _ shape: Shape) throws -> JSONValue {
    if shape.isSet("document") || shape.isSet("jsonvalue") { return try reader.readValue() }
    switch shape.type {
    case "structure":
      let members = try members(shape)
      var object: [(String, JSONValue)] = []
      try reader.beginObject()
      while let key = try reader.nextKey() {
        guard let member = members.first(where: { ($0.shape.locationName ?? $0.name) == key }) else {
          try reader.skipValue()
          continue
        }
        if try !reader.readIfNull() { object.append((member.name, try read(&reader, member.shape))) }
      }
      return .object(JSONObject(object))
    case "list":
      let element = try element(shape)
      var array: [JSONValue] = []
      try reader.beginArray()
      while try reader.nextElement() { array.append(try reader.readIfNull() ? .null : try read(&reader, element)) }
      return .array(array)
    case "map":
      let value = try value(shape)
      var object: [(String, JSONValue)] = []
      try reader.beginObject()
      while let key = try reader.nextKey() {
        if try reader.readIfNull() {
          if shape.isSet("sparse") { object.append((key, .null)) }
        } else {
          object.append((key, try read(&reader, value)))
        }
      }
      return .object(JSONObject(object))
    case "boolean": return .bool(try reader.readBool())
    case "integer", "long": return .number(JSONNumber(try reader.readInt64()))
    case "float", "double":
      // The protocol's infinities and NaN are strings; no operation of this client has any.
      return try reader.readValue()
    case "blob": return .string(String(decoding: try reader.readBase64(), as: UTF8.self))
    case "timestamp":
      let milliseconds = try #require(try reader.readTimestamp())
      return .number(try #require(JSONNumber(Double(milliseconds) / 1_000)))
    default: return .string(try reader.readString())
    }
  }

  func write(_ value: JSONValue, _ shape: Shape, to writer: inout JSONWriter) throws {
    if shape.isSet("jsonvalue") { return writer.string(value.stringValue ?? String(decoding: value.json, as: UTF8.self)) }
    if shape.isSet("document") { return writer.value(value) }
    switch (shape.type, value) {
    case ("structure", .object(let object)):
      writer.beginObject()
      for (name, member) in try members(shape) where member.location == nil {
        if shape.isSet("idempotencyToken") { throw Unsupported("tokens that the client fills in") }
        guard let value = object[name], !value.isNull else { continue }
        writer.key(member.locationName ?? name)
        try write(value, member, to: &writer)
      }
      writer.endObject()
    case ("list", .array(let array)):
      let element = try element(shape)
      writer.beginArray()
      for value in array { if value.isNull { writer.null() } else { try write(value, element, to: &writer) } }
      writer.endArray()
    case ("map", .object(let object)):
      let element = try self.value(shape)
      writer.beginObject()
      for member in object {
        writer.key(member.key)
        if member.value.isNull { writer.null() } else { try write(member.value, element, to: &writer) }
      }
      writer.endObject()
    case ("timestamp", .number(let number)) where (shape.timestampFormat ?? "unixTimestamp") == "unixTimestamp":
      writer.double(number.double)
    case ("timestamp", _), ("blob", _): writer.string(try text(value, shape, timestamps: "unixTimestamp"))
    default: writer.value(value)
    }
  }

  // MARK: XML

  func read(_ element: XMLElement, _ shape: Shape) throws -> JSONValue {
    switch shape.type {
    case "structure":
      var object: [(String, JSONValue)] = []
      for (name, member) in try members(shape) where member.location == nil || ["querystring", "uri"].contains(member.location) {
        if member.isSet("xmlAttribute") { throw Unsupported("attributes of XML elements") }
        let isFlat = member.isSet("flattened")
        let wire = member.reference["locationName"]?.stringValue ?? name
        let found = element.children.filter { $0.name == wire.split(separator: ":").last.map(String.init) ?? wire }
        guard let first = found.first else { continue }
        object.append((name, isFlat ? try read(found, member) : try read(first, member)))
      }
      return .object(JSONObject(object))
    case "list":
      let name = try self.element(shape).locationName ?? "member"
      return try read(element.children.filter { $0.name == name }, shape)
    case "map": return try read(element.children.filter { $0.name == "entry" }, shape)
    default: return try parse(element.text, shape, timestamps: "iso8601")
    }
  }

  /// The elements of a list or the entries of a map.
  private func read(_ elements: [XMLElement], _ shape: Shape) throws -> JSONValue {
    guard shape.type == "map" else { return .array(try elements.map { try read($0, try element(shape)) }) }
    let keyName = try key(shape).locationName ?? "key"
    let valueShape = try value(shape)
    return .object(
      JSONObject(
        try elements.map { entry in
          let value = try #require(entry[valueShape.locationName ?? "value"])
          return (try #require(entry[keyName]).text, try read(value, valueShape))
        }))
  }

  // MARK: Headers of answers

  func read(_ response: HTTPResponse, _ shape: Shape) throws -> [(String, JSONValue)] {
    var found: [(String, JSONValue)] = []
    for (name, member) in try members(shape) {
      let wire = member.locationName ?? name
      switch member.location {
      case "statusCode": found.append((name, .number(JSONNumber(Int64(response.status)))))
      case "header":
        guard let text = response.headers[wire.lowercased()] else { continue }
        if member.isSet("jsonvalue") {
          found.append((name, .string(String(decoding: try #require(Base64.decode(text)), as: UTF8.self))))
        } else if member.type == "list" {
          throw Unsupported("lists in header fields")
        } else {
          found.append((name, try parse(text, member, timestamps: "rfc822")))
        }
      case "headers":
        let map = response.headers.fields.filter { $0.name.hasPrefix(wire.lowercased()) }.map {
          (String($0.name.dropFirst(wire.utf8.count)), JSONValue.string($0.value))
        }
        found.append((name, .object(JSONObject(map))))
      default: break
      }
    }
    return found
  }

  /// Equal but for the order of members and the way in which numbers are written.
  static func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
    switch (left, right) {
    case (.number(let left), .number(let right)): return left.double == right.double
    case (.array(let left), .array(let right)): return left.count == right.count && zip(left, right).allSatisfy { isSame($0, $1) }
    case (.object(let left), .object(let right)):
      return left.count == right.count && left.allSatisfy { member in right[member.key].map { isSame(member.value, $0) } ?? false }
    default: return left == right
    }
  }
}
