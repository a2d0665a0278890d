import AWSClient
import JSON

/// Values of parameters as they are written into bodies, header fields and queries. The parameters have been checked.
struct WireValue {
  let model: ServiceModel

  // MARK: JSON

  /// A value with its members' names of the wire.
  func json(_ value: JSONValue, _ type: ValueType) -> JSONValue {
    switch type {
    case .timestamp(let format):
      guard format == .seconds else { return .string(timestamp(value, format)) }
      return .number(seconds(value))
    case .shape(let number):
      switch (model.shapes[number], value) {
      case (.structure(let members, _), .object(let object)):
        return .object(body(object, members.filter { $0.flags.isDisjoint(with: .elsewhere) }))
      case (.list(let type, _, _), .array(let elements)): return .array(elements.map { json($0, type) })
      case (.map(let type, _, _, _), .object(let object)): return .object(JSONObject(object.map { ($0.key, json($0.value, type)) }))
      default: return value
      }
    case .text, .integer, .decimal, .boolean, .bytes, .json: return value
    }
  }

  /// The members of a body.
  func body(_ object: JSONObject, _ members: [Shape.Member]) -> JSONObject {
    JSONObject(members.compactMap { member in object[member.name].map { (member.wire, json($0, member.type)) } })
  }

  // MARK: Text

  /// A scalar as text.
  func text(_ value: JSONValue, _ type: ValueType) -> String {
    switch (type, value) {
    case (.timestamp(let format), _): timestamp(value, format)
    case (_, .string(let text)): text
    case (_, .bool(let flag)): flag ? "true" : "false"
    case (.integer, _): value.int64Value.map(String.init) ?? value.text
    default: value.text
    }
  }

  private func timestamp(_ value: JSONValue, _ format: TimestampFormat) -> String {
    let milliseconds = milliseconds(value)
    switch format {
    case .seconds: return seconds(value).text
    case .iso8601:
      let text = ISO8601.text(milliseconds: milliseconds)
      // As botocore writes it: without a fraction where there is none.
      return milliseconds % 1_000 == 0 ? text.prefix(19) + "Z" : String(text)
    case .rfc822: return HTTPDate.text(milliseconds: milliseconds)
    }
  }

  private func seconds(_ value: JSONValue) -> JSONNumber {
    if case .number(let number) = value { return number }
    let milliseconds = milliseconds(value)
    return milliseconds % 1_000 == 0 ? JSONNumber(milliseconds / 1_000) : JSONNumber(Double(milliseconds) / 1_000) ?? JSONNumber(0)
  }

  private func milliseconds(_ value: JSONValue) -> Int64 {
    if let text = value.stringValue { return ISO8601.milliseconds(text) ?? 0 }
    if let whole = value.int64Value { return whole.multipliedReportingOverflow(by: 1_000).overflow ? 0 : whole * 1_000 }
    let scaled = (value.doubleValue ?? 0) * 1_000
    return Int64(exactly: scaled.rounded()) ?? 0
  }

  // MARK: The query protocol

  /// The fields of a form, by the rules of AWS's query protocol: "Name.member.1", "Name.entry.1.key".
  func form(_ value: JSONValue, _ type: ValueType, _ prefix: String, _ fields: inout [(name: String, value: String)]) {
    guard case .shape(let number) = type else { return fields.append((prefix, text(value, type))) }
    switch (model.shapes[number], value) {
    case (.structure(let members, _), .object(let object)):
      for member in members {
        guard let value = object[member.name] else { continue }
        form(value, member.type, prefix.isEmpty ? member.wire : "\(prefix).\(member.wire)", &fields)
      }
    case (.list(let type, let flags, let element), .array(let elements)):
      if elements.isEmpty { fields.append((prefix, "")) }
      let name = flags.contains(.flattened) ? prefix : "\(prefix).\(element)"
      for (index, element) in elements.enumerated() { form(element, type, "\(name).\(index + 1)", &fields) }
    case (.map(let type, let flags, let key, let valueName), .object(let object)):
      let name = flags.contains(.flattened) ? prefix : "\(prefix).entry"
      for (index, member) in object.enumerated() {
        fields.append(("\(name).\(index + 1).\(key)", member.key))
        form(member.value, type, "\(name).\(index + 1).\(valueName)", &fields)
      }
    default: break
    }
  }

  // MARK: XML

  /// The elements of a value.
  func xml(_ value: JSONValue, _ type: ValueType, named name: String, flags: MemberFlags, _ text: inout String) {
    guard case .shape(let number) = type else {
      text += "<\(name)>\(Self.escaped(self.text(value, type)))</\(name)>"
      return
    }
    switch (model.shapes[number], value) {
    case (.structure(let members, _), .object(let object)):
      if object.isEmpty {
        text += "<\(name) />"
        return
      }
      text += "<\(name)>"
      xml(object, members, &text)
      text += "</\(name)>"
    case (.list(let type, let listFlags, let element), .array(let elements)):
      let isFlat = listFlags.contains(.flattened) || flags.contains(.flattened)
      if !isFlat { text += "<\(name)>" }
      for value in elements { xml(value, type, named: isFlat ? name : element, flags: [], &text) }
      if !isFlat { text += "</\(name)>" }
    case (.map(let type, _, let key, let valueName), .object(let object)):
      text += "<\(name)>"
      for member in object {
        text += "<entry><\(key)>\(Self.escaped(member.key))</\(key)>"
        xml(member.value, type, named: valueName, flags: [], &text)
        text += "</entry>"
      }
      text += "</\(name)>"
    default: break
    }
  }

  func xml(_ object: JSONObject, _ members: [Shape.Member], _ text: inout String) {
    for member in members where member.flags.isDisjoint(with: .elsewhere) {
      if let value = object[member.name] { xml(value, member.type, named: member.wire, flags: member.flags, &text) }
    }
  }

  private static func escaped(_ text: String) -> String {
    var escaped: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "&"): escaped += Array("&amp;".utf8)
      case UInt8(ascii: "<"): escaped += Array("&lt;".utf8)
      case UInt8(ascii: ">"): escaped += Array("&gt;".utf8)
      default: escaped.append(byte)
      }
    }
    return String(decoding: escaped, as: UTF8.self)
  }
}

/// The date format of header fields (RFC 9110 section 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT".
enum HTTPDate {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  static func text(milliseconds: Int64) -> String {
    let parts = Array(ISO8601.text(milliseconds: milliseconds).utf8)
    func part(_ range: Range<Int>) -> String { String(decoding: parts[range], as: UTF8.self) }
    let day = Int((milliseconds >= 0 ? milliseconds : milliseconds - 86_399_999) / 86_400_000)
    let month = Int(part(5..<7)).map { months.at($0 - 1) ?? "" } ?? ""
    return "\(days[((day % 7) + 7) % 7]), \(part(8..<10)) \(month) \(part(0..<4)) \(part(11..<19)) GMT"
  }
}
