internal import JSON

/// One line of the log, before it is written out.
struct LogLine {
  let timestampMilliseconds: Int64
  let level: LogLevel
  let message: String
  let fields: JSONObject

  /// Longest text of one field, in bytes; CloudWatch takes events of 1 MB, and nobody reads longer values.
  static let longestText = 16 << 10

  func bytes(format: Logger.Format) -> [UInt8] {
    switch format {
    case .json: json
    case .text: text
    }
  }

  private var json: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("timestamp", ISO8601.text(milliseconds: timestampMilliseconds))
    writer.member("level", level.name)
    writer.member("message", shortened(Redaction.cleaned(message)))
    for (name, value) in fields {
      // A field must not pass for one of the line's own.
      let isOwn = name == "timestamp" || name == "level" || name == "message"
      writer.key(isOwn ? name + "_" : name)
      write(value, named: name, to: &writer)
    }
    writer.endObject()
    return writer.bytes + [0x0A]
  }

  /// "2026-11-20T07:19:00.123Z INFO message name=value": for reading, not for parsing.
  private var text: [UInt8] {
    var line = Array("\(ISO8601.text(milliseconds: timestampMilliseconds)) \(level.name) \(shortened(Redaction.cleaned(message)))".utf8)
    for (name, value) in fields {
      line.append(contentsOf: " \(name)=".utf8)
      if case .string(let text) = value, !Redaction.hides(name, value) {
        line.append(contentsOf: shortened(Redaction.cleaned(text)).utf8)
      } else {
        var writer = JSONWriter()
        write(value, named: name, to: &writer)
        line.append(contentsOf: writer.bytes)
      }
    }
    // A line break would make two log events of one.
    return line.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 } + [0x0A]
  }

  private func write(_ value: JSONValue, named name: String, to writer: inout JSONWriter) {
    if Redaction.hides(name, value) {
      writer.string(Redaction.replacement)
      return
    }
    switch value {
    case .string(let text): writer.string(shortened(Redaction.cleaned(text)))
    case .array(let elements):
      writer.beginArray()
      for element in elements { write(element, named: name, to: &writer) }
      writer.endArray()
    case .object(let object):
      writer.beginObject()
      for (name, value) in object {
        writer.key(name)
        write(value, named: name, to: &writer)
      }
      writer.endObject()
    default: writer.value(value)
    }
  }

  private func shortened(_ text: String) -> String {
    let count = text.utf8.count
    guard count > Self.longestText else { return text }
    return String(decoding: text.utf8.prefix(Self.longestText), as: UTF8.self) + "... (\(count - Self.longestText) bytes more)"
  }
}
