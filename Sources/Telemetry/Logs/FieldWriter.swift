internal import JSON

/// Writes fields into a line: redacted, and never more than CloudWatch takes in one event.
///
/// CloudWatch takes events of 256 KB from every agent that writes them; whatever a caller hands over, a line stays below that.
struct FieldWriter {
  /// Longest text of one value, in bytes; nobody reads longer ones.
  static let longestText = 16 << 10
  /// No value is begun in a line of more bytes than this. One text more, with each byte escaped, fits below 256 KB.
  static let fullLine = 128 << 10
  /// Arrays and objects in one another that are written.
  static let deepest = 32

  var writer = JSONWriter()
  let redaction: Redaction
  /// Bytes after which no value is begun.
  private let room: Int

  init(redaction: Redaction, room: Int = FieldWriter.fullLine) {
    self.redaction = redaction
    self.room = room
  }

  private var isFull: Bool { writer.bytes.count > room }

  /// Writes fields as members; of a name that occurs twice, the last value.
  /// - Parameter taken: names that the line has itself, and that no field may pass for; such a field gets an underscore.
  mutating func members(_ fields: JSONObject, taken: Set<String> = []) {
    var left = 0
    for (name, value) in Self.distinct(fields, taken) {
      guard !isFull else {
        left += 1
        continue
      }
      writer.key(shortenedName(name))
      write(value, named: name, depth: 0)
    }
    if left > 0 { writer.member("fields_left_out", left) }
  }

  mutating func text(_ text: String) { writer.string(cleaned(text)) }

  /// A text as it may be written: without secrets, and not too long.
  func cleaned(_ text: String) -> String { redaction.cleaned(shortened(text, to: Self.longestText)) }

  func shortenedName(_ name: String) -> String { shortened(name, to: 256) }

  mutating func write(_ value: JSONValue, named name: String, depth: Int) {
    if redaction.hides(name, value) {
      writer.string(Redaction.replacement)
      return
    }
    switch value {
    case .string(let text): writer.string(cleaned(text))
    case .array, .object:
      if depth == Self.deepest {
        writer.string("(nested too deeply to be logged)")
      } else if case .array(let elements) = value {
        write(elements, named: name, depth: depth + 1)
      } else if case .object(let object) = value {
        write(object, depth: depth + 1)
      }
    case .number(let number) where number.text.utf8.count > 400: writer.string(shortened(number.text, to: 400))
    case .null, .bool, .number: writer.value(value)
    }
  }

  private mutating func write(_ elements: [JSONValue], named name: String, depth: Int) {
    writer.beginArray()
    for (index, element) in elements.enumerated() {
      guard !isFull else {
        writer.string("(\(elements.count - index) more)")
        break
      }
      write(element, named: name, depth: depth)
    }
    writer.endArray()
  }

  private mutating func write(_ object: JSONObject, depth: Int) {
    writer.beginObject()
    for (index, member) in object.members.enumerated() {
      guard !isFull else {
        writer.member("...", "(\(object.count - index) more)")
        break
      }
      writer.key(shortenedName(member.key))
      write(member.value, named: member.key, depth: depth)
    }
    writer.endObject()
  }

  /// Each name once, with its last value, where it first stood.
  private static func distinct(_ fields: JSONObject, _ taken: Set<String>) -> [JSONObject.Member] {
    var places: [String: Int] = [:]
    var distinct: [JSONObject.Member] = []
    distinct.reserveCapacity(fields.count)
    for (name, value) in fields {
      let name = taken.contains(name) ? name + "_" : name
      if let place = places[name] {
        distinct[place].value = value
      } else {
        places[name] = distinct.count
        distinct.append((key: name, value: value))
      }
    }
    return distinct
  }

  /// The beginning of a long text, whole characters of it, and how much is missing.
  private func shortened(_ text: String, to most: Int) -> String {
    let count = text.utf8.count
    guard count > most else { return text }
    var end = text.utf8.index(text.utf8.startIndex, offsetBy: most)
    // Not within a character's bytes.
    while end > text.utf8.startIndex, text.utf8[end] & 0xC0 == 0x80 { end = text.utf8.index(before: end) }
    let kept = text.utf8.distance(from: text.utf8.startIndex, to: end)
    return String(decoding: text.utf8[..<end], as: UTF8.self) + "... (\(count - kept) bytes more)"
  }
}
