/// The sections of a file such as `~/.aws/config`, as Python's `configparser` reads them for botocore.
///
/// A line is a section's header, `name = value` (or `name: value`), a comment ('#' or ';' in front), blank, or, when it is indented deeper
/// than the line that it belongs to, more of the value above it. Names of settings are in lower case. Comments behind a value are part of it.
struct ProfileFile: Sendable, Hashable {
  enum Value: Sendable, Hashable {
    case text(String)
    /// A value that begins on the next line: settings of its own, one a line.
    case nested([String: String])
  }
  typealias Section = [String: Value]

  /// What a file cannot be read for.
  struct ParsingError: Error, Sendable, Hashable {
    /// From 1.
    let line: Int
    let reason: String
  }

  /// By the text between the brackets.
  var sections: [String: Section] = [:]

  init() {}

  init(parsing bytes: [UInt8]) throws(ParsingError) {
    var parser = ProfileFileParser()
    var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var number = 0
    while start < bytes.count {
      number += 1
      var end = start
      while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
      guard let line = String(validating: bytes[start..<end], as: UTF8.self) else {
        throw ParsingError(line: number, reason: "it is not UTF-8")
      }
      try parser.take(line, number: number)
      // "\r\n" is one end.
      start = end + (end + 1 < bytes.count && bytes[end] == 0x0D && bytes[end + 1] == 0x0A ? 2 : 1)
    }
    sections = try parser.finish()
  }
}

private struct ProfileFileParser {
  private struct Setting {
    let line: Int
    /// The value's lines, outer blanks cut off.
    var text: [Substring]
  }
  private var sections: [String: [String: Setting]] = [:]
  private var section: String?
  private var setting: String?
  /// The indentation of the last line that continued none.
  private var indentation = 0

  /// Its settings stand in every other section that has none of the same name.
  private static let defaults = "DEFAULT"

  mutating func take(_ line: String, number: Int) throws(ProfileFile.ParsingError) {
    let text = ProfileFileParser.trimmed(line[...])
    guard let first = text.utf8.first else {
      if let section, let setting { sections[section]?[setting]?.text.append("") }
      return
    }
    if first == UInt8(ascii: "#") || first == UInt8(ascii: ";") { return }
    let depth = line.utf8.prefix(while: ProfileFileParser.isBlank).count
    if let section, let setting, depth > indentation {
      sections[section]?[setting]?.text.append(text)
      return
    }
    indentation = depth
    if first == UInt8(ascii: "["), let end = text.utf8.lastIndex(of: UInt8(ascii: "]")) {
      let name = String(text[text.utf8.index(after: text.startIndex)..<end])
      if !name.isEmpty {
        guard sections[name] == nil || name == ProfileFileParser.defaults else {
          throw ProfileFile.ParsingError(line: number, reason: "the section [\(name)] begins a second time: write its settings into one")
        }
        if sections[name] == nil { sections[name] = [:] }
        section = name
        setting = nil
        return
      }
    }
    guard let section else {
      throw ProfileFile.ParsingError(
        line: number, reason: "a setting in front of the first section: expected a header such as [default] or [profile NAME]")
    }
    guard let delimiter = text.utf8.firstIndex(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }) else {
      // Not the line itself: it may be a key that went astray.
      throw ProfileFile.ParsingError(line: number, reason: "neither 'name = value' nor [section]")
    }
    let name = ProfileFileParser.trimmed(text[..<delimiter]).lowercased()
    guard !name.isEmpty else { throw ProfileFile.ParsingError(line: number, reason: "a value without a name") }
    guard sections[section]?[name] == nil else {
      throw ProfileFile.ParsingError(line: number, reason: "'\(name)' is set a second time in [\(section)]: leave one of the two")
    }
    sections[section]?[name] = Setting(
      line: number, text: [ProfileFileParser.trimmed(text[text.utf8.index(after: delimiter)...])])
    setting = name
  }

  func finish() throws(ProfileFile.ParsingError) -> [String: ProfileFile.Section] {
    let defaults = sections[ProfileFileParser.defaults] ?? [:]
    var finished: [String: ProfileFile.Section] = [:]
    for (name, settings) in sections where name != ProfileFileParser.defaults {
      finished[name] = try ProfileFileParser.values(defaults.merging(settings) { $1 })
    }
    return finished
  }

  private static func values(_ settings: [String: Setting]) throws(ProfileFile.ParsingError) -> ProfileFile.Section {
    var section: ProfileFile.Section = [:]
    for (name, setting) in settings {
      var lines = setting.text[...]
      while lines.count > 1, lines.last?.isEmpty == true { lines.removeLast() }
      guard lines.count > 1, lines.first?.isEmpty == true else {
        section[name] = .text(lines.joined(separator: "\n"))
        continue
      }
      var nested: [String: String] = [:]
      for line in lines where !line.isEmpty {
        guard let delimiter = line.utf8.firstIndex(of: UInt8(ascii: "=")) else {
          throw ProfileFile.ParsingError(line: setting.line, reason: "the indented lines below '\(name)' are not all 'name = value'")
        }
        nested[String(trimmed(line[..<delimiter]))] = String(trimmed(line[line.utf8.index(after: delimiter)...]))
      }
      section[name] = .nested(nested)
    }
    return section
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private static func trimmed(_ text: Substring) -> Substring {
    let bytes = text.utf8
    guard let begin = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) }) else { return "" }
    return text[begin..<bytes.index(after: last)]
  }
}
