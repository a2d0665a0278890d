import AWSClient
import AgentKit
import JSON
import Testing

@testable import Orchestration

/// Figures from agents, models and rows that no arithmetic can hold: they must not end the process.
@Suite struct HostileFigureTests {
  @Test func `agents that report the largest costs there are exhaust the budget and nothing else`() async throws {
    let world = World { _, turn in turn == 0 ? .asks(("t1", "echo", [:]), ("t2", "echo", [:])) : .says("finished") }
    try await world.request()
    for task in world.queue.tasks {
      try await world.supervisor.complete(
        TaskCompletion(
          orchestrationID: World.id, toolUseID: task.toolUseID, node: task.node, requestID: task.requestID, data: "ok",
          usage: TaskCompletion.Usage(inputTokens: .max, outputTokens: .max, costMicroUSD: .max)))
    }
    let record = try #require(try await world.record())
    #expect(record.state == .budgetExhausted)
    #expect(record.spending.costMicroUSD == .max)
    #expect(record.spending.inputTokens == .max)
  }

  @Test func `a model that reports the largest usage there is has used up the budget`() async throws {
    let usage = TokenUsage(inputTokens: .max, outputTokens: .max, cacheReadInputTokens: .max, cacheWriteInputTokens: .max)
    let world = World { _, turn in
      ConverseResponse(
        message: .assistant(.toolUse(id: "t\(turn)", name: "nobody", input: [:])), stopReason: .toolUse, usage: usage)
    }
    try await world.request()
    let record = try #require(try await world.record())
    #expect(record.state == .budgetExhausted)
    #expect(record.spending.inputTokens == .max)
    #expect(world.model.requests.count == 1)
  }

  @Test func `a time limit that no clock can hold is a row that cannot be used`() throws {
    var row = try #require(AgentConfiguration.echo.row.objectValue)
    var config = try #require(row["config"]?.objectValue)
    config["limits"] = ["timeoutSeconds": .number(Int64.max)]
    row["config"] = .object(config)
    let directory = AgentDirectory(rows: [.object(row)])
    #expect(directory.entries.isEmpty)
    #expect(directory.rejected.map(\.problem.field) == ["config.limits.timeoutSeconds"])
  }

  @Test func `a row whose times no clock can hold cannot be read`() {
    let error = #expect(throws: LedgerError.self) {
      try OrchestrationRecord(attributes: ["orchestrationId": "run-1", "instance": .number(Int64.max), "conversation": []])
    }
    #expect(error?.problem.field == "instance")
  }

  @Test func `blank texts that a model writes are not sent back to it`() async throws {
    let world = World { _, turn in
      switch turn {
      case 0:
        ConverseResponse(
          message: .assistant(.text("\n\n"), .toolUse(id: "t1", name: "nobody", input: [:]), .text("")), stopReason: .toolUse, usage: nil)
      case 1: ConverseResponse(message: .assistant(.text(" "), .text("The answer ")), stopReason: .maxTokens, usage: nil)
      default: .says("is here")
      }
    }
    try await world.request(budgetMicroUSD: 100_000_000)
    #expect(try await world.record()?.outcome?.message == "The answer is here")
    #expect(world.model.requests.count == 3)
    #expect(world.model.violations.isEmpty)
  }
}
