public import JSON

/// A world written out, so that it can be run again as it is: its seed, its faults and their rates, those that do not happen, and its scenario.
public struct WorldFile: Sendable, Equatable {
  public var seed: UInt64
  /// Rates of the faults; the seed changes nothing about them.
  public var rates: [Fault: Double]
  public var suppressedFaults: Set<Int>
  public var scenario: Scenario

  public init(seed: UInt64, rates: [Fault: Double], suppressedFaults: Set<Int>, scenario: Scenario) {
    self.seed = seed
    self.rates = rates
    self.suppressedFaults = suppressedFaults
    self.scenario = scenario
  }

  /// The world that was run with these options.
  public init(of result: World.Result, options: World.Options) {
    self.init(
      seed: result.seed, rates: options.faults.rates(ofWorld: result.seed), suppressedFaults: options.suppressedFaults,
      scenario: options.scenario ?? result.scenario)
  }

  /// The options that run this world.
  public var options: World.Options {
    var options = World.Options()
    options.faults = FaultSettings(rates: rates, variesByWorld: false)
    options.suppressedFaults = suppressedFaults
    options.scenario = scenario
    return options
  }

  // MARK: JSON

  public var json: JSONValue {
    var faults = JSONObject()
    for fault in rates.keys.sorted() { faults[fault.rawValue] = JSONNumber(rates[fault] ?? 0).map(JSONValue.number) ?? 0 }
    return [
      // A text: not every seed is a number that every reader of JSON keeps.
      "seed": .string(String(seed)), "faults": .object(faults),
      "suppressedFaults": .array(suppressedFaults.sorted().map { .number($0) }), "scenario": scenario.json,
    ]
  }

  /// - Throws: `JSONError` that names the member that is missing or wrong.
  public init(_ json: JSONValue) throws(JSONError) {
    let world = WorldReader(json, "")
    guard let seed = UInt64(try world.text("seed")) else { throw world.wrong("seed", "a whole number in quotes") }
    var rates: [Fault: Double] = [:]
    for (name, rate) in try world.object("faults") {
      guard let fault = Fault(rawValue: name) else { throw world.wrong("faults.\(name)", "the name of a fault") }
      guard let rate = rate.doubleValue, (0...1).contains(rate) else { throw world.wrong("faults.\(name)", "a rate from 0 to 1") }
      rates[fault] = rate
    }
    var suppressed: Set<Int> = []
    for value in try world.list("suppressedFaults") {
      guard let number = value.intValue, number > 0 else { throw world.wrong("suppressedFaults", "numbers of faults") }
      suppressed.insert(number)
    }
    self.init(seed: seed, rates: rates, suppressedFaults: suppressed, scenario: try Scenario(world.member("scenario")))
  }
}

/// Reads the members of one object, and names them where they are wrong.
struct WorldReader {
  private let json: JSONValue
  private let path: String

  init(_ json: JSONValue, _ path: String) {
    self.json = json
    self.path = path
  }

  func wrong(_ name: String, _ expected: String) -> JSONError {
    JSONError(.invalidValue, byteOffset: nil, expected: expected, field: name.isEmpty ? String(path.dropLast()) : path + name)
  }

  func has(_ name: String) -> Bool { !(json[name] ?? .null).isNull }

  func text(_ name: String) throws(JSONError) -> String {
    guard let text = json[name]?.stringValue else { throw wrong(name, "a string") }
    return text
  }

  /// An id of a run or an agent, which becomes a part of keys, names of queues and texts.
  func id(_ name: String) throws(JSONError) -> String {
    let text = try text(name)
    let isPlain = text.utf8.allSatisfy { Self.idBytes.contains($0) }
    guard (1...64).contains(text.utf8.count), isPlain else { throw wrong(name, "1 to 64 letters, digits, '-' and '_'") }
    return text
  }

  private static let idBytes = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  func integer(_ name: String, in range: ClosedRange<Int64>) throws(JSONError) -> Int64 {
    guard let number = json[name]?.int64Value, range.contains(number) else {
      throw wrong(name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// Milliseconds since the world's begin: a world that has something to do later would not come to rest within its two days.
  func time(_ name: String) throws(JSONError) -> Int64 { try integer(name, in: 0...86_400_000) }

  /// Millionths of a dollar.
  func money(_ name: String) throws(JSONError) -> Int64 { try integer(name, in: 1...1_000_000_000_000) }

  func count(_ name: String, default fallback: Int? = nil, in range: ClosedRange<Int64> = 0...1_000_000) throws(JSONError) -> Int {
    if let fallback, !has(name) { return fallback }
    return Int(try integer(name, in: range))
  }

  func flag(_ name: String, default fallback: Bool) throws(JSONError) -> Bool {
    guard has(name) else { return fallback }
    guard let flag = json[name]?.boolValue else { throw wrong(name, "true or false") }
    return flag
  }

  /// An object whose members are strings.
  func texts(_ name: String) throws(JSONError) -> [String: String] {
    var texts: [String: String] = [:]
    for (member, value) in try object(name) {
      guard let text = value.stringValue else { throw wrong("\(name).\(member)", "a string") }
      texts[member] = text
    }
    return texts
  }

  func list(_ name: String) throws(JSONError) -> [JSONValue] {
    guard let list = json[name]?.arrayValue else { throw wrong(name, "an array") }
    return list
  }

  func object(_ name: String) throws(JSONError) -> JSONObject {
    guard let object = json[name]?.objectValue else { throw wrong(name, "an object") }
    return object
  }

  func member(_ name: String) throws(JSONError) -> WorldReader { WorldReader(.object(try object(name)), "\(path)\(name).") }

  func members(_ name: String) throws(JSONError) -> [WorldReader] {
    try list(name).enumerated().map { index, value in nested(value, "\(name)[\(index)]") }
  }

  /// A reader of a value that is somewhere inside.
  func nested(_ value: JSONValue, _ place: String) -> WorldReader { WorldReader(value, "\(path)\(place).") }
}
