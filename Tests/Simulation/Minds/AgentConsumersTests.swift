import AWSClient
import JSON
import Orchestration
import Testing

@testable import Simulation

@Suite struct AgentConsumersTests {
  static let scenario = Scenario(
    agents: [PlannedAgent(id: "agent-1", kind: .queue), PlannedAgent(id: "agent-2", kind: .queue, echoesRound: false)],
    runs: [
      PlannedRun(id: "run-1", atMilliseconds: 0, rounds: [[PlannedTask(toolUseID: "a", agent: "agent-1", resultBytes: 500)]])
    ])
  static let begin: Int64 = 1_800_000_000_000

  func message(_ node: String = "agent-1", spilled: Bool = false) -> TaskMessage {
    TaskMessage(
      input: spilled ? [:] : TaskNames(run: "run-1", round: 1, toolUseID: "a").input(text: "."), orchestrationID: "run-1", toolUseID: "a",
      node: node, requestID: "run-1#1", dueAtMilliseconds: Self.begin + 600_000)
  }

  func consume(_ message: TaskMessage, _ faults: FaultSource = FaultSource(), seed: UInt64 = 1) -> Consumption {
    AgentConsumers(scenario: Self.scenario, faults: faults, seed: seed).consume(message.json, nowMilliseconds: Self.begin)
  }

  private func all(_ fault: Fault) -> [Consumption] {
    (1...300 as ClosedRange<UInt64>).map { consume(message(), FaultSource(fault, seed: $0), seed: $0) }
  }

  private func read(_ answer: PlannedAnswer) -> TaskCompletion? {
    (try? JSONValue(parsing: answer.detail)).flatMap { try? TaskCompletion(detail: $0) }
  }

  @Test(arguments: [false, true])
  func anAgentAnswersItsTask(isSpilled: Bool) throws {
    var usages: Set<String> = []
    for seed in 1...50 as ClosedRange<UInt64> {
      let consumption = consume(message(spilled: isSpilled), seed: seed)
      #expect(consumption.deletesMessage && consumption.answers.count == 1)
      let completion = try #require(read(consumption.answers[0].answer))
      #expect(completion.orchestrationID == "run-1" && completion.toolUseID == "a" && completion.node == "agent-1")
      #expect(completion.requestID == "run-1#1" && completion.status == .success && completion.data.bytes.count > 500)
      usages.insert(completion.usage.map { $0.costMicroUSD == nil ? "tokens" : "cost" } ?? "none")
    }
    #expect(usages == ["none", "tokens", "cost"])
  }

  @Test func anAgentOfTheOriginalSendsItsFourFields() throws {
    let answer = try #require(consume(message("agent-2")).answers.first).answer
    #expect(try JSONValue(parsing: answer.detail).objectValue?.keys.sorted() == ["agent_use_id", "data", "node", "orchestration_id"])
  }

  private func make(_ faults: FaultSource = FaultSource(), seed: UInt64 = 1) -> Consumption {
    let scenario = Scenario(
      agents: [PlannedAgent(id: "maker", kind: .queue), PlannedAgent(id: "made", kind: .code, maker: "maker")],
      runs: Self.scenario.runs)
    return AgentConsumers(scenario: scenario, faults: faults, seed: seed).consume(message("maker").json, nowMilliseconds: Self.begin)
  }

  @Test func anAgentThatMakesOthersRegistersThemBeforeItSaysSo() throws {
    let answer = try #require(make().answers.first).answer
    #expect(answer.maker == "maker")
    #expect(read(answer)?.registryChanged == true && read(answer)?.status == .success)
    // Whoever makes nothing says nothing of the registry.
    let other = try #require(consume(message()).answers.first).answer
    #expect(other.maker == nil && read(other)?.registryChanged == false)
  }

  @Test func anAgentThatMakesOthersMayDieInBetween() {
    let consumptions = (1...100 as ClosedRange<UInt64>).map { make(FaultSource(.silentAgent, seed: $0), seed: $0) }
    #expect(consumptions.allSatisfy { $0.answers.isEmpty })
    #expect(Set(consumptions.map { $0.registration?.maker }) == ["maker", nil])
    // One that fails has made nothing.
    let failures = (1...20 as ClosedRange<UInt64>).map { make(FaultSource(.failingAgent, seed: $0), seed: $0) }
    #expect(failures.allSatisfy { $0.registration == nil && $0.answers[0].answer.maker == nil })
  }

  @Test func whatIsNoTaskIsThrownAway() {
    let consumers = AgentConsumers(scenario: Self.scenario, faults: FaultSource(), seed: 1)
    #expect(consumers.consume(Array("Hello?".utf8), nowMilliseconds: 0) == Consumption(answers: [], deletesMessage: true))
  }

  @Test func silentAgents() {
    let consumptions = all(.silentAgent)
    #expect(consumptions.allSatisfy { $0.answers.isEmpty })
    #expect(Set(consumptions.map(\.deletesMessage)) == [true, false])
  }

  @Test func failingAgents() {
    let completions = all(.failingAgent).compactMap { read($0.answers[0].answer) }
    #expect(completions.count == 300 && completions.allSatisfy { $0.status == .error })
    #expect(completions.contains { $0.code != nil && $0.message != nil } && completions.contains { $0.code == nil && $0.message == nil })
  }

  @Test func slowAgents() {
    let times = all(.slowAgent).map(\.answers[0].afterMilliseconds)
    #expect(times.contains { $0 < 600_000 } && times.contains { $0 > 600_000 })
  }

  @Test func repeatingAgents() {
    let consumptions = all(.repeatingAgent)
    #expect(consumptions.allSatisfy { (2...4).contains($0.answers.count) })
    #expect(consumptions.contains { $0.answers[1].answer == $0.answers[0].answer })
    #expect(consumptions.contains { $0.answers[1].answer != $0.answers[0].answer })
    #expect(consumptions.contains { $0.answers.contains { $0.afterMilliseconds > 3_600_000 } })
    #expect(Set(consumptions.map(\.deletesMessage)) == [true, false])
  }

  @Test func oversizedResults() {
    let answers = all(.oversizedResult).map(\.answers[0].answer)
    let references = answers.map { ($0, read($0)?.dataReference) }
    #expect(references.contains { answer, reference in answer.blobs.first?.key == reference?.key && reference != nil })
    #expect(references.contains { answer, reference in answer.blobs.isEmpty && reference?.key.hasPrefix("payloads/run-1/") == true })
    #expect(references.contains { $1?.key.hasPrefix("payloads/somebody-else/") == true })
    #expect(references.contains { $1 == nil && $0.detail.count > 50_000 })
    for (answer, reference) in references {
      #expect(answer.detail.count < 256_000)
      if let blob = answer.blobs.first { #expect(blob.bytes.count == reference?.byteCount && blob.key.hasPrefix("payloads/run-1/")) }
    }
  }

  @Test func poisonAnswers() {
    let consumptions = all(.poison)
    #expect(Set(consumptions.map(\.answers.count)) == [1, 2])
    for answer in consumptions.map(\.answers[0].answer) {
      guard let completion = read(answer) else { continue }
      let isAnswer =
        completion.orchestrationID == "run-1" && completion.toolUseID == "a" && completion.node == "agent-1"
        && completion.requestID == "run-1#1"
      #expect(!isAnswer)
    }
  }
}
