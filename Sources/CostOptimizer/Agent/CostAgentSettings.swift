public import AWSClient
public import AgentKit
import JSON

/// How the agent works; what belongs to one session comes with its payload.
public struct CostAgentSettings: Sendable {
  /// The seed's default; its provider has retired it, so a deployment sets its own. nil for an analysis without a model.
  public var modelID: String? = "anthropic.claude-3-5-sonnet-20241022-v2:0"
  /// The longest reply of one model call, in tokens.
  public var maxTokens = 4_096
  /// nil for models that refuse the parameter.
  public var temperature: Double? = 0
  public var prices = ModelPrices.builtIn
  /// Model calls of one session.
  public var turns = 30
  /// What the model may cost in one session, in millionths of a US dollar.
  public var budgetMicroUSD: Int64 = 1_000_000
  /// How long the model may work on a session, in seconds; the phases that are left then are run without it.
  public var modelSeconds = 1_200
  /// Seconds between two signs of life.
  public var heartbeatSeconds = 15
  /// Whether a journal's table that is missing is made.
  public var createsTable = false
  /// A file with the system prompt, instead of the built-in one.
  public var promptFile: String?

  public init() {}

  /// - Parameter environment: optionally MODEL_ID ("none" for no model), MODEL_MAX_TOKENS, MODEL_TEMPERATURE ("none" for models that refuse
  ///   it), MODEL_PRICES, AGENT_TURNS, AGENT_BUDGET_USD, MODEL_SECONDS, HEARTBEAT_SECONDS, CREATE_JOURNAL_TABLE, PROMPT_FILE.
  /// - Throws: `CostAgentSettingsError` that names the variable, its value and what is expected.
  public init(environment: Environment) throws(CostAgentSettingsError) {
    let reader = SettingsReader(environment: environment)
    if let text = reader.text("MODEL_ID") { modelID = text == "none" ? nil : text }
    maxTokens = try reader.integer("MODEL_MAX_TOKENS", maxTokens, in: 1...1_000_000)
    temperature = try reader.temperature("MODEL_TEMPERATURE", temperature)
    prices = try reader.prices("MODEL_PRICES")
    turns = try reader.integer("AGENT_TURNS", turns, in: 1...1_000)
    budgetMicroUSD = try reader.microUSD("AGENT_BUDGET_USD", budgetMicroUSD)
    modelSeconds = try reader.integer("MODEL_SECONDS", modelSeconds, in: 1...28_800)
    heartbeatSeconds = try reader.integer("HEARTBEAT_SECONDS", heartbeatSeconds, in: 1...3_600)
    createsTable = try reader.flag("CREATE_JOURNAL_TABLE", createsTable)
    promptFile = reader.text("PROMPT_FILE")
  }
}

/// A variable of the environment that is wrong.
public struct CostAgentSettingsError: Error, Sendable, Hashable, CustomStringConvertible {
  public let variable: String
  public let description: String

  init(_ variable: String, _ value: String, expected: String) {
    self.variable = variable
    description = "environment variable \(variable) is '\(value)'; expected \(expected)"
  }
}

/// Reads typed values from the environment; an empty variable counts as absent.
struct SettingsReader {
  let environment: Environment

  func text(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

  func integer(_ name: String, _ standard: Int, in range: ClosedRange<Int>) throws(CostAgentSettingsError) -> Int {
    guard let text = text(name) else { return standard }
    guard let number = Int(text), range.contains(number) else {
      throw CostAgentSettingsError(name, text, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// US dollars as millionths.
  func microUSD(_ name: String, _ standard: Int64) throws(CostAgentSettingsError) -> Int64 {
    guard let text = text(name) else { return standard }
    guard let dollars = ExactDecimal(text), let micro = try? dollars.multiplied(by: ExactDecimal(1_000_000)), micro.isInteger,
      let number = micro.int64, (1...1_000_000_000_000).contains(number)
    else { throw CostAgentSettingsError(name, text, expected: "US dollars from 0.000001 to 1000000") }
    return number
  }

  func temperature(_ name: String, _ standard: Double?) throws(CostAgentSettingsError) -> Double? {
    guard let text = text(name) else { return standard }
    if text == "none" { return nil }
    guard let number = Double(text), (0...1).contains(number) else {
      throw CostAgentSettingsError(name, text, expected: "a number from 0 to 1, or 'none'")
    }
    return number
  }

  func flag(_ name: String, _ standard: Bool) throws(CostAgentSettingsError) -> Bool {
    switch text(name)?.lowercased() {
    case nil: return standard
    case "true", "1", "on": return true
    case "false", "0", "off": return false
    case let other?: throw CostAgentSettingsError(name, other, expected: "true or false")
    }
  }

  /// The built-in table, with the prices of the variable in front of it.
  func prices(_ name: String) throws(CostAgentSettingsError) -> ModelPrices {
    guard let text = text(name) else { return .builtIn }
    do throws(JSONError) {
      return ModelPrices.builtIn.overridden(by: try ModelPrices(configuration: try JSONValue(parsing: text)))
    } catch {
      throw CostAgentSettingsError(name, text, expected: "a table of prices (\(error))")
    }
  }
}
