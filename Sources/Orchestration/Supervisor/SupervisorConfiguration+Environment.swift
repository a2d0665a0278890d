public import AWSClient
public import AgentKit
import JSON

/// A variable of the environment that is missing or wrong.
public struct EnvironmentError: Error, Sendable, Equatable, CustomStringConvertible {
  public let problem: WireError
  public init(_ problem: WireError) { self.problem = problem }
  public var description: String { "environment variable \(problem)" }
}

/// Reads typed values from the environment; an empty variable counts as absent.
struct EnvironmentReader {
  let variables: Environment

  func text(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }

  func required(_ name: String, _ expected: String) throws(EnvironmentError) -> String {
    guard let text = text(name) else { throw EnvironmentError(WireError(field: name, value: "absent", expected: expected)) }
    return text
  }

  func integer(_ name: String, _ standard: Int, in range: ClosedRange<Int>) throws(EnvironmentError) -> Int {
    guard let text = text(name) else { return standard }
    guard let number = Int(text), range.contains(number) else {
      throw EnvironmentError(
        WireError(field: name, value: text, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)"))
    }
    return number
  }

  /// US dollars as millionths.
  func microUSD(_ name: String, _ standard: Int64) throws(EnvironmentError) -> Int64 {
    guard let text = text(name) else { return standard }
    guard let dollars = Double(text), (0.000001...1_000_000).contains(dollars) else {
      throw EnvironmentError(WireError(field: name, value: text, expected: "US dollars from 0.000001 to 1000000"))
    }
    return Int64((dollars * 1_000_000).rounded())
  }

  func flag(_ name: String, _ standard: Bool) throws(EnvironmentError) -> Bool {
    switch text(name)?.lowercased() {
    case nil: return standard
    case "true", "1", "on": return true
    case "false", "0", "off": return false
    case let other?: throw EnvironmentError(WireError(field: name, value: other, expected: "true or false"))
    }
  }
}

extension SupervisorConfiguration {
  /// - Parameter environment: WORKER_QUEUE_URL; optionally MODEL_ID, MODEL_MAX_TOKENS, MODEL_TEMPERATURE ("none" for models that
  ///   refuse it), SUPERVISOR_PROMPT, CHATTER_EVENTS and the limits MAX_ROUNDS, MAX_TASKS_PER_ROUND, MAX_DEPTH, DEADLINE_SECONDS,
  ///   MAX_DEADLINE_SECONDS, TASK_TIMEOUT_SECONDS, BUDGET_USD, MAX_BUDGET_USD, INLINE_PAYLOAD_BYTES and LEASE_SECONDS. infra/config/schema.json
  ///   has the same bounds. A default above its maximum counts as the maximum.
  /// - Throws: `EnvironmentError` that names the variable and the value.
  public init(environment: Environment) throws(EnvironmentError) {
    let reader = EnvironmentReader(variables: environment)
    self.init(workerQueueURL: try reader.required("WORKER_QUEUE_URL", "the URL of the workers' queue"))
    if let modelID = reader.text("MODEL_ID") { self.modelID = modelID }
    maxTokens = try reader.integer("MODEL_MAX_TOKENS", maxTokens, in: 1...1_000_000)
    if let text = reader.text("MODEL_TEMPERATURE") {
      if text == "none" {
        temperature = nil
      } else if let number = Double(text), (0...1).contains(number) {
        temperature = number
      } else {
        throw EnvironmentError(WireError(field: "MODEL_TEMPERATURE", value: text, expected: "a number from 0 to 1, or 'none'"))
      }
    }
    if let prompt = reader.text("SUPERVISOR_PROMPT") { systemPrompt = prompt }
    publishesChatter = try reader.flag("CHATTER_EVENTS", publishesChatter)
    limits.rounds = try reader.integer("MAX_ROUNDS", limits.rounds, in: 1...200)
    limits.tasksPerRound = try reader.integer("MAX_TASKS_PER_ROUND", limits.tasksPerRound, in: 1...64)
    limits.depth = try reader.integer("MAX_DEPTH", limits.depth, in: 0...100)
    limits.deadlineSeconds = try reader.integer("DEADLINE_SECONDS", limits.deadlineSeconds, in: 1...TaskRequest.maximumDeadlineSeconds)
    limits.maximumDeadlineSeconds = try reader.integer(
      "MAX_DEADLINE_SECONDS", limits.maximumDeadlineSeconds, in: 1...TaskRequest.maximumDeadlineSeconds)
    limits.deadlineSeconds = min(limits.deadlineSeconds, limits.maximumDeadlineSeconds)
    limits.taskTimeoutSeconds = try reader.integer("TASK_TIMEOUT_SECONDS", limits.taskTimeoutSeconds, in: 1...43_200)
    limits.leaseMilliseconds = Int64(try reader.integer("LEASE_SECONDS", Int(limits.leaseMilliseconds / 1000), in: 10...900)) * 1000
    limits.budgetMicroUSD = try reader.microUSD("BUDGET_USD", limits.budgetMicroUSD)
    limits.maximumBudgetMicroUSD = try reader.microUSD("MAX_BUDGET_USD", limits.maximumBudgetMicroUSD)
    limits.budgetMicroUSD = min(limits.budgetMicroUSD, limits.maximumBudgetMicroUSD)
    limits.inlineBytes = try reader.integer("INLINE_PAYLOAD_BYTES", limits.inlineBytes, in: 1000...240_000)
  }
}

extension ModelPrices {
  /// The built-in table, with the prices of the variable MODEL_PRICES (JSON) in front of it.
  /// - Throws: `EnvironmentError` when the variable is no price table.
  public init(environment: Environment) throws(EnvironmentError) {
    guard let text = EnvironmentReader(variables: environment).text("MODEL_PRICES") else {
      self = .builtIn
      return
    }
    do throws(JSONError) {
      self = ModelPrices.builtIn.overridden(by: try ModelPrices(configuration: try JSONValue(parsing: text)))
    } catch {
      throw EnvironmentError(WireError(field: "MODEL_PRICES", value: text, expected: "a table of prices (\(error))"))
    }
  }
}
