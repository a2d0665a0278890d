import AWSClient
import JSON
import LambdaRuntime
import Orchestration
import TestSupport
import Testing

@testable import Fabrication

/// What may ask for an agent, and how each is answered.
@Suite struct RequestTests {
  @Test func `a user's request is answered with agent_fabricated`() async throws {
    let world = try FabricationWorld(script: Modules.script())
    let body: JSONValue = [
      "orchestration_id": "0", "agent_use_id": "request-7", "node": "fabricator", "agent_input": ["taskDetails": "Count words."],
    ]
    try await world.handle(body.bytes, requestID: "request-7")
    let fabricated = try #require(world.details("agent.fabricated").first)
    #expect(world.transport.events.first { $0.detailType == "agent.fabricated" }?.source == "agent.fabricated")
    #expect(fabricated["orchestration_id"] == "0" && fabricated["agent_use_id"] == "request-7" && fabricated["node"] == "fabricator")
    #expect(fabricated["data"]?["agent_id"] == "word-count" && fabricated["data"]?["state"] == "active")
    #expect(fabricated["registry_changed"] == true)
    #expect(world.details("task.completion").isEmpty && world.details("agent.fabrication.failed").isEmpty)
    #expect(world.row("word-count")?["origin"]?["toolUseId"] == "request-7")
  }

  @Test func `a user whose request fails is told by agent_fabrication_failed`() async throws {
    let world = try FabricationWorld { _, _ in .says("No.") }
    try await world.handle(JSONValue.object(["agent_input": ["taskDetails": "Count words."]]).bytes)
    let failed = try #require(world.details("agent.fabrication.failed").first)
    #expect(failed["status"] == "error" && failed["code"] == "nothing_fabricated")
    #expect(failed["orchestration_id"] == "0" && failed["agent_use_id"] == "unknown" && failed["node"] == "fabricator")
    #expect(world.details("task.completion").isEmpty && world.details("agent.fabricated").isEmpty)
  }

  @Test func `requests without an id are told apart by their messages`() async throws {
    let world = try FabricationWorld { _, _ in .says("No.") }
    let body = JSONValue.object(["agent_input": ["taskDetails": "Count words."]]).bytes
    for message in ["m-1", "m-2", "m-1"] { try await world.handle(body, messageID: message) }
    // The third is the first again: it is told again, and not done again.
    #expect(world.transport.requests.count == 2)
    #expect(world.details("agent.fabrication.failed").count == 3)
    // The attribute of a user interface is an id too.
    try await world.handle(body, requestID: "r-1", messageID: "m-3")
    try await world.handle(body, requestID: "r-1", messageID: "m-4")
    #expect(world.transport.requests.count == 3)
    #expect(world.details("agent.fabrication.failed").last?["agent_use_id"] == "r-1")
  }

  @Test(
    arguments: [[:], ["taskDetails": ""], ["taskDetails": " \n"], ["taskDetails": 5], ["taskDetails": nil], ["details": "x"]] as [JSONValue]
  )
  func `taskDetails is required`(input: JSONValue) async throws {
    let world = try FabricationWorld(script: Modules.script())
    try await world.handle(
      TaskMessage(
        input: input, orchestrationID: "run-1", toolUseID: "use-1", node: "fabricator", requestID: FabricationWorld.requestID
      ).json)
    let completion = try #require(try world.completions.first)
    #expect(completion.status == .error && completion.code == "invalid_input")
    #expect(completion.message?.hasPrefix("'agent_input.taskDetails' is ") == true)
    #expect(world.details("agent.fabrication.failed").count == 1)
    #expect(world.transport.requests.isEmpty)
  }

  @Test func `what is no task is answered where it says whose it is, and comes again where it does not`() async throws {
    let world = try FabricationWorld(script: Modules.script())
    try await world.handle(JSONValue.object(["agent_input": "Count words.", "agent_use_id": "use-1", "orchestration_id": "run-1"]).bytes)
    #expect(try world.completions.first?.code == "invalid_task")
    await #expect(throws: (any Error).self) { try await world.handle(Array("nonsense".utf8)) }
    #expect(world.transport.requests.isEmpty)
  }

  @Test func `the sample message of a user interface is what the Fabricator reads`() async throws {
    let event = try SQSEvent(json: SampleEvents.bytes("fabrication-request"))
    let message = try #require(event.records.first)
    #expect(message.messageAttributes["requestType"]?.stringValue == "agent-creation")
    let world = try FabricationWorld(script: Modules.script())
    try await world.handle(
      Array(message.body.utf8), requestID: message.messageAttributes["requestId"]?.stringValue, messageID: message.messageID)
    let fabricated = try #require(world.details("agent.fabricated").first)
    #expect(fabricated["agent_use_id"]?.stringValue == message.messageAttributes["requestId"]?.stringValue)
    #expect(world.transport.requests.first?.messages.first?.text.contains("Agent name: word-count") == true)
  }

  // MARK: The environment

  private static let required = [
    "AGENT_CONFIG_TABLE", "TOOLS_CONFIG_TABLE", "WORKER_STATE_TABLE", "AGENT_BUCKET_NAME", "COMPLETION_BUS_NAME", "WORKER_QUEUE_URL",
  ]

  @Test func `the seed's defaults hold`() throws {
    let configuration = try FabricatorConfiguration(environment: ["WORKER_QUEUE_URL": "https://queue"])
    #expect(configuration.maxTokens == 40_000 && configuration.turns == 40 && configuration.budgetMicroUSD == 2_000_000)
    #expect(configuration.approval == .automatic && configuration.idleTimeoutMilliseconds == 3_600_000)
    // The seed's model writes no more than this.
    #expect(configuration.modelID == "anthropic.claude-3-5-sonnet-20241022-v2:0" && configuration.cappedMaxTokens == 8_192)
    let newer = try FabricatorConfiguration(environment: [
      "WORKER_QUEUE_URL": "https://queue", "MODEL_ID": "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    ])
    #expect(newer.cappedMaxTokens == 40_000)
  }

  @Test(arguments: [
    ("FABRICATOR_MAX_TOKENS", "255"), ("FABRICATOR_MAX_TOKENS", "many"), ("FABRICATION_TURNS", "0"), ("FABRICATION_BUDGET_USD", "0"),
    ("FABRICATION_APPROVAL", "maybe"), ("HTTP_ALLOW_LIST", "a/b"), ("MODEL_TEMPERATURE", "2"), ("INLINE_PAYLOAD_BYTES", "1"),
  ])
  func `a variable that is out of bounds is named`(name: String, value: String) {
    do throws(EnvironmentError) {
      _ = try FabricatorConfiguration(environment: Environment(["WORKER_QUEUE_URL": "https://queue", name: value]))
      Issue.record("\(name)=\(value) was taken")
    } catch {
      #expect(error.problem.field == name && "\(error)".contains(value))
    }
  }

  @Test func `a variable that is missing is named`() throws {
    for name in Self.required {
      #expect("\(name)") {
        _ = try FabricationWorld([name: ""], script: Modules.script())
      } throws: { error in
        (error as? EnvironmentError)?.problem.field == name
      }
    }
  }
}
