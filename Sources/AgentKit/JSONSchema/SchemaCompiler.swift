import JSON

/// Turns the JSON of a schema into nodes, each place at most once.
struct SchemaCompiler {
  private static let maximumDepth = 128
  /// Steps that all patterns of a schema may have together.
  private static let maximumPatternSteps = 100_000
  /// Keywords that say something to readers and nothing to a validator.
  private static let annotations: Set<String> = [
    "title", "description", "default", "examples", "format", "deprecated", "readOnly", "writeOnly", "$comment", "contentEncoding",
    "contentMediaType", "contentSchema",
  ]

  let document: JSONValue
  private(set) var nodes: [SchemaNode] = []
  private var pointers: [String] = []
  private var indexes: [String: Int] = [:]
  private var depth = 0
  private var patternSteps = 0

  init(_ document: JSONValue) { self.document = document }

  /// The index of the schema at a JSON pointer.
  mutating func compile(pointer: String) throws(JSONSchemaError) -> Int {
    guard let schema = Self.value(at: pointer, in: document) else {
      throw JSONSchemaError(.unresolvedReference, pointer: pointer, keyword: "$ref", "there is no schema at '#\(pointer)'")
    }
    return try compile(schema, pointer)
  }

  private mutating func compile(_ schema: JSONValue, _ pointer: String) throws(JSONSchemaError) -> Int {
    if let index = indexes[pointer] { return index }
    let index = nodes.count
    indexes[pointer] = index
    nodes.append(.always)
    pointers.append(pointer)
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else {
      throw JSONSchemaError(.invalidSchema, pointer: pointer, "more than \(Self.maximumDepth) nested schemas")
    }
    switch schema {
    case .bool(let isValid): nodes[index] = isValid ? .always : .never
    case .object(let object): nodes[index] = .rules(try rules(object, pointer))
    default:
      throw JSONSchemaError(
        .invalidSchema, pointer: pointer, "a schema is an object or a boolean, not \(schema.kindDescription) (\(shortened(schema)))")
    }
    return index
  }

  // MARK: Keywords

  private mutating func rules(_ schema: JSONObject, _ pointer: String) throws(JSONSchemaError) -> [SchemaRule] {
    var rules: [SchemaRule] = []
    for (keyword, value) in schema {
      let place = Keyword(name: keyword, value: value, pointer: pointer)
      switch keyword {
      case "$ref": rules.append(.reference(try reference(place)))
      case "$defs", "definitions":
        for (name, definition) in try place.object() { _ = try compile(definition, "\(place.path)/\(escapedPointerPart(name))") }
      case "$id":
        // Below the root it would change what references mean.
        guard pointer.isEmpty else { throw place.unsupported("only the root of a schema may have an '$id'") }
      case "$schema":
        // A dialect of someone's own may give the keywords another meaning.
        let dialect = value.stringValue ?? ""
        guard dialect.hasPrefix("https://json-schema.org/") || dialect.hasPrefix("http://json-schema.org/") else {
          throw place.unsupported("the dialect \(shortened(value)) is not supported; use https://json-schema.org/draft/2020-12/schema")
        }
      case "type": rules.append(.type(try types(place)))
      case "enum":
        let values = try place.array()
        rules.append(.enumeration(values, texts: Set(values.map(CanonicalJSON.text))))
      case "const": rules.append(.constant(value, text: CanonicalJSON.text(of: value)))
      case "required": rules.append(.required(try place.strings()))
      case "properties": rules.append(try properties(schema, place))
      case "patternProperties": if schema["properties"] == nil { rules.append(try properties(schema, place)) }
      case "additionalProperties":
        if schema["properties"] == nil, schema["patternProperties"] == nil { rules.append(try properties(schema, place)) }
      case "propertyNames": rules.append(.propertyNames(try compile(value, place.path)))
      case "minProperties": rules.append(.propertiesAtLeast(try place.count()))
      case "maxProperties": rules.append(.propertiesAtMost(try place.count()))
      case "dependentRequired":
        var dependencies: [(name: String, required: [String])] = []
        for (name, required) in try place.object() {
          dependencies.append((name, try Keyword(name: keyword, value: required, pointer: pointer, part: name).strings()))
        }
        rules.append(.dependentRequired(dependencies))
      case "dependentSchemas":
        var dependencies: [(name: String, schema: Int)] = []
        for (name, part) in try place.object() {
          dependencies.append((name, try compile(part, "\(place.path)/\(escapedPointerPart(name))")))
        }
        rules.append(.dependentSchemas(dependencies))
      case "prefixItems": rules.append(.items(prefix: try schemas(place), rest: try items(schema, pointer)))
      case "items": if schema["prefixItems"] == nil { rules.append(.items(prefix: [], rest: try items(schema, pointer))) }
      case "contains": rules.append(try contains(schema, place))
      case "minContains", "maxContains": _ = try place.count()
      case "minItems": rules.append(.itemsAtLeast(try place.count()))
      case "maxItems": rules.append(.itemsAtMost(try place.count()))
      case "uniqueItems":
        guard let isUnique = value.boolValue else { throw place.invalid("true or false") }
        if isUnique { rules.append(.uniqueItems) }
      case "minLength": rules.append(.lengthAtLeast(try place.count()))
      case "maxLength": rules.append(.lengthAtMost(try place.count()))
      case "pattern":
        guard let text = value.stringValue else { throw place.invalid("a regular expression") }
        rules.append(.pattern(try pattern(text, place)))
      case "minimum": rules.append(.minimum(try place.number(), isExclusive: false))
      case "exclusiveMinimum": rules.append(.minimum(try place.number(), isExclusive: true))
      case "maximum": rules.append(.maximum(try place.number(), isExclusive: false))
      case "exclusiveMaximum": rules.append(.maximum(try place.number(), isExclusive: true))
      case "multipleOf":
        let divisor = try place.number()
        guard divisor > .zero else { throw place.invalid("a number greater than 0") }
        rules.append(.multipleOf(divisor))
      case "allOf": rules.append(.allOf(try schemas(place)))
      case "anyOf": rules.append(.anyOf(try schemas(place)))
      case "oneOf": rules.append(.oneOf(try schemas(place)))
      case "not": rules.append(.not(try compile(value, place.path)))
      case "if":
        let then = try schema["then"].map { value throws(JSONSchemaError) in try compile(value, pointer + "/then") }
        let otherwise = try schema["else"].map { value throws(JSONSchemaError) in try compile(value, pointer + "/else") }
        rules.append(.conditional(condition: try compile(value, place.path), then: then, otherwise: otherwise))
      case "then", "else": _ = try compile(value, place.path)
      default:
        guard Self.annotations.contains(keyword) || keyword.hasPrefix("x-") else {
          throw place.unsupported("the keyword '\(keyword)' is not supported")
        }
      }
    }
    return rules
  }

  private func types(_ place: Keyword) throws(JSONSchemaError) -> JSONTypes {
    let names: [String]
    if let name = place.value.stringValue {
      names = [name]
    } else {
      names = place.value.arrayValue == nil ? [] : try place.strings()
    }
    var types: JSONTypes = []
    for name in names {
      guard let type = JSONTypes(name: name) else { throw place.invalid("null, boolean, number, integer, string, array or object") }
      types.formUnion(type)
    }
    guard !names.isEmpty else { throw place.invalid("the name of a type or an array of such names") }
    return types
  }

  private mutating func pattern(_ text: String, _ place: Keyword) throws(JSONSchemaError) -> Pattern {
    let pattern = try place.pattern(text)
    patternSteps += pattern.steps.count
    guard patternSteps <= Self.maximumPatternSteps else {
      throw JSONSchemaError(
        .unsupportedPattern, pointer: place.path, keyword: place.name,
        "with the pattern '\(text)' the schema's patterns need more than \(Self.maximumPatternSteps) steps; use fewer or smaller repetitions"
      )
    }
    return pattern
  }

  private mutating func properties(_ schema: JSONObject, _ place: Keyword) throws(JSONSchemaError) -> SchemaRule {
    var named: [String: Int] = [:]
    var patterns: [(pattern: Pattern, schema: Int)] = []
    if let value = schema["properties"] {
      let place = Keyword(name: "properties", value: value, pointer: place.pointer)
      for (name, part) in try place.object() { named[name] = try compile(part, "\(place.path)/\(escapedPointerPart(name))") }
    }
    if let value = schema["patternProperties"] {
      let place = Keyword(name: "patternProperties", value: value, pointer: place.pointer)
      for (text, part) in try place.object() {
        patterns.append((try pattern(text, place), try compile(part, "\(place.path)/\(escapedPointerPart(text))")))
      }
    }
    let additional = try schema["additionalProperties"].map { value throws(JSONSchemaError) in
      try compile(value, place.pointer + "/additionalProperties")
    }
    return .properties(named: named, patterns: patterns, additional: additional)
  }

  private mutating func items(_ schema: JSONObject, _ pointer: String) throws(JSONSchemaError) -> Int? {
    guard let value = schema["items"] else { return nil }
    if value.arrayValue != nil {
      throw Keyword(name: "items", value: value, pointer: pointer).unsupported(
        "an array of 'items' is of an older draft; use 'prefixItems'")
    }
    return try compile(value, pointer + "/items")
  }

  private mutating func contains(_ schema: JSONObject, _ place: Keyword) throws(JSONSchemaError) -> SchemaRule {
    let minimum = try schema["minContains"].map { value throws(JSONSchemaError) in
      try Keyword(name: "minContains", value: value, pointer: place.pointer).count()
    }
    let maximum = try schema["maxContains"].map { value throws(JSONSchemaError) in
      try Keyword(name: "maxContains", value: value, pointer: place.pointer).count()
    }
    return .contains(try compile(place.value, place.path), minimum: minimum ?? 1, maximum: maximum)
  }

  private mutating func schemas(_ place: Keyword) throws(JSONSchemaError) -> [Int] {
    let parts = try place.array()
    guard !parts.isEmpty else { throw place.invalid("an array of at least one schema") }
    var indexes: [Int] = []
    for (index, part) in parts.enumerated() { indexes.append(try compile(part, "\(place.path)/\(index)")) }
    return indexes
  }

  // MARK: References

  private mutating func reference(_ place: Keyword) throws(JSONSchemaError) -> Int {
    guard var reference = place.value.stringValue else { throw place.invalid("a string") }
    // A reference by the schema's own identifier stays inside the schema.
    if let id = document["$id"]?.stringValue, !id.isEmpty, reference == id || reference.hasPrefix(id + "#") {
      reference = "#" + reference.dropFirst(id.count + 1)
    }
    guard reference.hasPrefix("#") else {
      throw place.unsupported("'\(reference)' is no reference inside the schema; only '#' and '#/…' are supported")
    }
    guard let pointer = Self.percentDecoded(reference.dropFirst()), pointer.isEmpty || pointer.hasPrefix("/") else {
      throw place.unsupported("'\(reference)' is no JSON pointer; anchors are not supported")
    }
    guard let target = Self.value(at: pointer, in: document) else {
      throw JSONSchemaError(.unresolvedReference, pointer: place.path, keyword: "$ref", "'\(reference)' leads nowhere")
    }
    return try compile(target, pointer)
  }

  private static func value(at pointer: String, in document: JSONValue) -> JSONValue? {
    guard !pointer.isEmpty else { return document }
    var value = document
    for part in pointer.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      let name = unescaped(String(Substring(part)))
      switch value {
      case .object(let object):
        guard let member = object[name] else { return nil }
        value = member
      case .array(let elements):
        guard let index = Int(name), elements.indices.contains(index), String(index) == name else { return nil }
        value = elements[index]
      default: return nil
      }
    }
    return value
  }

  private static func unescaped(_ part: String) -> String {
    guard part.utf8.contains(UInt8(ascii: "~")) else { return part }
    var result: [UInt8] = []
    var bytes = part.utf8.makeIterator()
    while let byte = bytes.next() {
      guard byte == UInt8(ascii: "~") else {
        result.append(byte)
        continue
      }
      switch bytes.next() {
      case UInt8(ascii: "0"): result.append(UInt8(ascii: "~"))
      case UInt8(ascii: "1"): result.append(UInt8(ascii: "/"))
      case let other?: result += [byte, other]
      case nil: result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func percentDecoded(_ text: Substring) -> String? {
    var result: [UInt8] = []
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
      guard byte == UInt8(ascii: "%") else {
        result.append(byte)
        continue
      }
      guard let high = bytes.next().flatMap(hexadecimal), let low = bytes.next().flatMap(hexadecimal) else { return nil }
      result.append(high << 4 | low)
    }
    return String(validating: result, as: UTF8.self)
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }

  /// Refuses schemas that would be checked for ever: references that come back without having gone deeper into the value.
  func refuseEndlessReferences() throws(JSONSchemaError) {
    enum Mark { case unseen, open, done }
    var marks = [Mark](repeating: .unseen, count: nodes.count)
    func visit(_ index: Int) throws(JSONSchemaError) {
      switch marks[index] {
      case .done: return
      case .open:
        throw JSONSchemaError(.endlessReference, pointer: pointers[index], keyword: "$ref", "the schema refers to itself without end")
      case .unseen:
        marks[index] = .open
        if case .rules(let rules) = nodes[index] {
          for rule in rules { for schema in rule.inPlaceSchemas { try visit(schema) } }
        }
        marks[index] = .done
      }
    }
    for index in nodes.indices { try visit(index) }
  }
}

/// A keyword of a schema, with its value and its place.
private struct Keyword {
  let name: String
  let value: JSONValue
  /// Of the schema that has the keyword.
  let pointer: String
  /// The member of the keyword's value that is meant.
  var part: String?

  var path: String { "\(pointer)/\(escapedPointerPart(name))" + (part.map { "/\(escapedPointerPart($0))" } ?? "") }

  func invalid(_ expected: String) -> JSONSchemaError {
    JSONSchemaError(.invalidKeyword, pointer: path, keyword: name, "'\(name)' must be \(expected), not \(shortened(value))")
  }

  func unsupported(_ message: String) -> JSONSchemaError {
    JSONSchemaError(.unsupportedKeyword, pointer: path, keyword: name, message)
  }

  func object() throws(JSONSchemaError) -> JSONObject {
    guard let object = value.objectValue else { throw invalid("an object") }
    return object
  }

  func array() throws(JSONSchemaError) -> [JSONValue] {
    guard let array = value.arrayValue else { throw invalid("an array") }
    return array
  }

  func strings() throws(JSONSchemaError) -> [String] {
    guard let strings = value.arrayValue?.map(\.stringValue), !strings.contains(nil) else { throw invalid("an array of strings") }
    return strings.compactMap(\.self)
  }

  func number() throws(JSONSchemaError) -> ExactDecimal {
    guard let number = value.numberValue.flatMap({ ExactDecimal($0) }) else { throw invalid("a number") }
    return number
  }

  /// A whole number of at least 0; one that is too large for an integer counts as the largest.
  func count() throws(JSONSchemaError) -> Int {
    guard let number = value.numberValue.flatMap({ ExactDecimal($0) }), number.isInteger, number >= .zero else {
      throw invalid("a whole number of at least 0")
    }
    return number.int64.map(Int.init) ?? .max
  }

  func pattern(_ text: String) throws(JSONSchemaError) -> Pattern {
    do throws(PatternError) {
      return try Pattern(text)
    } catch {
      throw JSONSchemaError(
        .unsupportedPattern, pointer: path, keyword: name, "the pattern '\(text)' cannot be used: \(error.message) (at \(error.offset))")
    }
  }
}

/// A member name as a part of a JSON pointer (RFC 6901 section 3).
func escapedPointerPart(_ part: String) -> String {
  guard part.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return part }
  var result = ""
  for character in part.unicodeScalars {
    switch character {
    case "~": result += "~0"
    case "/": result += "~1"
    default: result.unicodeScalars.append(character)
    }
  }
  return result
}

/// At most 100 characters of a value, for messages.
func shortened(_ value: JSONValue) -> String {
  let text = value.text
  return text.utf8.count <= 100 ? text : text.prefix(100) + "…"
}
