public import AWSClient

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
    temperature = try reader.temperature("MODEL_TEMPERATURE", temperature)
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
