import JSON

/// Checks one value against a compiled schema.
struct SchemaValidator {
  private static let maximumDepth = 1_024
  /// What one check may take: half a million rules, or five million steps of patterns; well over what inputs of 200 KB need.
  static let maximumWork = 5_000_000
  /// What a rule takes, in steps of a pattern.
  private static let ruleWork = 10

  let schema: JSONSchema
  let limit: Int
  /// Work that is left; negative when it did not suffice.
  private(set) var work: Int
  /// Why the check was given up: what its rules say does not count then.
  private var gaveUp: JSONSchema.Violation?
  private(set) var violations: [JSONSchema.Violation] = []
  private var path: [String] = []
  private var depth = 0
  /// Above zero inside `anyOf`, `not` and the like, where a broken rule is no violation yet.
  private var silence = 0

  init(schema: JSONSchema, limit: Int, work: Int = maximumWork) {
    self.schema = schema
    self.limit = limit
    self.work = work
  }

  /// The rules that a value breaks; empty when the value is valid.
  mutating func violations(of value: JSONValue) -> [JSONSchema.Violation] {
    _ = check(schema.root, value)
    return gaveUp.map { [$0] } ?? violations
  }

  /// True when the value is valid; otherwise the reasons stand in `violations`, or in `gaveUp`.
  private mutating func check(_ index: Int, _ value: JSONValue) -> Bool {
    depth += 1
    defer { depth -= 1 }
    guard gaveUp == nil else { return false }
    guard depth <= Self.maximumDepth else { return giveUp("$ref", "nested too deeply to be checked") }
    switch schema.nodes[index] {
    case .always: return true
    case .never: return report("false", "nothing is allowed here, found \(shortened(value))")
    case .rules(let rules):
      var isValid = true
      for rule in rules where !check(rule, value) {
        isValid = false
        if silence > 0 || violations.count >= limit { break }
      }
      return isValid
    }
  }

  private mutating func report(_ keyword: String, _ message: @autoclosure () -> String) -> Bool {
    if silence == 0, violations.count < limit {
      violations.append(JSONSchema.Violation(path: pointer, keyword: keyword, message: message()))
    }
    return false
  }

  /// Ends the check, also where a broken rule would be no violation yet.
  private mutating func giveUp(_ keyword: String, _ message: String) -> Bool {
    if gaveUp == nil { gaveUp = JSONSchema.Violation(path: pointer, keyword: keyword, message: message) }
    return false
  }

  private var pointer: String { path.map { "/" + escapedPointerPart($0) }.joined() }

  /// Takes work off what is left; false when that does not suffice.
  private mutating func spend(_ amount: Int) -> Bool {
    work -= amount
    return work >= 0 || giveUp("too_complex", "the check of this value takes too much work; send less, or ask for a simpler schema")
  }

  private mutating func matches(_ pattern: Pattern, _ text: String) -> Bool {
    guard let matches = pattern.matches(text, work: &work) else { return spend(0) }
    return matches
  }

  private mutating func isValid(_ index: Int, _ value: JSONValue) -> Bool {
    silence += 1
    defer { silence -= 1 }
    return check(index, value)
  }

  private mutating func check(_ index: Int, _ value: JSONValue, at part: String) -> Bool {
    path.append(part)
    defer { path.removeLast() }
    return check(index, value)
  }

  private mutating func check(_ rule: SchemaRule, _ value: JSONValue) -> Bool {
    guard spend(Self.ruleWork) else { return false }
    switch rule {
    case .type(let types):
      return types.isSuperset(of: JSONTypes(of: value))
        || report("type", "\(shortened(value)) is \(value.kindDescription), expected \(types.description)")
    case .enumeration(let values, let texts):
      return texts.contains(canonicalText(of: value))
        || report("enum", "\(shortened(value)) is none of \(shortened(.array(values)))")
    case .constant(let constant, let text):
      return canonicalText(of: value) == text || report("const", "\(shortened(value)) is not \(shortened(constant))")
    case .allOf(let schemas):
      var areValid = true
      for schema in schemas where !check(schema, value) { areValid = false }
      return areValid
    case .anyOf(let schemas):
      for schema in schemas where isValid(schema, value) { return true }
      let reasons = reasons(schemas, value)
      return report("anyOf", "\(shortened(value)) fits none of \(schemas.count) alternatives\(reasons)")
    case .oneOf(let schemas):
      var fitting: [Int] = []
      for (index, schema) in schemas.enumerated() where isValid(schema, value) { fitting.append(index) }
      if fitting.count == 1 { return true }
      let reasons = fitting.isEmpty ? reasons(schemas, value) : ""
      return fitting.isEmpty
        ? report("oneOf", "\(shortened(value)) fits none of \(schemas.count) alternatives\(reasons)")
        : report("oneOf", "\(shortened(value)) fits \(fitting.count) alternatives (\(fitting)), exactly one is allowed")
    case .not(let schema): return !isValid(schema, value) || report("not", "\(shortened(value)) is what the schema excludes")
    case .conditional(let condition, let then, let otherwise):
      guard let schema = isValid(condition, value) ? then : otherwise else { return true }
      return check(schema, value)
    case .reference(let schema): return check(schema, value)
    case .required, .properties, .propertyNames, .propertiesAtLeast, .propertiesAtMost, .dependentRequired, .dependentSchemas:
      guard let object = value.objectValue else { return true }
      return check(rule, object)
    case .items, .contains, .itemsAtLeast, .itemsAtMost, .uniqueItems:
      guard let elements = value.arrayValue else { return true }
      return check(rule, elements)
    case .lengthAtLeast, .lengthAtMost, .pattern:
      guard let text = value.stringValue else { return true }
      return check(rule, text)
    case .minimum, .maximum, .multipleOf:
      guard let number = value.numberValue else { return true }
      guard let decimal = ExactDecimal(number) else { return report("type", "\(number.text) is too large to be compared") }
      return check(rule, decimal)
    }
  }

  private mutating func canonicalText(of value: JSONValue) -> String {
    let text = CanonicalJSON.text(of: value)
    _ = spend(text.utf8.count)
    return text
  }

  /// Why a single alternative does not fit; nothing when there are several, each with its own reasons.
  private mutating func reasons(_ schemas: [Int], _ value: JSONValue) -> String {
    guard silence == 0, schemas.count == 1 else { return "" }
    var validator = SchemaValidator(schema: schema, limit: 1, work: work)
    validator.depth = depth
    _ = validator.check(schemas[0], value)
    work = validator.work
    guard spend(0) else { return "" }
    return validator.violations.first.map { " (\($0))" } ?? ""
  }

  private mutating func check(_ rule: SchemaRule, _ object: JSONObject) -> Bool {
    guard spend(object.count) else { return false }
    switch rule {
    case .required(let names):
      var isValid = true
      guard spend(names.count) else { return false }
      for name in names where object[name] == nil { isValid = report("required", "the member '\(name)' is missing") }
      return isValid
    case .properties(let named, let patterns, let additional):
      var areValid = true
      for (name, value) in object.dictionary.sorted(by: { $0.key < $1.key }) {
        var isKnown = false
        if let schema = named[name] {
          isKnown = true
          if !check(schema, value, at: name) { areValid = false }
        }
        for (pattern, schema) in patterns where matches(pattern, name) {
          isKnown = true
          if !check(schema, value, at: name) { areValid = false }
        }
        if !isKnown, let additional {
          if case .never = schema.nodes[additional] {
            areValid = report("additionalProperties", "the member '\(name)' is not allowed")
          } else if !check(additional, value, at: name) {
            areValid = false
          }
        }
      }
      return areValid
    case .propertyNames(let schema):
      var areValid = true
      for name in object.dictionary.keys.sorted() where !isValid(schema, .string(name)) {
        areValid = report("propertyNames", "the name '\(name)' of a member is not allowed")
      }
      return areValid
    case .propertiesAtLeast(let minimum):
      return object.dictionary.count >= minimum || report("minProperties", "\(object.count) members, at least \(minimum) are due")
    case .propertiesAtMost(let maximum):
      return object.dictionary.count <= maximum || report("maxProperties", "\(object.count) members, at most \(maximum) are allowed")
    case .dependentRequired(let dependencies):
      var isValid = true
      for dependency in dependencies where object[dependency.name] != nil {
        for name in dependency.required where object[name] == nil {
          isValid = report("dependentRequired", "the member '\(name)' is missing, which '\(dependency.name)' calls for")
        }
      }
      return isValid
    case .dependentSchemas(let dependencies):
      var isValid = true
      for dependency in dependencies where object[dependency.name] != nil {
        if !check(dependency.schema, .object(object)) { isValid = false }
      }
      return isValid
    default: return true
    }
  }

  private mutating func check(_ rule: SchemaRule, _ elements: [JSONValue]) -> Bool {
    switch rule {
    case .items(let prefix, let rest):
      var areValid = true
      for (index, element) in elements.enumerated() {
        guard let schema = index < prefix.count ? prefix[index] : rest else { break }
        if !check(schema, element, at: String(index)) { areValid = false }
        if !areValid, silence > 0 || violations.count >= limit { break }
      }
      return areValid
    case .contains(let schema, let minimum, let maximum):
      var count = 0
      for element in elements where isValid(schema, element) { count += 1 }
      if count < minimum { return report("contains", "\(count) elements fit 'contains', at least \(minimum) are due") }
      if let maximum, count > maximum { return report("maxContains", "\(count) elements fit 'contains', at most \(maximum) are allowed") }
      return true
    case .itemsAtLeast(let minimum):
      return elements.count >= minimum || report("minItems", "\(elements.count) elements, at least \(minimum) are due")
    case .itemsAtMost(let maximum):
      return elements.count <= maximum || report("maxItems", "\(elements.count) elements, at most \(maximum) are allowed")
    case .uniqueItems:
      var seen: [String: Int] = [:]
      for (index, element) in elements.enumerated() {
        if let first = seen.updateValue(index, forKey: canonicalText(of: element)) {
          return report("uniqueItems", "elements \(first) and \(index) are equal (\(shortened(element)))")
        }
      }
      return true
    default: return true
    }
  }

  private mutating func check(_ rule: SchemaRule, _ text: String) -> Bool {
    guard spend(text.utf8.count / 32) else { return false }
    switch rule {
    // Length is counted in characters of RFC 8259, which are code points.
    case .lengthAtLeast(let minimum):
      let count = text.unicodeScalars.count
      return count >= minimum || report("minLength", "\(shortened(.string(text))) has \(count) characters, at least \(minimum) are due")
    case .lengthAtMost(let maximum):
      let count = text.unicodeScalars.count
      return count <= maximum || report("maxLength", "\(shortened(.string(text))) has \(count) characters, at most \(maximum) are allowed")
    case .pattern(let pattern):
      return matches(pattern, text) || report("pattern", "\(shortened(.string(text))) does not match '\(pattern.text)'")
    default: return true
    }
  }

  private mutating func check(_ rule: SchemaRule, _ number: ExactDecimal) -> Bool {
    switch rule {
    case .minimum(let bound, false): number >= bound || report("minimum", "\(number) is less than the minimum \(bound)")
    case .minimum(let bound, true): number > bound || report("exclusiveMinimum", "\(number) is not greater than \(bound)")
    case .maximum(let bound, false): number <= bound || report("maximum", "\(number) is greater than the maximum \(bound)")
    case .maximum(let bound, true): number < bound || report("exclusiveMaximum", "\(number) is not less than \(bound)")
    case .multipleOf(let divisor): number.isMultiple(of: divisor) || report("multipleOf", "\(number) is no multiple of \(divisor)")
    default: true
    }
  }
}
