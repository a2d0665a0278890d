import AWSClient
import AgentKit
import JSON
import Testing

@testable import Orchestration

/// The seed's defaults, and that each of them is configuration.
@Suite struct SupervisorConfigurationTests {
  private static func configuration(_ variables: [String: String]) throws -> SupervisorConfiguration {
    try SupervisorConfiguration(
      environment: Environment(variables.merging(["WORKER_QUEUE_URL": "https://queue/worker"]) { given, _ in given }))
  }

  /// What the model is asked with.
  private static func request(_ configuration: SupervisorConfiguration) async throws -> ConverseRequest {
    let world = World { _, _ in .says("finished") }
    let supervisor = Supervisor(configuration: configuration, effects: world.supervisor.effects)
    try await supervisor.accept(TaskRequest(task: "Do it", orchestrationID: World.id), eventID: "e", traceHeader: nil)
    return try #require(world.model.requests.first)
  }

  @Test func `the seed's model, 2048 tokens, temperature 0 and automatic tool choice are what is asked with`() async throws {
    let configuration = try Self.configuration([:])
    #expect(configuration.modelID == "anthropic.claude-3-5-sonnet-20241022-v2:0")
    let request = try await Self.request(configuration)
    #expect(request.inferenceConfiguration == InferenceConfiguration(maxTokens: 2048, temperature: 0))
    #expect(request.toolConfiguration?.toolChoice == .auto)
    #expect(request.toolConfiguration?.tools.count == 1)
  }

  @Test func `each of them can be set`() async throws {
    let configuration = try Self.configuration([
      "MODEL_ID": "eu.maker.model", "MODEL_MAX_TOKENS": "4096", "MODEL_TEMPERATURE": "none", "SUPERVISOR_PROMPT": "Be brief.",
      "CHATTER_EVENTS": "off",
    ])
    #expect(configuration.modelID == "eu.maker.model")
    #expect(!configuration.publishesChatter)
    let request = try await Self.request(configuration)
    #expect(request.inferenceConfiguration == InferenceConfiguration(maxTokens: 4096, temperature: nil))
    #expect(request.system == [.text("Be brief.")])
  }

  @Test func `each limit can be set`() throws {
    let limits = try Self.configuration([
      "MAX_ROUNDS": "7", "MAX_TASKS_PER_ROUND": "8", "MAX_DEPTH": "0", "DEADLINE_SECONDS": "90", "MAX_DEADLINE_SECONDS": "900",
      "TASK_TIMEOUT_SECONDS": "60", "BUDGET_USD": "0.25", "MAX_BUDGET_USD": "2.5", "INLINE_PAYLOAD_BYTES": "1000", "LEASE_SECONDS": "30",
    ]).limits
    var expected = Limits()
    expected.rounds = 7
    expected.tasksPerRound = 8
    expected.depth = 0
    expected.deadlineSeconds = 90
    expected.maximumDeadlineSeconds = 900
    expected.taskTimeoutSeconds = 60
    expected.budgetMicroUSD = 250_000
    expected.maximumBudgetMicroUSD = 2_500_000
    expected.inlineBytes = 1000
    expected.leaseMilliseconds = 30_000
    #expect(limits == expected)
  }

  @Test func `a default above what a request may ask for counts as the most that it may`() throws {
    let limits = try Self.configuration(["MAX_DEADLINE_SECONDS": "60", "MAX_BUDGET_USD": "0.5"]).limits
    #expect(limits.deadlineSeconds == 60)
    #expect(limits.budgetMicroUSD == 500_000)
  }

  @Test(arguments: [
    ("WORKER_QUEUE_URL", ""), ("MODEL_MAX_TOKENS", "0"), ("MODEL_TEMPERATURE", "hot"), ("MODEL_TEMPERATURE", "nan"), ("MAX_ROUNDS", "201"),
    ("MAX_ROUNDS", "5.0"), ("MAX_TASKS_PER_ROUND", "65"), ("DEADLINE_SECONDS", "soon"), ("MAX_DEADLINE_SECONDS", "0"),
    ("TASK_TIMEOUT_SECONDS", "43201"), ("BUDGET_USD", "nan"), ("BUDGET_USD", "-1"), ("MAX_BUDGET_USD", "0"),
    ("INLINE_PAYLOAD_BYTES", "300000"),
    ("CHATTER_EVENTS", "perhaps"),
  ])
  func `a setting that cannot be used is named with its value`(name: String, value: String) throws {
    #expect { try Self.configuration([name: value]) } throws: { error in
      guard let problem = (error as? EnvironmentError)?.problem else { return false }
      return problem.field == name && "\(error)".contains(value.isEmpty ? "absent" : value)
    }
  }
}
