import AWSClient
import AgentKit
import JSON
import Testing

@testable import Orchestration

/// What a worker takes from its environment.
@Suite struct WorkerConfigurationTests {
  @Test func `without variables the defaults are the seed's`() throws {
    let configuration = try WorkerConfiguration(environment: [:])
    #expect(configuration == WorkerConfiguration())
    #expect(configuration.modelID == "anthropic.claude-3-5-sonnet-20241022-v2:0")
    #expect(configuration.maxTokens == 2_048 && configuration.temperature == 0)
  }

  @Test func `each variable reaches its setting`() throws {
    let configuration = try WorkerConfiguration(environment: [
      "MODEL_ID": "maker.model", "MODEL_MAX_TOKENS": "4096", "MODEL_TEMPERATURE": "0.5", "AGENT_TURNS": "7", "AGENT_BUDGET_USD": "0.25",
      "INLINE_PAYLOAD_BYTES": "1000",
    ])
    #expect(configuration.modelID == "maker.model" && configuration.maxTokens == 4_096 && configuration.temperature == 0.5)
    #expect(configuration.turns == 7 && configuration.budgetMicroUSD == 250_000 && configuration.inlineBytes == 1_000)
    #expect(try WorkerConfiguration(environment: ["MODEL_TEMPERATURE": "none"]).temperature == nil)
  }

  @Test(
    arguments: [
      ("MODEL_MAX_TOKENS", "0"), ("MODEL_TEMPERATURE", "1.5"), ("MODEL_TEMPERATURE", "cold"), ("AGENT_TURNS", "many"),
      ("AGENT_BUDGET_USD", "-1"), ("INLINE_PAYLOAD_BYTES", "999"),
    ])
  func `a value out of range is named`(variable: String, value: String) {
    let error = #expect(throws: EnvironmentError.self) { try WorkerConfiguration(environment: Environment([variable: value])) }
    #expect(error?.problem.field == variable)
    #expect(error?.problem.value == value)
  }

  // MARK: Prices

  @Test func `without MODEL_PRICES the built-in table counts`() throws {
    #expect(try ModelPrices(environment: [:]) == .builtIn)
    #expect(try ModelPrices(environment: ["MODEL_PRICES": ""]) == .builtIn)
  }

  @Test func `MODEL_PRICES goes in front of the built-in table`() throws {
    let known = "anthropic.claude-3-5-sonnet"
    let prices = try ModelPrices(environment: [
      "MODEL_PRICES": """
      {"asOf": "2026-08-01", "models": {"maker.model": {"input": 1, "output": 2}, "\(known)": {"input": 0.5, "output": 1.5, "cacheRead": 0.05}}}
      """
    ])
    #expect(prices.asOf == "2026-08-01")
    #expect(prices.quote(modelID: "us.maker.model-v1:0").price == .init(input: 1_000_000, output: 2_000_000))
    #expect(prices.quote(modelID: "\(known)-20241022-v2:0").price == .init(input: 500_000, output: 1_500_000, cacheRead: 50_000))
    #expect(prices.entries.count == ModelPrices.builtIn.entries.count + 1)
  }

  @Test(
    arguments: [
      ("{", "byte 1"), ("[]", "models"), (#"{"models":{}}"#, "asOf"),
      (#"{"asOf":"2026-08-01","models":{"m":{"input":1}}}"#, "models.m.output"),
      (#"{"asOf":"2026-08-01","models":{"m":{"input":"1","output":1}}}"#, "models.m.input"),
    ])
  func `a table that cannot be read is named with its place`(text: String, place: String) {
    let error = #expect(throws: EnvironmentError.self) { try ModelPrices(environment: ["MODEL_PRICES": text]) }
    #expect(error?.problem.field == "MODEL_PRICES")
    #expect(error?.problem.expected.contains(place) == true, "\(error?.problem.expected ?? "")")
  }
}
