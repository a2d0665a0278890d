internal import JSON

/// One line of the log, before it is written out.
struct LogLine {
  let timestampMilliseconds: Int64
  let level: LogLevel
  let message: String
  let fields: JSONObject
  let redaction: Redaction

  func bytes(format: Logger.Format) -> [UInt8] {
    switch format {
    case .json: json
    case .text: text
    }
  }

  private var json: [UInt8] {
    var line = FieldWriter(redaction: redaction)
    line.writer.beginObject()
    line.writer.member("timestamp", ISO8601.text(milliseconds: timestampMilliseconds))
    line.writer.member("level", level.name)
    line.writer.key("message")
    line.text(message)
    // A field must not pass for one of the line's own.
    line.members(fields, taken: ["timestamp", "level", "message"])
    line.writer.endObject()
    return line.writer.bytes + [0x0A]
  }

  /// "2026-11-20T07:19:00.123Z INFO message name=value": for reading, not for parsing.
  private var text: [UInt8] {
    let cleaner = FieldWriter(redaction: redaction)
    var line = Array("\(ISO8601.text(milliseconds: timestampMilliseconds)) \(level.name) \(cleaner.cleaned(message))".utf8)
    var left = 0
    for (name, value) in fields {
      guard line.count <= FieldWriter.fullLine else {
        left += 1
        continue
      }
      line.append(contentsOf: " \(cleaner.shortenedName(name))=".utf8)
      if case .string(let text) = value, !redaction.hides(name, value) {
        line.append(contentsOf: cleaner.cleaned(text).utf8)
      } else {
        // The field has what room the line has left, and no line of its own.
        var field = FieldWriter(redaction: redaction, room: FieldWriter.fullLine - line.count)
        field.write(value, named: name, depth: 0)
        line.append(contentsOf: field.writer.bytes)
      }
    }
    if left > 0 { line.append(contentsOf: " fields_left_out=\(left)".utf8) }
    // A line break would make two log events of one.
    return line.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 } + [0x0A]
  }
}
