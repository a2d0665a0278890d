public import AWSClient
public import JSON

/// What models charge, for budgets. An estimate: the bill is the provider's.
///
/// All sums are whole micro-dollars (millionths of a US dollar) and are rounded up, so that many small calls never add up to less than
/// they cost.
public struct ModelPrices: Sendable, Hashable {
  /// The prices of one model, in micro-dollars for a million tokens; 3 000 000 is 3 US dollars for a million tokens.
  public struct Price: Sendable, Hashable {
    public var input: Int64
    public var output: Int64
    public var cacheRead: Int64
    public var cacheWrite: Int64

    /// - Parameters:
    ///   - cacheRead: the price of input when nil.
    ///   - cacheWrite: the price of input plus a quarter when nil, which is what the dearest provider takes.
    public init(input: Int64, output: Int64, cacheRead: Int64? = nil, cacheWrite: Int64? = nil) {
      self.input = input
      self.output = output
      self.cacheRead = cacheRead ?? input
      self.cacheWrite = cacheWrite ?? input + (input + 3) / 4
    }
  }

  /// The price of a model, and whether the table has that model.
  public struct Quote: Sendable, Hashable {
    public let price: Price
    /// The entry of the table; nil when the model is unknown and each of its prices is the highest that the table has.
    public let entry: String?
    public var isKnown: Bool { entry != nil }
  }

  /// Tokens that a service may add to a request of its own accord (the tool-use system prompt, message marks).
  public static let overheadTokens = 2_048

  /// The day for which the prices are given: an ISO 8601 date.
  public let asOf: String
  /// nil stands for the built-in entries: a process makes them when it first needs a price, not when it starts.
  private let own: [String: Price]?

  public var entries: [String: Price] { own ?? Self.builtInEntries }

  public init(asOf: String, entries: [String: Price]) {
    self.asOf = asOf
    own = entries
  }

  /// The built-in entries.
  init(builtInAsOf asOf: String) {
    self.asOf = asOf
    own = nil
  }

  /// The price of a model.
  ///
  /// `ModelName` tells which entry fits.
  public func quote(modelID: String) -> Quote {
    let entries = entries
    if let entry = ModelName.entry(for: modelID, isEntry: { entries[$0] != nil }), let price = entries[entry] {
      return Quote(price: price, entry: entry)
    }
    let all = entries.values
    return Quote(
      price: Price(
        input: all.map(\.input).max() ?? 0, output: all.map(\.output).max() ?? 0, cacheRead: all.map(\.cacheRead).max() ?? 0,
        cacheWrite: all.map(\.cacheWrite).max() ?? 0),
      entry: nil)
  }

  /// What a call cost, in micro-dollars, rounded up.
  public func cost(of usage: TokenUsage, modelID: String) -> Int64 {
    let price = quote(modelID: modelID).price
    return Self.microDollars([
      (usage.inputTokens, price.input), (usage.outputTokens, price.output), (usage.cacheReadInputTokens, price.cacheRead),
      (usage.cacheWriteInputTokens, price.cacheWrite),
    ])
  }

  /// The most that a call can cost, in micro-dollars: no token is shorter than a byte, and no reply is longer than its limit.
  public func reservation(requestBytes: Int, maxTokens: Int, modelID: String) -> Int64 {
    let price = quote(modelID: modelID).price
    let (tokens, overflow) = requestBytes.addingReportingOverflow(Self.overheadTokens)
    return Self.microDollars([
      (overflow ? .max : tokens, max(price.input, price.cacheRead, price.cacheWrite)), (maxTokens, price.output),
    ])
  }

  private static func microDollars(_ parts: [(tokens: Int, price: Int64)]) -> Int64 {
    var sum: Int128 = 0
    for part in parts { sum += Int128(max(0, part.tokens)) * Int128(max(0, part.price)) }
    return Int64(clamping: (sum + 999_999) / 1_000_000)
  }
}

extension ModelPrices {
  /// This table with the entries of another in front of its own.
  public func overridden(by other: ModelPrices) -> ModelPrices {
    ModelPrices(asOf: other.asOf, entries: entries.merging(other.entries) { $1 })
  }

  /// A table from `{"asOf": "2026-01-31", "models": {"anthropic.claude-sonnet-4": {"input": 3, "output": 15, "cacheRead": 0.3,
  /// "cacheWrite": 3.75}}}`, in US dollars for a million tokens; cache prices may be left out.
  /// - Throws: `JSONError` that names the field and the value.
  public init(configuration: JSONValue) throws(JSONError) {
    guard let models = configuration["models"]?.objectValue else {
      throw .missing("models", expected: "an object with a price for each model")
    }
    var entries: [String: Price] = [:]
    for (name, value) in models {
      func price(_ part: String) throws(JSONError) -> Int64? {
        guard let amount = value[part], !amount.isNull else { return nil }
        let field = "models.\(name).\(part)"
        guard let number = amount.numberValue.flatMap({ ExactDecimal($0) }), number >= .zero,
          let micro = (try? number.multiplied(by: ExactDecimal(1_000_000)))?.rounded(toFractionDigits: 0, .up).int64
        else {
          throw JSONError(.invalidValue, byteOffset: nil, expected: "US dollars for a million tokens, not \(amount.text)", field: field)
        }
        return micro
      }
      guard let input = try price("input") else { throw .missing("models.\(name).input", expected: "US dollars for a million tokens") }
      guard let output = try price("output") else { throw .missing("models.\(name).output", expected: "US dollars for a million tokens") }
      entries[name] = Price(input: input, output: output, cacheRead: try price("cacheRead"), cacheWrite: try price("cacheWrite"))
    }
    guard let asOf = configuration["asOf"]?.stringValue else { throw .missing("asOf", expected: "the date of the prices") }
    self.init(asOf: asOf, entries: entries)
  }
}
