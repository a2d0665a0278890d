import AWSClient
import AgentKit
import CostOptimizer
import Testing

@Suite struct CostAgentRequestTests {
  func request(_ payload: String, _ environment: Environment = [:]) throws(CostAgentRequestError) -> CostAgentRequest {
    try CostAgentRequest(payload: Array(payload.utf8), environment: environment)
  }

  let environment: Environment = ["SESSION_ID": "from-environment", "S3_BUCKET_NAME": "bucket-e", "JOURNAL_TABLE_NAME": "table-e"]

  @Test func `the payload counts before the environment`() throws {
    let request = try request(
      #"{"session_id": "s-1", "s3_bucket_name": "b", "ddb_table_name": "t", "region": "eu-west-1", "prompt": "Look.", "more": 1}"#,
      environment)
    #expect(request.sessionID == "s-1")
    #expect(request.bucket == "b")
    #expect(request.tableName == "t")
    #expect(request.region == "eu-west-1")
    #expect(request.prompt == "Look.")
  }

  @Test(arguments: ["", "{}", #"{"session_id": "", "s3_bucket_name": null}"#])
  func `what the payload leaves out the environment says`(_ payload: String) throws {
    let request = try request(payload, environment)
    #expect(request.sessionID == "from-environment")
    #expect(request.bucket == "bucket-e")
    #expect(request.tableName == "table-e")
    #expect(request.region == nil)
    #expect(request.prompt == CostAgentRequest.defaultPrompt)
  }

  @Test(arguments: [
    ("[1]", "the payload is an array; expected a JSON object with 'session_id'"),
    (#"{"session_id": 7}"#, "session_id is a number; expected a string"),
    ("{}", "session_id is absent; expected the session's id, here or in the environment variable SESSION_ID"),
    (
      #"{"session_id": "a/b"}"#,
      #"session_id is "a/b"; expected 1 to 256 letters, digits, '-', '_' and '.', beginning with a letter or a digit"#
    ),
    (
      #"{"session_id": "s"}"#,
      "s3_bucket_name is absent; expected the bucket of the reports, here or in the environment variable S3_BUCKET_NAME"
    ),
    (
      #"{"session_id": "s", "s3_bucket_name": "b"}"#,
      "ddb_table_name is absent; expected the table of the journal, here or in the environment variable JOURNAL_TABLE_NAME"
    ),
    (
      #"{"session_id": "s", "s3_bucket_name": "b", "ddb_table_name": "t", "region": "evil.example/"}"#,
      #"region is "evil.example/"; expected a region such as 'us-east-1'"#
    ),
  ])
  func `what cannot be used is named`(_ payload: String, _ message: String) {
    let error = #expect(throws: CostAgentRequestError.self) { try request(payload) }
    #expect(error?.description == message)
  }

  @Test func `no JSON is told, and a prompt has its limit`() {
    let broken = #expect(throws: CostAgentRequestError.self) { try request("{") }
    #expect(broken?.description.hasPrefix("the payload is no JSON (") == true)
    let long = #expect(throws: CostAgentRequestError.self) {
      try request(#"{"prompt": "\#(String(repeating: "x", count: 20_001))"}"#, environment)
    }
    #expect(long?.description == "prompt is 20001 bytes; expected at most 20000 bytes")
  }
}

@Suite struct CostAgentSettingsTests {
  @Test func `everything has a value without a variable`() throws {
    let settings = try CostAgentSettings(environment: ["MODEL_ID": ""])
    #expect(settings.modelID == CostAgentSettings().modelID)
    #expect(settings.heartbeatSeconds == 15)
    #expect(!settings.createsTable)
    #expect(settings.promptFile == nil)
  }

  @Test func `variables set what they name`() throws {
    let settings = try CostAgentSettings(environment: [
      "MODEL_ID": "us.amazon.nova-pro-v1:0", "MODEL_MAX_TOKENS": "2000", "MODEL_TEMPERATURE": "none", "AGENT_TURNS": "40",
      "AGENT_BUDGET_USD": "0.25", "MODEL_SECONDS": "600", "HEARTBEAT_SECONDS": "2", "CREATE_JOURNAL_TABLE": "true",
      "PROMPT_FILE": "/prompt.md",
      "MODEL_PRICES": #"{"asOf": "2026-11-01", "models": {"x": {"input": 1, "output": 2}}}"#,
    ])
    #expect(settings.modelID == "us.amazon.nova-pro-v1:0")
    #expect(settings.maxTokens == 2_000)
    #expect(settings.temperature == nil)
    #expect(settings.turns == 40)
    #expect(settings.budgetMicroUSD == 250_000)
    #expect(settings.modelSeconds == 600)
    #expect(settings.heartbeatSeconds == 2)
    #expect(settings.createsTable)
    #expect(settings.promptFile == "/prompt.md")
    #expect(settings.prices.entries["x"]?.output == 2_000_000)
    #expect(try CostAgentSettings(environment: ["MODEL_ID": "none"]).modelID == nil)
  }

  @Test(arguments: [
    ("MODEL_MAX_TOKENS", "many", "a whole number from 1 to 1000000"), ("MODEL_TEMPERATURE", "2", "a number from 0 to 1, or 'none'"),
    ("AGENT_TURNS", "0", "a whole number from 1 to 1000"), ("AGENT_BUDGET_USD", "-1", "US dollars from 0.000001 to 1000000"),
    ("MODEL_SECONDS", "1.5", "a whole number from 1 to 28800"), ("HEARTBEAT_SECONDS", "0", "a whole number from 1 to 3600"),
    ("CREATE_JOURNAL_TABLE", "yes please", "true or false"),
  ])
  func `a variable that is wrong is named with its value`(_ variable: String, _ value: String, _ expected: String) {
    let error = #expect(throws: CostAgentSettingsError.self) { try CostAgentSettings(environment: Environment([variable: value])) }
    #expect(error?.description == "environment variable \(variable) is '\(value)'; expected \(expected)")
  }
}
