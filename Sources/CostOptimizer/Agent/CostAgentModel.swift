import AWSClient
import AgentKit
import JSON
import Telemetry

/// Lets a model work on a session with the tools of the analysis. What it leaves undone, the code does afterwards.
struct CostAgentModel: Sendable {
  let request: CostAgentRequest
  let settings: CostAgentSettings
  let parts: CostAgentParts
  let journal: Journal
  let analysis: CostAnalysis
  let logger: Logger

  /// Runs the model to its end, whatever that is; what it means for the report is among the gaps.
  func run() async {
    guard let modelID = settings.modelID, let model = parts.model else {
      await note("No model was asked: none is configured.")
      return
    }
    do {
      let prompt = try CostAgentPrompt.load(file: settings.promptFile)
      let tools = try ToolBox(tools(modelID))
      await drive(model, modelID, prompt.filled(values), tools)
    } catch {
      await note("The model could not be asked: \(error)")
    }
  }

  private func drive(_ model: any Model, _ modelID: String, _ systemPrompt: String, _ tools: ToolBox) async {
    let loop = AgentLoop(
      model: model, modelID: modelID, systemPrompt: systemPrompt, tools: tools, limits: limits, temperature: settings.temperature,
      endingTools: ["verify_report"], prices: settings.prices, clock: parts.clock, pause: parts.pause, observe: observe)
    let run = await loop.run(request.prompt, context: ToolContext(orchestrationID: request.sessionID, taskID: request.sessionID))
    logger.info(
      "the model is done",
      [
        "turns": .number(run.turns), "toolCalls": .number(run.toolCalls), "costMicroUSD": .number(run.costMicroUSD),
        "failure": run.failure.map { .string("\($0)") } ?? .null,
      ])
    guard !Task.isCancelled else { return }
    if let failure = run.failure {
      await note("The model '\(modelID)' failed: \(failure)")
    } else if let next = await analysis.nextPhase, next.number <= Phase.outputContract.number {
      await note("The model '\(modelID)' ended before the phase '\(next.rawValue)'.")
    }
  }

  private func note(_ message: String) async {
    logger.warning("the report is written without the model's help", ["reason": .string(message)])
    await analysis.note(
      Gap(.model, subject: "Model", message: JournalText.bounded(message), consequence: "The report was finished from the facts alone."))
  }

  private func tools(_ modelID: String) throws -> [any Tool] {
    var tools: [any Tool] = [JournalTool(journal: journal, analysis: analysis, clock: parts.clock)]
    tools += PhaseTool.factTools(analysis) as [any Tool]
    tools += [
      GetFactsTool(analysis: analysis), WriteReportTool(analysis: analysis, modelID: modelID), StoreReportTool.store(analysis),
      StoreReportTool.verify(analysis),
    ]
    tools += try BuiltInTools.tools(
      named: ["calculate"], workspace: Workspace(blobs: InMemoryBlobStore(), orchestrationID: "none"), clock: parts.clock)
    return tools + parts.tools(request)
  }

  private var limits: AgentLimits {
    var limits = AgentLimits()
    let milliseconds = Int64(settings.modelSeconds) * 1_000
    limits.turns = settings.turns
    limits.maxTokens = settings.modelID.map { ModelOutputLimits.lowered(settings.maxTokens, modelID: $0) } ?? settings.maxTokens
    limits.budgetMicroUSD = settings.budgetMicroUSD
    limits.deadlineMilliseconds = parts.clock.nowMilliseconds + milliseconds
    // A phase takes as long as the account is large.
    limits.toolTimeoutMilliseconds = milliseconds
    return limits
  }

  private var values: [String: String] {
    [
      "session_id": request.sessionID, "s3_bucket_name": request.bucket, "journal_table_name": request.tableName,
      "region": request.region ?? parts.region, "current_datetime": ISO8601.text(milliseconds: parts.clock.nowMilliseconds),
    ]
  }

  private var observe: @Sendable (AgentEvent) -> Void {
    { [logger] event in
      switch event {
      case .modelAnswered(let turn, let stopReason, let usage, let cost, let milliseconds):
        logger.info(
          "model answered",
          [
            "turn": .number(turn), "stopReason": .string("\(stopReason)"), "tokens": .number(usage.totalTokens),
            "costMicroUSD": .number(cost),
            "milliseconds": .number(milliseconds),
          ])
      case .modelFailed(let turn, let code, let error, let willRetry):
        logger.warning(
          "model failed",
          ["turn": .number(turn), "code": code.map { .string($0) } ?? .null, "error": .string(error), "willRetry": .bool(willRetry)])
      case .toolFinished(let name, _, let isError, let milliseconds):
        logger.info("tool finished", ["tool": .string(name), "isError": .bool(isError), "milliseconds": .number(milliseconds)])
      case .compacted(let from, let to): logger.info("conversation shortened", ["fromBytes": .number(from), "toBytes": .number(to)])
      }
    }
  }
}
