import AWSClient
import AgentKit
import JSON

/// The models of a world: they follow the scenario's plan, and misbehave as its faults have it.
///
/// What a model says follows from the request, so that a call that is made again after a crash is answered again; what goes wrong with it
/// is for the faults to say each time.
final class Minds {
  let plan: Plan
  let faults: FaultSource
  private let seed: UInt64
  /// Whether the model of a run never comes to an end; decided when the run first asks.
  private var isEndless: [String: Bool] = [:]
  private var pricesOfModels: [String: ModelPrices] = [:]

  init(scenario: Scenario, faults: FaultSource, seed: UInt64) {
    plan = Plan(scenario)
    self.faults = faults
    self.seed = seed
  }

  func think(_ request: ConverseRequest, modelID: String) -> Thought {
    let question = Question(request)
    var context = Context(question: question, chance: chance(for: question))
    var milliseconds = context.chance.number(in: 300...9_000) as Int64
    if faults.occurs(Fault.throttledModel) {
      return thought(
        .fails(code: "ThrottlingException", status: 429, message: "Too many requests, please wait before trying again."), 20, question, 0)
    }
    if faults.occurs(Fault.failingModel) {
      let failure = ModelFailure.allCases[Int(faults.number(in: 0...Int64(ModelFailure.allCases.count - 1)))]
      let usage = usage(of: nil, &context)
      let cost = failure.mayHaveCost && context.chance.occurs(0.5) ? cost(of: usage, modelID) : 0
      return thought(failure.reply, failure == .timeout ? 60_000 : milliseconds / 3, question, cost)
    }
    if faults.occurs(Fault.slowModel) { milliseconds = faults.number(in: 10_000...300_000) }
    let spoken = reply(to: request, &context)
    let response: ConverseResponse
    switch spoken {
    case .says(let message, let stopReason):
      response = ConverseResponse(message: message, stopReason: stopReason, usage: usage(of: message, &context))
    case .refuses(let code, let status, let text): return thought(.fails(code: code, status: status, message: text), 100, question, 0)
    }
    let reportsUsage = !faults.occurs(Fault.unknownCost)
    return thought(.says(response, reportsUsage: reportsUsage), milliseconds, question, cost(of: response.usage, modelID))
  }

  /// What one thought has at hand.
  struct Context {
    let question: Question
    var chance: RandomStream
  }

  enum Spoken {
    case says(Message, StopReason)
    case refuses(code: String, status: Int, message: String)
  }

  private func reply(to request: ConverseRequest, _ context: inout Context) -> Spoken {
    if faults.occurs(Fault.oddStop) { return oddStop(&context) }
    if faults.occurs(Fault.malformedReply) { return malformedReply(to: request, &context) }
    if let last = request.messages.last(where: { $0.role == .assistant && !$0.toolUses.isEmpty }), faults.occurs(Fault.repeatingModel) {
      return .says(last, .toolUse)
    }
    switch context.question.asker {
    case .supervisor: return supervisorReply(to: request, &context)
    case .agent(let id, let round):
      return agentReply(to: request, TaskNames(run: context.question.run, round: round, toolUseID: id), &context)
    case .stranger: return .says(.assistant(.text("There is nothing to do.")), .endTurn)
    }
  }

  /// The first question of a run decides for all of it.
  func neverEnds(_ run: String) -> Bool {
    guard !faults.isQuiet else { return false }
    if let known = isEndless[run] { return known }
    let decided = faults.occurs(Fault.endlessModel)
    isEndless[run] = decided
    return decided
  }

  // MARK: What it takes

  /// Numbers that belong to this question: the same whenever it is asked.
  private func chance(for question: Question) -> RandomStream {
    let task = if case .agent(let id, let round) = question.asker { "\(round)/\(id)" } else { "" }
    return RandomStream(seed: seed, purpose: "thought \(question.run)/\(task)/\(question.rounds)")
  }

  /// - Parameter message: nil when nothing was said after all.
  private func usage(of message: Message?, _ context: inout Context) -> TokenUsage {
    let question = context.question
    var input = question.byteCount / 4 + 40
    var output = 10
    for block in message?.content ?? [] {
      let bytes = block.text?.utf8.count ?? (80 + (block.object["toolUse"]?["input"]?["text"]?.stringValue?.utf8.count ?? 0))
      output += bytes / 4
    }
    // Some languages take a token for each byte, and some models think much before they speak.
    if context.chance.occurs(0.1) {
      input = question.byteCount + context.chance.number(in: 0...ModelPrices.overheadTokens)
      output = question.maxTokens
    }
    output = min(max(1, output), question.maxTokens)
    let read = context.chance.occurs(0.2) ? input / 2 : 0
    let written = context.chance.occurs(0.1) ? input / 4 : 0
    return TokenUsage(
      inputTokens: input - read - written, outputTokens: output, cacheReadInputTokens: read, cacheWriteInputTokens: written)
  }

  private func cost(of usage: TokenUsage, _ modelID: String) -> Int64 { prices(of: modelID).cost(of: usage, modelID: modelID) }

  /// The built-in prices, with only what fits the model: a look into the whole table takes longer than the thought.
  private func prices(of modelID: String) -> ModelPrices {
    if let known = pricesOfModels[modelID] { return known }
    let all = ModelPrices.builtIn
    let quote = all.quote(modelID: modelID)
    // An unknown model has the highest prices of a table, which are the only ones here.
    let prices = ModelPrices(asOf: all.asOf, entries: [quote.entry ?? "unlisted": quote.price])
    pricesOfModels[modelID] = prices
    return prices
  }

  private func thought(_ reply: Thought.Reply, _ milliseconds: Int64, _ question: Question, _ cost: Int64) -> Thought {
    let toolUseID: String? = if case .agent(let id, _) = question.asker { id } else { nil }
    return Thought(
      reply: reply, milliseconds: milliseconds, orchestrationID: question.run.isEmpty ? nil : question.run, toolUseID: toolUseID,
      costMicroUSD: cost)
  }
}

/// How a model fails.
enum ModelFailure: CaseIterable {
  case unavailable, notReady, timeout, modelError, internalError, refused

  /// As Bedrock says it. Source: Bedrock Runtime API, `Converse`, errors.
  var reply: Thought.Reply {
    switch self {
    case .unavailable: .fails(code: "ServiceUnavailableException", status: 503, message: "The service is not available.")
    case .notReady: .fails(code: "ModelNotReadyException", status: 429, message: "The model is not ready to serve inference requests.")
    case .timeout: .fails(code: "ModelTimeoutException", status: 408, message: "The request took too long to process.")
    case .modelError: .fails(code: "ModelErrorException", status: 424, message: "The model had an error while processing the request.")
    case .internalError: .fails(code: "InternalServerException", status: 500, message: "An internal server error occurred.")
    case .refused: .fails(code: "AccessDeniedException", status: 403, message: "You don't have access to the model with the specified ID.")
    }
  }

  /// True when the model may have worked before it failed.
  var mayHaveCost: Bool {
    switch self {
    case .timeout, .modelError, .internalError: true
    case .unavailable, .notReady, .refused: false
    }
  }
}

/// The scenario by names.
struct Plan {
  private let runs: [String: PlannedRun]
  private let agents: [String: PlannedAgent]
  private let makers: Set<String>

  init(_ scenario: Scenario) {
    runs = Dictionary(scenario.runs.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    makers = Set(scenario.agents.compactMap(\.maker))
    agents = Dictionary(scenario.agents.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  func run(_ id: String) -> PlannedRun? { runs[id] }
  func agent(_ id: String) -> PlannedAgent? { agents[id] }
  /// Whether an agent is one that makes others.
  func isMaker(_ id: String) -> Bool { makers.contains(id) }

  /// The task of that name; nil for one that the model has made up.
  func task(_ names: TaskNames) -> PlannedTask? {
    guard let rounds = runs[names.run]?.rounds, rounds.indices.contains(names.round - 1) else { return nil }
    return rounds[names.round - 1].first { $0.toolUseID == names.toolUseID }
  }
}
