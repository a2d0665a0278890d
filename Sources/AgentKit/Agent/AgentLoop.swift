import AWSClient
import JSON

/// Runs an agent: asks the model, runs the tools that it asks for, all at once, and goes on until it answers or a limit ends it.
public struct AgentLoop: Sendable {
  private let model: any Model
  private let modelID: String
  private let systemPrompt: String
  private let tools: ToolBox
  private let limits: AgentLimits
  private let temperature: Double?
  private let endingTools: Set<String>
  private let prices: ModelPrices
  private let clock: any Clock
  private let pause: @Sendable (Int64) async throws -> Void
  private let permit: @Sendable (ModelCallPlan) async throws(AgentFailure) -> Int64
  private let observe: @Sendable (AgentEvent) -> Void

  /// A model call that is about to be made.
  public struct ModelCallPlan: Sendable, Hashable {
    /// 1 for the first call of the run.
    public let turn: Int
    /// What the run has spent so far, in millionths of a US dollar.
    public let spentMicroUSD: Int64
    /// The most that the call can cost, in millionths of a US dollar.
    public let reservationMicroUSD: Int64

    public init(turn: Int, spentMicroUSD: Int64, reservationMicroUSD: Int64) {
      self.turn = turn
      self.spentMicroUSD = spentMicroUSD
      self.reservationMicroUSD = reservationMicroUSD
    }
  }

  /// - Parameters:
  ///   - temperature: nil for models that refuse the parameter.
  ///   - endingTools: a call of one of these that succeeds ends the run, once the other calls of the same reply have been answered: the
  ///     model is not asked again, and its result is the answer, as text.
  ///   - pause: waits so many milliseconds, or throws when the task is cancelled: before a model is asked again, and for the time that a
  ///     model or a tool has.
  ///   - permit: asked before each model call; it ends the run by throwing, and answers what has been spent on the task outside of this
  ///     run, in millionths of a US dollar, which counts against the budget too.
  ///   - observe: hears what happens; it must not block.
  public init(
    model: any Model, modelID: String, systemPrompt: String, tools: ToolBox, limits: AgentLimits, temperature: Double? = 0,
    endingTools: Set<String> = [], prices: ModelPrices = .builtIn, clock: any Clock = SystemClock(),
    pause: @escaping @Sendable (Int64) async throws -> Void = { try await Task.sleep(for: .milliseconds($0)) },
    permit: @escaping @Sendable (ModelCallPlan) async throws(AgentFailure) -> Int64 = { _ throws(AgentFailure) in 0 },
    observe: @escaping @Sendable (AgentEvent) -> Void = { _ in }
  ) {
    self.model = model
    self.modelID = modelID
    self.systemPrompt = systemPrompt
    self.tools = tools
    self.limits = limits
    self.temperature = temperature
    self.endingTools = endingTools
    self.prices = prices
    self.clock = clock
    self.pause = pause
    self.permit = permit
    self.observe = observe
  }

  /// Works on a task until there is an answer or a failure; it never throws, so that what was spent is always known.
  /// - Parameters:
  ///   - task: the first user message; not empty.
  ///   - spentElsewhereMicroUSD: what is known to have been spent on the task outside of this run, in millionths of a US dollar; it counts
  ///     against the budget, and is part of the run's cost also when the run ends before its first model call.
  public func run(_ task: String, context: ToolContext, spentElsewhereMicroUSD: Int64 = 0) async -> AgentRun {
    var progress = Progress(conversation: [.user(task)], frameBytes: request([]).json.count, spentElsewhere: spentElsewhereMicroUSD)
    do throws(AgentFailure) {
      while true {
        if let answer = try await turn(&progress, context) { return progress.run(.answer(answer)) }
      }
    } catch {
      return progress.run(.failure(error))
    }
  }

  /// What has happened so far.
  private struct Progress {
    var conversation: [Message]
    /// Size of a request without messages, which is the same for every call.
    let frameBytes: Int
    var usage = TokenUsage.zero
    var costMicroUSD: Int64 = 0
    var turns = 0
    var toolCalls = 0
    /// The beginning of an answer that was cut off.
    var beginning = ""
    var continuations = 0
    var malformedReplies = 0
    /// Spent on the task outside of this run, in millionths of a US dollar.
    var spentElsewhere: Int64

    /// Size of the next request in bytes.
    var requestBytes: Int { conversation.reduce(frameBytes - 1) { $0 + $1.byteCount + 1 } }

    func run(_ outcome: AgentRun.Outcome) -> AgentRun {
      AgentRun(
        outcome: outcome, usage: usage, costMicroUSD: costMicroUSD.saturatingAdd(spentElsewhere), turns: turns, toolCalls: toolCalls,
        conversation: conversation)
    }
  }

  /// One model call and what follows from it; the answer when that was the last one.
  private func turn(_ progress: inout Progress, _ context: ToolContext) async throws(AgentFailure) -> String? {
    let response = try await ask(&progress)
    switch Reply(response) {
    case .answer(let text):
      progress.conversation.append(response.messageToKeep)
      return progress.beginning + text
    case .useTools(let uses):
      progress.conversation.append(response.messageToKeep)
      progress.beginning = ""
      progress.continuations = 0
      progress.malformedReplies = 0
      let runner = ToolRunner(tools: tools, limits: limits, context: context, clock: clock, pause: pause)
      let finished = await runner.run(uses)
      for result in finished { observe(result.event) }
      progress.toolCalls += finished.count
      progress.conversation.append(Message(role: .user, content: finished.map(\.block)))
      return finished.first { $0.isEnd(by: endingTools) }?.text
    case .cutOff(let text):
      progress.continuations += 1
      guard progress.continuations <= limits.continuations else {
        throw AgentFailure(
          .maxTokens,
          "The answer was cut off at \(limits.maxTokens) tokens \(progress.continuations) times; raise the limit or ask for less.")
      }
      progress.malformedReplies = 0
      progress.beginning += text
      progress.conversation.append(response.messageToKeep)
      progress.conversation.append(.user(Reply.goOn))
    case .unusable(let problem):
      progress.malformedReplies += 1
      guard progress.malformedReplies <= limits.malformedReplies else {
        throw AgentFailure(
          .malformedReply, "The model's reply could not be used: \(problem). It was asked \(progress.malformedReplies) times.")
      }
    case .contextWindowExceeded: try compact(&progress)
    case .failure(let failure): throw failure
    }
    return nil
  }

  private func compact(_ progress: inout Progress) throws(AgentFailure) {
    guard let smaller = ContextWindow.compacted(progress.conversation) else {
      throw AgentFailure(
        .contextWindowExceeded,
        "The conversation does not fit into the model's context window, even with its tool results shortened.")
    }
    let bytes = [progress.conversation, smaller].map { $0.reduce(0) { $0 + $1.byteCount } }
    observe(.compacted(fromBytes: bytes[0], toBytes: bytes[1]))
    progress.conversation = smaller
  }

  // MARK: The model

  private func request(_ conversation: [Message]) -> ConverseRequest {
    ConverseRequest(
      messages: conversation, system: systemPrompt.isEmpty ? [] : [.text(systemPrompt)],
      inferenceConfiguration: InferenceConfiguration(maxTokens: limits.maxTokens, temperature: temperature),
      toolConfiguration: tools.specifications.isEmpty ? nil : ToolConfiguration(tools: tools.specifications, toolChoice: .auto))
  }

  /// One answer of the model, within all limits. Reserved before the call, settled after it.
  private func ask(_ progress: inout Progress) async throws(AgentFailure) -> ConverseResponse {
    var failures = 0
    while true {
      let request = request(progress.conversation)
      let reservation = prices.reservation(requestBytes: progress.requestBytes, maxTokens: limits.maxTokens, modelID: modelID)
      try checkLimits(progress, reservation: reservation)
      let plan = ModelCallPlan(turn: progress.turns + 1, spentMicroUSD: progress.costMicroUSD, reservationMicroUSD: reservation)
      let elsewhere = try await permit(plan)
      if elsewhere != progress.spentElsewhere {
        progress.spentElsewhere = elsewhere
        try checkLimits(progress, reservation: reservation)
      }
      let began = clock.nowMilliseconds
      do {
        let response = try await call(request)
        let cost = response.reportsUsage ? prices.cost(of: response.usage, modelID: modelID) : reservation
        progress.turns += 1
        progress.usage += response.usage
        progress.costMicroUSD = progress.costMicroUSD.saturatingAdd(cost)
        observe(
          .modelAnswered(
            turn: progress.turns, stopReason: response.stopReason, usage: response.usage, costMicroUSD: cost,
            milliseconds: clock.nowMilliseconds - began))
        return response
      } catch {
        let kind = ModelErrorKind(error)
        if kind.mayHaveCost { progress.costMicroUSD = progress.costMicroUSD.saturatingAdd(reservation) }
        failures += 1
        let willRetry = kind == .contextWindowExceeded || (kind.isTransient && failures < limits.modelFailures)
        observe(
          .modelFailed(
            turn: progress.turns + 1, code: (error as? AWSError)?.code, error: String(describing: error), willRetry: willRetry))
        switch kind {
        case .contextWindowExceeded: try compact(&progress)
        case .cancelled: throw AgentFailure(.cancelled, "The agent was cancelled while it waited for the model.")
        case .timedOut:
          throw AgentFailure(.deadlineExceeded, "The model did not answer before the deadline.")
        default:
          guard willRetry else {
            throw AgentFailure(.modelFailed, "The model '\(modelID)' could not be asked (attempt \(failures)): \(error)")
          }
          try await wait(beforeAttempt: failures)
        }
      }
    }
  }

  private func call(_ request: ConverseRequest) async throws -> ConverseResponse {
    guard let deadline = limits.deadlineMilliseconds else { return try await model.converse(modelID: modelID, request) }
    let milliseconds = deadline - clock.nowMilliseconds
    return try await TimeLimit.run(milliseconds: milliseconds, pause: pause) { [model, modelID] in
      try await model.converse(modelID: modelID, request)
    }
  }

  private func checkLimits(_ progress: Progress, reservation: Int64) throws(AgentFailure) {
    if Task.isCancelled { throw AgentFailure(.cancelled, "The agent was cancelled.") }
    guard progress.turns < limits.turns else {
      throw AgentFailure(.turnLimit, "The agent used all of its \(limits.turns) model calls without an answer.")
    }
    guard progress.usage.totalTokens < limits.totalTokens else {
      throw AgentFailure(
        .tokenLimit, "The agent used \(progress.usage.totalTokens) tokens, \(limits.totalTokens) are allowed, without an answer.")
    }
    let spent = progress.costMicroUSD.saturatingAdd(progress.spentElsewhere)
    let (sum, overflow) = spent.addingReportingOverflow(reservation)
    guard !overflow, sum <= limits.budgetMicroUSD else {
      throw AgentFailure(
        .budgetExhausted,
        "The next model call may cost \(Self.dollars(reservation)); \(Self.dollars(spent)) of "
          + "\(Self.dollars(limits.budgetMicroUSD)) are spent.")
    }
    if let deadline = limits.deadlineMilliseconds, clock.nowMilliseconds >= deadline {
      throw AgentFailure(.deadlineExceeded, "The deadline passed after \(progress.turns) model calls.")
    }
  }

  /// Waits one, two, four seconds, but never past the deadline.
  private func wait(beforeAttempt attempt: Int) async throws(AgentFailure) {
    let milliseconds = Int64(1_000) << Int64(min(attempt - 1, 5))
    if let deadline = limits.deadlineMilliseconds, clock.nowMilliseconds + milliseconds >= deadline {
      throw AgentFailure(.modelFailed, "The model '\(modelID)' is not available, and the deadline leaves no time to wait for it.")
    }
    do { try await pause(milliseconds) } catch { throw AgentFailure(.cancelled, "The agent was cancelled while it waited for the model.") }
  }

  static func dollars(_ micro: Int64) -> String {
    let digits = String(micro.magnitude % 1_000_000)
    return "\(micro < 0 ? "-" : "")\(micro.magnitude / 1_000_000).\(String(repeating: "0", count: 6 - digits.utf8.count))\(digits) USD"
  }
}
