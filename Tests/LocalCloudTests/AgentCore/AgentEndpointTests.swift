import Foundation
import JSON
import LocalCloud
import Testing

/// InvokeAgentRuntime and StopRuntimeSession, with a real process behind them.
struct AgentEndpointTests {
  @Test func anInvocationReachesTheAgentAndItsAnswerTheCaller() throws {
    let world = try AgentWorld { $0.environment["EXTRA"] = "é" }
    let answer = try world.send(
      session: sessionOne, ["prompt": "語"],
      headers: [("X-Amzn-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793"), ("Authorization", "AWS4 x")])
    #expect(answer.status == 200)
    #expect(answer.headers["X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"] == sessionOne)
    #expect(answer.headers["Content-Type"] == "application/json")
    #expect(answer.headers["X-Amzn-Trace-Id"] == "Root=1-5759e988-bd862e3fe1be46a994272793")
    #expect(answer.headers["x-amzn-RequestId"]?.utf8.count == 36)
    let seen = try answer.json
    #expect(seen["body"] == ["prompt": "語"])
    let headers = try #require(seen["headers"])
    #expect(headers["X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"]?.stringValue == sessionOne)
    #expect(headers["X-Amzn-Trace-Id"]?.stringValue == "Root=1-5759e988-bd862e3fe1be46a994272793")
    #expect(headers["X-Amzn-Bedrock-AgentCore-Runtime-Request-Id"] == answer.headers["x-amzn-RequestId"].map(JSONValue.string))
    #expect(headers["Authorization"] == nil)
    let environment = try #require(seen["environment"]?.objectValue)
    #expect(environment["EXTRA"] == "é")
    #expect(environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1")
    let here = JSONValue.string("http://127.0.0.1:\(world.server.port)")
    #expect(environment["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"] == here && environment["AWS_ENDPOINT_URL_BEDROCK_AGENTCORE"] == here)
    // Nothing of this process's.
    #expect(environment["HOME"] == nil)
  }

  @Test func aSessionIsOneProcessAndAnotherIsAnother() throws {
    let world = try AgentWorld()
    let first = try world.send(session: sessionOne).json
    let again = try world.send(session: sessionOne).json
    let other = try world.send(session: sessionTwo).json
    #expect(first["pid"] == again["pid"] && again["count"] == 2)
    #expect(other["pid"] != first["pid"] && other["count"] == 1)
    let sessions = try world.sessions()
    #expect(sessions.map { $0["sessionId"]?.stringValue } == [sessionOne, sessionTwo])
    #expect(sessions.map { $0["pid"] } == [first["pid"], other["pid"]])
    #expect(sessions.allSatisfy { $0["status"] == "Healthy" })
  }

  @Test func callersAtOnceStartOneProcess() async throws {
    let world = try AgentWorld()
    let port = world.server.port
    let processes = try await withThrowingTaskGroup(of: Int?.self) { group in
      for _ in 0..<8 {
        group.addTask {
          var client = LoopbackClient(port: port)
          defer { client.close() }
          return try client.send(
            "POST", "/runtimes/cost-agent/invocations", headers: ["X-Amzn-Bedrock-AgentCore-Runtime-Session-Id": sessionOne]
          ).json["pid"]?.intValue
        }
      }
      return try await group.reduce(into: Set<Int?>()) { $0.insert($1) }
    }
    #expect(processes.count == 1 && !processes.contains(nil))
  }

  @Test func aRuntimeIsFoundByIdAndByName() throws {
    let world = try AgentWorld()
    for runtime in ["cost-agent", "cost-agent-0123456789", AgentWorld.arn + "cost-agent-aBcDe01234"] {
      #expect(try world.send(runtime: runtime, session: sessionOne).status == 200)
    }
    for runtime in ["cost", "cost-agent-012345678", AgentWorld.arn + "other"] {
      let answer = try world.send(runtime: runtime, session: sessionOne)
      #expect(answer.status == 404 && answer.headers["x-amzn-ErrorType"] == "ResourceNotFoundException")
      #expect(try answer.message.contains("there are cost-agent") && answer.message.contains("--agent"))
    }
    let answer = try world.send(runtime: "arn%3Aaws%3Alambda%3Aus-east-1%3A1%3Afunction%3Ax", session: sessionOne)
    #expect(answer.status == 400 && answer.headers["x-amzn-ErrorType"] == "ValidationException")
  }

  @Test func aSessionsIdIsCheckedAsTheServiceDoes() throws {
    let world = try AgentWorld()
    for session in [
      "run-1", String(repeating: "a", count: 32), String(repeating: "a", count: 257), "../" + String(repeating: "a", count: 40),
    ] {
      let answer = try world.send(session: session)
      #expect(answer.status == 400 && answer.headers["x-amzn-ErrorType"] == "ValidationException", "\(session)")
      #expect(try answer.json["reason"] == "FieldValidationFailed")
    }
    #expect(try world.sessions().isEmpty)
    // Without one, the service makes one up.
    let answer = try world.send(session: nil)
    #expect(answer.status == 200 && answer.headers["X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"]?.utf8.count == 36)
  }

  /// A page that somebody looks at can send requests to this machine, and would start a program by one.
  @Test func aWebPageStartsNoAgent() throws {
    let world = try AgentWorld()
    for origin in ["https://example.com", "null", "http://127.0.0.1:4567"] {
      let answer = try world.send(session: sessionOne, headers: [("Origin", origin)])
      #expect(answer.status == 403 && answer.headers["x-amzn-ErrorType"] == "AccessDeniedException")
    }
    #expect(try world.sessions().isEmpty)
  }

  @Test func whatAnAgentAnswersByAnErrorIsARuntimeClientError() throws {
    let world = try AgentWorld()
    for (mode, expected) in [
      ("refuse", #"Received error (422) from runtime: {"error": "which prompt?"}"#), ("fail", "Received error (500) from runtime"),
    ] {
      let answer = try world.send(session: sessionOne, ["mode": .string(mode)])
      #expect(answer.status == 424 && answer.headers["x-amzn-ErrorType"] == "RuntimeClientError")
      #expect(try answer.message.hasPrefix(expected))
      #expect(try answer.message.contains("\(sessionOne).log"))
    }
    #expect(try world.sessions().first?["invocations"] == 2)
  }

  @Test(arguments: ["crash", "die"]) func anAgentThatEndsIsToldOfAndTheNextInvocationStartsAnother(mode: String) throws {
    let world = try AgentWorld()
    let first = try world.send(session: sessionOne).json["pid"]?.intValue
    let answer = try world.send(session: sessionOne, ["mode": .string(mode)])
    #expect(answer.status == 424 && answer.headers["x-amzn-ErrorType"] == "RuntimeClientError")
    let message = try answer.message
    #expect(message.contains(mode == "crash" ? "ended with status 3" : "was ended by signal 9"), "\(message)")
    if mode == "crash" { #expect(message.contains("about to crash, for the test")) }
    let next = try world.send(session: sessionOne).json
    #expect(next["pid"]?.intValue != first && next["count"] == 1)
  }

  @Test func anAgentThatWasKilledBetweenInvocationsIsStartedAgain() throws {
    let world = try AgentWorld()
    for _ in 0..<3 {
      let process = try #require(try world.send(session: sessionOne).json["pid"]?.intValue)
      let port = try #require(try world.sessions().first?["port"]?.intValue)
      kill(pid_t(process), SIGKILL)
      #expect(try world.eventually { AgentWorld.isSilent(port) ? true : nil } == true)
    }
    #expect(try world.send(session: sessionOne).status == 200)
  }

  @Test func anAgentThatDoesNotStartIsAnErrorWithItsLastLines() throws {
    let world = try AgentWorld(
      programs: ["broken": "#!/bin/sh\necho there is no table >&2\nexit 7\n", "silent": "#!/bin/sh\nexec sleep 600\n"]
    ) { $0.startMilliseconds = 1_500 }
    let broken = try world.send(runtime: "broken", session: sessionOne)
    #expect(broken.status == 424 && broken.headers["x-amzn-ErrorType"] == "RuntimeClientError")
    #expect(try broken.message.contains("ended with status 7 before it answered GET /ping") && broken.message.contains("there is no table"))
    let silent = try world.send(runtime: "silent", session: sessionOne)
    #expect(silent.status == 424)
    #expect(try silent.message.contains("did not answer GET /ping") && silent.message.contains("within 1500 ms"))
    #expect(try world.sessions().isEmpty)
  }

  @Test func aProgramThatIsNotThereIsNamed() throws {
    let world = try AgentWorld { $0.programs.append(AgentProgram(name: "ghost", path: "/nowhere/ghost")) }
    let answer = try world.send(runtime: "ghost", session: sessionOne)
    #expect(answer.status == 424)
    #expect(try answer.message.contains("/nowhere/ghost could not be started: No such file"))
  }

  @Test func sessionsAreBounded() throws {
    let world = try AgentWorld { $0.maximumSessions = 1 }
    #expect(try world.send(session: sessionOne).status == 200)
    let answer = try world.send(session: sessionTwo)
    #expect(answer.status == 402 && answer.headers["x-amzn-ErrorType"] == "ServiceQuotaExceededException")
    #expect(try world.send(session: sessionOne).status == 200)
  }

  // MARK: Ends

  @Test func aSessionIsStopped() throws {
    let world = try AgentWorld()
    let process = try #require(try world.send(session: sessionOne).json["pid"]?.intValue)
    #expect(try world.send("stopruntimesession", session: sessionOne).status == 200)
    #expect(!AgentWorld.isAlive(process))
    #expect(try world.log(of: sessionOne).contains("drained"))
    #expect(try world.sessions().isEmpty)
    let again = try world.send("stopruntimesession", session: sessionOne)
    #expect(again.status == 404 && again.headers["x-amzn-ErrorType"] == "ResourceNotFoundException")
    #expect(try world.send("stopruntimesession", session: nil).status == 400)
  }

  @Test func anIdleSessionEndsAndABusyOneDoesNot() throws {
    let world = try AgentWorld { $0.idleMilliseconds = 100 }
    let busy = try #require(try world.send(session: sessionOne, ["mode": "HealthyBusy"]).json["pid"]?.intValue)
    let idle = try #require(try world.send(session: sessionTwo).json["pid"]?.intValue)
    // The idle one, which came later, ends; by then the busy one has been quiet for longer.
    #expect(try world.eventually { try world.sessions().count == 1 ? true : nil } == true)
    #expect(!AgentWorld.isAlive(idle) && AgentWorld.isAlive(busy))
    #expect(try world.log(of: sessionTwo).contains("drained"))
    #expect(try world.sessions().first?["status"] == "HealthyBusy")
    _ = try world.send(session: sessionOne, ["mode": "Healthy"])
    #expect(try world.eventually { try world.sessions().isEmpty ? true : nil } == true)
    #expect(!AgentWorld.isAlive(busy))
  }

  @Test func oneThatDoesNotEndIsKilled() throws {
    let world = try AgentWorld { $0.stopMilliseconds = 100 }
    let process = try #require(try world.send(session: sessionOne, ["mode": "stubborn"]).json["pid"]?.intValue)
    #expect(try world.send("stopruntimesession", session: sessionOne).status == 200)
    #expect(!AgentWorld.isAlive(process))
  }

  @Test func allEndWithTheServer() throws {
    let world = try AgentWorld()
    let processes = try [sessionOne, sessionTwo].map { try #require(try world.send(session: $0).json["pid"]?.intValue) }
    world.server.stop()
    for process in processes { #expect(!AgentWorld.isAlive(process)) }
    #expect(try world.log(of: sessionOne).contains("drained"))
  }

  @Test func withoutProgramsThereIsNoRuntime() throws {
    var fixture = try ModelServerFixture(scenario: anyReply)
    let answer = try fixture.send("POST", "/runtimes/cost-agent/invocations", [:])
    #expect(answer.status == 404 && answer.headers["x-amzn-ErrorType"] == "ResourceNotFoundException")
    #expect(try answer.message.contains("none is registered"))
    #expect(try fixture.send("GET", "/_model/agents").json == ["agents": [], "sessions": []])
    #expect(try fixture.send("POST", "/runtimes/cost-agent/nothing", [:]).headers["x-amzn-ErrorType"] == "UnknownOperationException")
  }

  @Test func programsAreReadFromTheirOption() {
    #expect(AgentProgram("cost-agent=/a/b=c") == AgentProgram(name: "cost-agent", path: "/a/b=c"))
    for text in ["", "cost-agent", "=x", "cost-agent="] { #expect(AgentProgram(text) == nil) }
  }
}
