import CostOptimizer
import JSON

/// Times, sums and texts as people read them.
enum Phrases {
  /// "0.4 s", "12 s", "3 min 20 s", "2 h 5 min", "3 d 4 h".
  static func duration(_ milliseconds: Int64) -> String {
    let milliseconds = max(0, milliseconds)
    let seconds = milliseconds / 1000
    switch seconds {
    case ..<10: return "\(seconds).\(milliseconds % 1000 / 100) s"
    case ..<60: return "\(seconds) s"
    case ..<3600: return "\(seconds / 60) min" + (seconds % 60 > 0 ? " \(seconds % 60) s" : "")
    case ..<86_400: return "\(seconds / 3600) h" + (seconds % 3600 >= 60 ? " \(seconds % 3600 / 60) min" : "")
    default: return "\(seconds / 86_400) d" + (seconds % 86_400 >= 3600 ? " \(seconds % 86_400 / 3600) h" : "")
    }
  }

  /// "2026-11-20 07:19:00 UTC".
  static func time(_ milliseconds: Int64) -> String {
    let text = ISO8601.text(milliseconds: milliseconds)
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8)) UTC"
  }

  /// "2026-11-20 07:19:00 UTC, in 12 min" or "…, 3 s ago".
  static func time(_ milliseconds: Int64, nowMilliseconds: Int64) -> String {
    let distance = milliseconds - nowMilliseconds
    return time(milliseconds) + (distance >= 0 ? ", in \(duration(distance))" : ", \(duration(-distance)) ago")
  }

  /// Millionths of a dollar as "$0.0123": four digits, six below a tenth of a cent.
  static func cost(_ microUSD: Int64) -> String {
    let digits = microUSD != 0 && microUSD.magnitude < 1000 ? 6 : 4
    let unit: UInt64 = digits == 6 ? 1 : 100
    let rounded = (microUSD.magnitude + unit / 2) / unit
    let scale: UInt64 = digits == 6 ? 1_000_000 : 10_000
    let fraction = String(rounded % scale)
    return "\(microUSD < 0 ? "-" : "")$\(rounded / scale).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
  }

  /// "1,234,567".
  static func count(_ number: some BinaryInteger) -> String {
    var text = ""
    for (index, digit) in String(number.magnitude).reversed().enumerated() {
      if index > 0, index % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (number < 0 ? "-" : "") + String(text.reversed())
  }

  /// "1 task", "2,000 tasks".
  static func count(_ number: some BinaryInteger, _ noun: String) -> String { "\(count(number)) \(noun)\(number == 1 ? "" : "s")" }

  /// The text on one line, cut to so many characters. What would move a terminal's cursor is shown by its number.
  static func line(_ text: String, _ width: Int) -> String {
    let flat = PrintableText.line(text)
    return flat.count <= width ? flat : flat.prefix(max(0, width - 1)) + "…"
  }

  /// The text in lines of at most so many characters, broken between words where that can be.
  static func wrapped(_ text: String, _ width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in PrintableText.line(text).split(separator: " ") {
      var word = word
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      while word.count > width {
        lines.append(String(word.prefix(width)))
        word = word.dropFirst(width)
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return line.isEmpty && !lines.isEmpty ? lines : lines + [line]
  }

  /// A text without spaces, such as a key, with an ellipsis in its middle when it has more characters: its end tells what it is.
  static func shortened(_ text: String, _ width: Int) -> String {
    guard text.count > width, width > 12 else { return text }
    return text.prefix(width - 5) + "…" + text.suffix(4)
  }

  /// A result or an input on one line: text as it is, JSON compact.
  static func line(_ value: JSONValue, _ width: Int) -> String { line(value.stringValue ?? value.text, width) }
}
