import Glibc
import JSON

/// Text with places `{{ source [/pointer] [| filter …] }}` that are filled from the request.
///
/// Sources: `user` (text of the first user message), `lastUser`, `system`, `model`, `turn`, `index` (of a repeated tool use),
/// `result NAME` (latest result of a tool), `result NAME N` (its N-th result, from 1). A pointer (RFC 6901) goes into the value; a string on
/// its way that holds JSON is entered. Filters: `round N`, `thousands`, `json`, `text`, `upper`, `lower`, `trim`, `line N`, `after "x"`,
/// `before "x"`, `join "x"`, `count`, `default "x"`, and `each "x"`, which makes a text of each element of an array: `{}` in it is the element,
/// `{name | filter …}` a member of it.
struct ScenarioTemplate: Sendable {
  struct Failure: Error { let message: String }

  private enum Source: Sendable {
    case user, lastUser, system, model, turn, index
    case result(name: String, number: Int?)
  }

  private enum Filter: Sendable {
    case round(Int)
    case thousands, json, text, upper, lower, trim
    case line(Int)
    case after(String)
    case before(String)
    case join(String)
    case count
    case fallback(String)
    case each([ElementSegment])
  }

  private enum ElementSegment: Sendable {
    case literal(String)
    case member(pointer: [String], filters: [Filter])
  }

  private struct Place: Sendable {
    let text: String
    let source: Source
    let pointer: [String]
    let filters: [Filter]
  }

  private enum Segment: Sendable {
    case literal(String)
    case place(Place)
  }

  private let segments: [Segment]

  init(_ text: String, path: String) throws(LocalCloudError) {
    var segments: [Segment] = []
    let bytes = Array(text.utf8)
    var position = 0
    while let open = firstRange(of: Array("{{".utf8), in: bytes, from: position) {
      guard let close = Self.end(of: open, in: bytes) else {
        throw ScenarioFields.error(path, "has '{{' without '}}'")
      }
      if open.lowerBound > position { segments.append(.literal(String(decoding: bytes[position..<open.lowerBound], as: UTF8.self))) }
      segments.append(.place(try Self.place(String(decoding: bytes[open.upperBound..<close.lowerBound], as: UTF8.self), path: path)))
      position = close.upperBound
    }
    if position < bytes.count { segments.append(.literal(String(decoding: bytes[position...], as: UTF8.self))) }
    self.segments = segments
  }

  /// The filled value. A template that is one place and nothing else keeps the type of what it found: a number stays a number.
  func value(_ view: ConversationView, index: Int) throws(Failure) -> JSONValue {
    if segments.count == 1, case .place(let place) = segments[0] { return try Self.value(place, view, index) }
    return .string(try text(view, index: index))
  }

  func text(_ view: ConversationView, index: Int) throws(Failure) -> String {
    var text = ""
    for segment in segments {
      switch segment {
      case .literal(let literal): text += literal
      case .place(let place): text += Self.text(try Self.value(place, view, index))
      }
    }
    return text
  }

  // MARK: Parsing

  /// The next "}}" that does not stand in quotes.
  private static func end(of open: Range<Int>, in bytes: [UInt8]) -> Range<Int>? {
    var isQuoted = false
    var index = open.upperBound
    while index + 1 < bytes.count {
      if bytes[index] == UInt8(ascii: "\"") { isQuoted.toggle() }
      if !isQuoted, bytes[index] == UInt8(ascii: "}"), bytes[index + 1] == UInt8(ascii: "}") { return index..<index + 2 }
      index += 1
    }
    return nil
  }

  private static func place(_ text: String, path: String) throws(LocalCloudError) -> Place {
    var parts: [[Token]] = [[]]
    for token in try tokens(text, path: path) {
      if case .bar = token { parts.append([]) } else { parts[parts.count - 1].append(token) }
    }
    let filters = try filters(parts.dropFirst(), in: text, path: path)
    var words = parts[0].map(\.text)
    var pointer: [String] = []
    if let last = words.last, last.hasPrefix("/") {
      pointer = last.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(unescaped)
      words.removeLast()
    }
    return Place(text: trimmed(text), source: try source(words, in: text, path: path), pointer: pointer, filters: filters)
  }

  private static func filters(_ parts: ArraySlice<[Token]>, in text: String, path: String) throws(LocalCloudError) -> [Filter] {
    var filters: [Filter] = []
    for part in parts { filters.append(try filter(part.map(\.text), in: text, path: path)) }
    return filters
  }

  /// The format of `each`: text with places in single braces.
  private static func elementSegments(_ format: String, path: String) throws(LocalCloudError) -> [ElementSegment] {
    var segments: [ElementSegment] = []
    var rest = format[...]
    while let open = rest.firstIndex(of: "{") {
      guard let close = rest[open...].firstIndex(of: "}") else {
        throw ScenarioFields.error(path, "has '{' without '}' in each \"\(format)\"")
      }
      if open > rest.startIndex { segments.append(.literal(String(rest[..<open]))) }
      let inner = String(rest[rest.index(after: open)..<close])
      var parts: [[Token]] = [[]]
      for token in try tokens(inner, path: path) {
        if case .bar = token { parts.append([]) } else { parts[parts.count - 1].append(token) }
      }
      let name = parts[0].map(\.text).joined(separator: " ")
      let pointer = name.isEmpty ? [] : name.split(separator: "/", omittingEmptySubsequences: true).map(unescaped)
      segments.append(.member(pointer: pointer, filters: try filters(parts.dropFirst(), in: inner, path: path)))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { segments.append(.literal(String(rest))) }
    return segments
  }

  private static func source(_ words: [String], in text: String, path: String) throws(LocalCloudError) -> Source {
    switch (words.first, words.count) {
    case ("user", 1): return .user
    case ("lastUser", 1): return .lastUser
    case ("system", 1): return .system
    case ("model", 1): return .model
    case ("turn", 1): return .turn
    case ("index", 1): return .index
    case ("result", 2): return .result(name: words[1], number: nil)
    case ("result", 3):
      guard let number = Int(words[2]), number >= 1 else {
        throw ScenarioFields.error(path, "asks for result number '\(words[2])': give a whole number from 1 in '{{\(text)}}'")
      }
      return .result(name: words[1], number: number)
    default:
      throw ScenarioFields.error(
        path,
        "has the unknown source '\(words.joined(separator: " "))' in '{{\(text)}}': "
          + "use user, lastUser, system, model, turn, index, result NAME or result NAME N")
    }
  }

  private static func filter(_ words: [String], in text: String, path: String) throws(LocalCloudError) -> Filter {
    switch (words.first, words.count) {
    case ("thousands", 1): return .thousands
    case ("json", 1): return .json
    case ("text", 1): return .text
    case ("upper", 1): return .upper
    case ("lower", 1): return .lower
    case ("trim", 1): return .trim
    case ("count", 1): return .count
    case ("after", 2): return .after(words[1])
    case ("before", 2): return .before(words[1])
    case ("join", 2): return .join(words[1])
    case ("default", 2): return .fallback(words[1])
    case ("each", 2): return .each(try elementSegments(words[1], path: path))
    case ("round", 2): if let digits = Int(words[1]), (0...15).contains(digits) { return .round(digits) }
    case ("line", 2): if let number = Int(words[1]), number >= 1 { return .line(number) }
    default: break
    }
    throw ScenarioFields.error(
      path,
      "has the unknown filter '\(words.joined(separator: " "))' in '{{\(text)}}': use round N, thousands, json, text, upper, lower, "
        + "trim, line N, after \"x\", before \"x\", join \"x\", each \"x\", count or default \"x\"")
  }

  private enum Token {
    case word(String)
    case bar
    var text: String { if case .word(let text) = self { text } else { "|" } }
  }

  /// Words, quoted texts and bars.
  private static func tokens(_ text: String, path: String) throws(LocalCloudError) -> [Token] {
    var tokens: [Token] = []
    var characters = text[...]
    while let first = characters.first {
      if first == " " || first == "\n" || first == "\t" {
        characters.removeFirst()
      } else if first == "|" {
        tokens.append(.bar)
        characters.removeFirst()
      } else if first == "\"" {
        let rest = characters.dropFirst()
        guard let end = rest.firstIndex(of: "\"") else { throw ScenarioFields.error(path, "has an open quote in '{{\(text)}}'") }
        tokens.append(.word(String(rest[..<end])))
        characters = rest[rest.index(after: end)...]
      } else {
        let word = characters.prefix { $0 != " " && $0 != "|" && $0 != "\n" && $0 != "\t" }
        tokens.append(.word(String(word)))
        characters = characters.dropFirst(word.count)
      }
    }
    return tokens
  }

  /// A step of a JSON pointer (RFC 6901 section 4).
  private static func unescaped(_ step: Substring) -> String {
    var text = ""
    var characters = step.makeIterator()
    while let character = characters.next() {
      guard character == "~" else {
        text.append(character)
        continue
      }
      switch characters.next() {
      case "0": text.append("~")
      case "1": text.append("/")
      case let other?: text += "~\(other)"
      case nil: text.append("~")
      }
    }
    return text
  }

  // MARK: Filling

  private static func value(_ place: Place, _ view: ConversationView, _ index: Int) throws(Failure) -> JSONValue {
    var found: JSONValue?
    var problem = ""
    do throws(Failure) {
      found = try ScenarioValue.find(place.pointer, in: try source(place.source, view, index))
    } catch {
      problem = error.message
    }
    for filter in place.filters {
      // A default stands in for what could not be found; every other filter needs something to work on.
      if case .fallback(let text) = filter {
        found = found ?? .string(text)
      } else if let value = found {
        do throws(Failure) {
          found = try apply(filter, to: value)
        } catch {
          throw Failure(message: "'{{ \(place.text) }}': \(error.message)")
        }
      }
    }
    guard let found else { throw Failure(message: "'{{ \(place.text) }}': \(problem)") }
    return found
  }

  private static func source(_ source: Source, _ view: ConversationView, _ index: Int) throws(Failure) -> JSONValue {
    switch source {
    case .user: return .string(view.firstUserText)
    case .lastUser: return .string(view.lastUserText)
    case .system: return .string(view.systemText)
    case .model: return .string(view.call.modelId)
    case .turn: return .number(view.turn)
    case .index: return .number(index)
    case .result(let name, let number):
      guard let results = view.results[name] else {
        let present = view.results.keys.sorted().joined(separator: ", ")
        throw Failure(message: "there is no result of tool '\(name)'; there are results of [\(present)]")
      }
      guard let number else { return results[results.count - 1].value }
      guard number <= results.count else { throw Failure(message: "tool '\(name)' has \(results.count) results, not \(number)") }
      return results[number - 1].value
    }
  }

  private static func apply(_ filter: Filter, to value: JSONValue) throws(Failure) -> JSONValue {
    switch filter {
    case .round(let digits): return .string(fixed(try number(value), digits: digits))
    case .thousands: return .string(grouped(text(value)))
    case .json: return .string(value.text)
    case .text: return .string(text(value))
    case .upper: return .string(text(value).uppercased())
    case .lower: return .string(text(value).lowercased())
    case .trim: return .string(trimmed(text(value)))
    case .count: return .number(value.arrayValue?.count ?? value.objectValue?.count ?? text(value).count)
    case .each(let segments):
      guard let elements = value.arrayValue else { throw Failure(message: "each needs an array, not \(value.kindDescription)") }
      var texts: [JSONValue] = []
      for element in elements { texts.append(.string(try Self.text(segments, of: element))) }
      return .array(texts)
    case .join(let separator):
      guard let elements = value.arrayValue else { throw Failure(message: "join needs an array, not \(value.kindDescription)") }
      return .string(elements.map(text).joined(separator: separator))
    case .line(let number):
      let lines = text(value).split(separator: "\n", omittingEmptySubsequences: false)
      guard number <= lines.count else { throw Failure(message: "the text has \(lines.count) lines, not \(number)") }
      return .string(String(lines[number - 1]))
    case .after(let mark), .before(let mark):
      let bytes = Array(text(value).utf8)
      guard let range = firstRange(of: Array(mark.utf8), in: bytes) else { throw Failure(message: "the text does not contain '\(mark)'") }
      if case .after = filter { return .string(String(decoding: bytes[range.upperBound...], as: UTF8.self)) }
      return .string(String(decoding: bytes[..<range.lowerBound], as: UTF8.self))
    case .fallback: return value
    }
  }

  private static func text(_ segments: [ElementSegment], of element: JSONValue) throws(Failure) -> String {
    var text = ""
    for segment in segments {
      switch segment {
      case .literal(let literal): text += literal
      case .member(let pointer, let filters):
        var value = try ScenarioValue.find(pointer, in: element)
        for filter in filters { value = try apply(filter, to: value) }
        text += Self.text(value)
      }
    }
    return text
  }

  private static func text(_ value: JSONValue) -> String { value.stringValue ?? value.text }

  private static func number(_ value: JSONValue) throws(Failure) -> Double {
    guard let number = value.doubleValue ?? Double(trimmed(text(value))), number.isFinite else {
      throw Failure(message: "'\(text(value))' is not a number")
    }
    return number
  }

  private static func fixed(_ number: Double, digits: Int) -> String {
    var buffer = [CChar](repeating: 0, count: 400)
    _ = withVaList([Int32(digits), number]) { vsnprintf(&buffer, buffer.count, "%.*f", $0) }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// "1234567.5" as "1,234,567.5".
  private static func grouped(_ text: String) -> String {
    let whole = text.prefix { $0 != "." }
    let digits = Array(whole.drop { $0 == "-" })
    guard digits.allSatisfy(\.isNumber), digits.count > 3 else { return text }
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { grouped.append(",") }
      grouped.append(digit)
    }
    return (whole.hasPrefix("-") ? "-" : "") + grouped + text.dropFirst(whole.count)
  }
}
