import AWSClient
import AgentKit
import JSON
import Testing

@Suite("Model prices")
struct ModelPricesTests {
  private let prices = ModelPrices(
    asOf: "2026-01-01",
    entries: [
      "maker.large": .init(input: 3_000_000, output: 15_000_000, cacheRead: 300_000, cacheWrite: 3_750_000),
      "maker.large-4": .init(input: 5_000_000, output: 25_000_000),
      "global.maker.large-4": .init(input: 4_000_000, output: 20_000_000),
      "maker.dear": .init(input: 1_000_000, output: 90_000_000),
    ])

  @Test(
    "An id finds the entry of its model",
    arguments: [
      ("maker.large", "maker.large"), ("maker.large-20250101-v1:0", "maker.large"), ("us.maker.large-v2:0", "maker.large"),
      ("eu.maker.large-4-20250101-v1:0", "maker.large-4"), ("global.maker.large-4", "global.maker.large-4"),
      ("arn:aws:bedrock:us-east-1:1:inference-profile/us.maker.large-4-v1:0", "maker.large-4"),
      ("arn:aws:bedrock:us-east-1::foundation-model/maker.large-v1:0", "maker.large"),
      ("maker.large-4-v1:0:48k", "maker.large-4"), ("maker.large:0", "maker.large"), ("maker.large-v2-20250101", "maker.large"),
      ("maker.large-5", nil), ("maker.larger", nil), ("maker.", nil), ("-v1", nil),
      ("arn:aws:bedrock:us-east-1:1:application-inference-profile/abc", nil), ("", nil),
    ])
  func entries(modelID: String, entry: String?) {
    #expect(prices.quote(modelID: modelID).entry == entry)
    #expect(prices.quote(modelID: modelID).isKnown == (entry != nil))
  }

  @Test("An unknown model costs the highest of each price")
  func unknownModel() {
    let price = prices.quote(modelID: "new").price
    #expect(price == .init(input: 5_000_000, output: 90_000_000, cacheRead: 5_000_000, cacheWrite: 6_250_000))
  }

  @Test("Costs are whole micro-dollars, rounded up, from all four counts")
  func costs() {
    let usage = TokenUsage(inputTokens: 1_000, outputTokens: 100, cacheReadInputTokens: 10_000, cacheWriteInputTokens: 2_000)
    #expect(prices.cost(of: usage, modelID: "maker.large") == 3_000 + 1_500 + 3_000 + 7_500)
    #expect(prices.cost(of: TokenUsage(inputTokens: 0, outputTokens: 0), modelID: "maker.large") == 0)
    #expect(prices.cost(of: TokenUsage(inputTokens: 0, outputTokens: 0, cacheReadInputTokens: 1), modelID: "maker.large") == 1)
    #expect(prices.cost(of: TokenUsage(inputTokens: .max, outputTokens: .max), modelID: "maker.dear") == .max)
  }

  @Test("A reservation is at least the cost of any call it was made for")
  func reservations() {
    let worst = TokenUsage(inputTokens: 0, outputTokens: 2_048, cacheWriteInputTokens: 5_000)
    #expect(
      prices.reservation(requestBytes: 5_000, maxTokens: 2_048, modelID: "maker.large") >= prices.cost(of: worst, modelID: "maker.large"))
    #expect(prices.reservation(requestBytes: .max, maxTokens: .max, modelID: "maker.large") == .max)
  }

  @Test("A table is read from US dollars, exactly, and goes in front of another")
  func configuration() throws {
    let table = try ModelPrices(
      configuration: JSONValue(
        parsing:
          #"{"asOf":"2026-02-02","models":{"mine":{"input":0.1,"output":0.7,"cacheRead":0.01},"maker.large":{"input":1,"output":2}}}"#))
    #expect(table.entries["mine"] == .init(input: 100_000, output: 700_000, cacheRead: 10_000, cacheWrite: 125_000))
    let both = prices.overridden(by: table)
    #expect(both.quote(modelID: "maker.large").price.input == 1_000_000)
    #expect(both.quote(modelID: "maker.large-4").price.input == 5_000_000)
    #expect(both.asOf == "2026-02-02")
  }

  @Test(
    "A broken table says what is wrong",
    arguments: [
      (#"{"asOf":"x"}"#, "models"), (#"{"asOf":"x","models":{"m":{"input":1}}}"#, "models.m.output"),
      (#"{"asOf":"x","models":{"m":{"input":"1","output":1}}}"#, "models.m.input"),
      (#"{"asOf":"x","models":{"m":{"input":-1,"output":1}}}"#, "models.m.input"), (#"{"models":{}}"#, "asOf"),
    ])
  func brokenTables(text: String, field: String) throws {
    let value = try JSONValue(parsing: text)
    do {
      _ = try ModelPrices(configuration: value)
      Issue.record("read \(text)")
    } catch {
      #expect(error.field == field)
    }
  }

  @Test("The built-in table knows the seed's default model, and no entry is free")
  func builtIn() {
    let quote = ModelPrices.builtIn.quote(modelID: "anthropic.claude-3-5-sonnet-20241022-v2:0")
    #expect(quote.entry == "anthropic.claude-3-5-sonnet")
    #expect(
      ModelPrices.builtIn.entries.values.allSatisfy { $0.input > 0 && $0.output >= $0.input && $0.cacheRead > 0 && $0.cacheWrite > 0 })
    #expect(ModelPrices.builtIn.quote(modelID: "us.anthropic.claude-sonnet-4-5-20250929-v1:0").price.input == 3_300_000)
    #expect(ModelPrices.builtIn.quote(modelID: "global.anthropic.claude-sonnet-4-5-20250929-v1:0").price.input == 3_000_000)
  }
}
