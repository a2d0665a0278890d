import JSON

/// The members of one object of a scenario file: reads them by type, and refuses those that nobody read.
struct ScenarioFields {
  /// Where the object stands: "rules[2].when".
  let path: String
  private let object: JSONObject
  private var unread: Set<String>

  init(_ value: JSONValue, path: String) throws(LocalCloudError) {
    guard let object = value.objectValue else { throw Self.error(path, "must be an object, not \(value.kindDescription)") }
    self.path = path
    self.object = object
    unread = Set(object.keys)
  }

  static func error(_ path: String, _ problem: String) -> LocalCloudError {
    LocalCloudError(.invalidFile, "in the scenario, \(path.isEmpty ? "the file" : "'\(path)'") \(problem)")
  }

  func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  mutating func value(_ name: String) -> JSONValue? {
    unread.remove(name)
    return object[name]
  }

  mutating func string(_ name: String) throws(LocalCloudError) -> String? {
    guard let value = value(name) else { return nil }
    guard let text = value.stringValue else { throw Self.error(path(of: name), "must be a string, not \(value.kindDescription)") }
    return text
  }

  /// A string, or an array of strings.
  mutating func strings(_ name: String) throws(LocalCloudError) -> [String] {
    guard let value = value(name) else { return [] }
    if let text = value.stringValue { return [text] }
    guard let elements = value.arrayValue else {
      throw Self.error(path(of: name), "must be a string or an array of strings, not \(value.kindDescription)")
    }
    var strings: [String] = []
    for element in elements {
      guard let text = element.stringValue else {
        throw Self.error(path(of: name), "must hold strings only, not \(element.kindDescription)")
      }
      strings.append(text)
    }
    return strings
  }

  /// A whole number of at least `minimum`.
  mutating func integer(_ name: String, minimum: Int = 0) throws(LocalCloudError) -> Int? {
    guard let value = value(name) else { return nil }
    guard let number = value.intValue, number >= minimum else {
      throw Self.error(path(of: name), "must be a whole number of at least \(minimum), not \(value.text)")
    }
    return number
  }

  /// A whole number, or an array of them.
  mutating func integers(_ name: String) throws(LocalCloudError) -> [Int] {
    guard let value = value(name) else { return [] }
    var numbers: [Int] = []
    for element in value.arrayValue ?? [value] {
      guard let number = element.intValue else {
        throw Self.error(path(of: name), "must be a whole number or an array of them, not \(value.text)")
      }
      numbers.append(number)
    }
    return numbers
  }

  mutating func boolean(_ name: String) throws(LocalCloudError) -> Bool? {
    guard let value = value(name) else { return nil }
    guard let flag = value.boolValue else { throw Self.error(path(of: name), "must be true or false, not \(value.text)") }
    return flag
  }

  /// The members that have objects of one kind in an array.
  mutating func array<Element>(
    _ name: String, _ make: (JSONValue, String) throws(LocalCloudError) -> Element
  ) throws(LocalCloudError) -> [Element] {
    guard let value = value(name) else { return [] }
    guard let elements = value.arrayValue else { throw Self.error(path(of: name), "must be an array, not \(value.kindDescription)") }
    var made: [Element] = []
    for (index, element) in elements.enumerated() { made.append(try make(element, "\(path(of: name))[\(index)]")) }
    return made
  }

  /// Refuses members that nobody asked for: a misspelt condition must not be one that always holds.
  func finish(known: String) throws(LocalCloudError) {
    if let name = unread.min() { throw Self.error(path(of: name), "is not known here: the members are \(known)") }
  }
}
