import AWSClient
import AgentKit
import CostOptimizer
import JSON
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import AgentServer
@testable import CostAgent

/// An invocation starts a session in the background; what becomes of it is in the journal.
@Suite struct CostAgentHandlerTests {
  private static let environment: Environment = ["JOURNAL_TABLE_NAME": "journal", "S3_BUCKET_NAME": "reports"]

  @Test func aSessionStartsOnceAtATime() async throws {
    let agent = Agent()
    #expect(try await agent.invoke(["session_id": "one"]) == ["status": "started", "session_id": "one"])
    #expect(try await agent.invoke(["session_id": "one"]) == ["status": "already_running", "session_id": "one"])
    #expect(agent.background.health.status == .healthyBusy)
    agent.isDiscovered.open()
    await agent.end()
    #expect(agent.background.health.status == .healthy)
    // Nothing of it is left here; the journal is what tells that it has ended.
    #expect(try await agent.invoke(["session_id": "one"]) == ["status": "started", "session_id": "one"])
    await agent.end()
    #expect(try await agent.store.session("one", nowSeconds: 0)?.status == .completed)
    #expect(agent.discoveries.all == ["one"])
  }

  @Test func sessionsOfOneProcessHaveTheirOwnState() async throws {
    let agent = Agent()
    for name in ["one", "two", "three"] { #expect(try await agent.invoke(["session_id": .string(name)])["status"] == "started") }
    agent.isDiscovered.open()
    await agent.end()
    #expect(Set(agent.discoveries.all) == ["one", "two", "three"])
    for name in ["one", "two", "three"] {
      let journal = try #require(try await agent.store.journal(of: name, nowSeconds: 0))
      #expect(journal.session?.status == .completed && journal.tasks.count == Phase.allCases.count, "\(journal)")
    }
  }

  @Test func theEndOfTheProcessIsTheEndOfTheSession() async throws {
    let agent = Agent()
    _ = try await agent.invoke(["session_id": "one"])
    await agent.isStarted.wait()
    agent.background.registry.close()
    agent.background.registry.cancelAll()
    agent.isDiscovered.open()
    await agent.end()
    let session = try #require(try await agent.store.session("one", nowSeconds: 0))
    #expect(session.status == .failed && session.errorMessage == CostAgentSession.terminated)
    await #expect(throws: AgentRequestError.self) { _ = try await agent.invoke(["session_id": "two"]) }
    #expect(try await agent.store.session("two", nowSeconds: 0) == nil)
  }

  @Test func moreSessionsThanThereIsRoomForAreRefusedAndCanComeAgain() async throws {
    let agent = Agent(limit: 1)
    _ = try await agent.invoke(["session_id": "one"])
    let error = await #expect(throws: AgentRequestError.self) { _ = try await agent.invoke(["session_id": "two"]) }
    #expect(error?.status == 503)
    agent.isDiscovered.open()
    await agent.end()
    #expect(try await agent.invoke(["session_id": "two"])["status"] == "started")
    await agent.end()
  }

  @Test(
    arguments: [
      ([:], "session_id is absent"), (["session_id": 5], "session_id is a number; expected a string"), ("text", "the payload is a string"),
      (["session_id": "a/b"], "session_id is \"a/b\""), (["session_id": "a", "s3_bucket_name": []], "s3_bucket_name is an array"),
    ] as [(JSONValue, String)])
  func aPayloadThatIsWrongIsToldWhatIsWrong(payload: JSONValue, problem: String) async throws {
    let agent = Agent()
    let error = await #expect(throws: AgentRequestError.self) { _ = try await agent.invoke(payload) }
    #expect(error?.status == 400 && error?.message == "Invalid payload" && error?.details?.contains(problem) == true, "\(error as Any)")
    #expect(agent.background.health.status == .healthy)
  }

  @Test func theSessionOfTheHeaderIsTheOneOfAPayloadWithoutOne() async throws {
    let agent = Agent()
    #expect(try await agent.invoke(["prompt": "hello"], session: "from-the-header")["session_id"] == "from-the-header")
    #expect(try await agent.invoke(["session_id": "own"], session: "from-the-header")["session_id"] == "own")
    agent.isDiscovered.open()
    await agent.end()
  }

  /// A handler whose sessions wait in their first phase.
  private final class Agent: Sendable {
    let store = InMemoryJournalStore()
    let background: BackgroundWork
    let isStarted = Gate()
    let isDiscovered = Gate()
    /// The sessions that looked at the account.
    let discoveries = Names()
    private let handler: CostAgentHandler

    init(limit: Int = 16) {
      background = BackgroundWork(limit: limit, nowSeconds: { 0 })
      let (store, started, discovered, discoveries, blobs) = (store, isStarted, isDiscovered, discoveries, InMemoryBlobStore())
      handler = CostAgentHandler(environment: CostAgentHandlerTests.environment) { request in
        let parts = CostAgentParts(
          store: { _ in store },
          analysis: { request in
            AnalysisParts(
              discover: {
                discoveries.append(request.sessionID)
                started.open()
                await discovered.wait()
                return Inventory(accountID: "123456789012", region: "us-east-1")
              },
              collectUsage: { _, _, _ in throw AgentRequestError("no metrics here") }, decide: { _, _ in ([], [], []) },
              estimate: { _, _, _ in ([], [], [], "none") },
              render: { report in [ReportDocument(name: ReportDocument.reportName, contentType: "text/plain", text: report.sessionID)] },
              blobs: blobs)
          },
          model: nil, region: "us-east-1", pause: { _ in try await Task.sleep(for: .seconds(3600)) }, logger: .silent, printLine: { _ in })
        return CostAgentSession(request: request, settings: CostAgentSettings(), parts: parts)
      }
    }

    func invoke(_ payload: JSONValue, session: String? = nil) async throws -> JSONValue {
      let request = AgentRequest(
        payload: payload, body: payload.bytes, context: InvocationContext(sessionID: session), background: background)
      guard case .json(let bytes, status: 200) = try await handler.handle(request).content else { return nil }
      return try JSONValue(parsing: bytes)
    }

    /// Waits until nothing runs, on a thread of its own: the pool's are the sessions' as well.
    func end() async {
      let registry = background.registry
      await withCheckedContinuation { continuation in
        let isStarted = startThread {
          _ = registry.waitUntilIdle(untilMilliseconds: monotonicMilliseconds() + 60_000)
          continuation.resume()
        }
        if !isStarted { continuation.resume() }
      }
    }
  }
}

private final class Names: Sendable {
  private let names = Mutex<[String]>([])
  var all: [String] { names.withLock { $0 } }
  func append(_ name: String) { names.withLock { $0.append(name) } }
}
