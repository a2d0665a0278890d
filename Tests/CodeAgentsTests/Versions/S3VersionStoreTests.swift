import AWSClient
import AgentKit
import CodeAgents
import JSON
import Orchestration
import SimulatedAWS
import Synchronization
import Testing

/// Versions on S3, which is asked over again when an answer is lost.
@Suite struct S3VersionStoreTests {
  private let bucket = BucketTransport()

  private func store() throws -> VersionStore {
    let configuration = try AWSConfiguration.fromEnvironment([
      "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    ])
    let client = S3Client(AWSClient(configuration: configuration, transport: bucket, clock: NoWaiting()))
    return VersionStore(blobs: S3BlobStore(client: client, bucket: "code"), clock: SteppingClock())
  }

  @Test func everyVersionIsWrittenOnCondition() async throws {
    let version = try await store().publish(try LifecycleWorld.draft())
    #expect(bucket.keys == ["agents/csv/\(version.moduleSHA256).js", "agents/csv/versions/00001.json"])
    #expect(bucket.puts.allSatisfy { $0 == "*" })
    #expect(try await store().load(.agent, version.id, 1, sha256: version.sha256) == version)
  }

  @Test func aPublicationWhoseAnswersAreLostIsDoneOnce() async throws {
    bucket.loseAnswers(2)
    #expect(try await store().publish(try LifecycleWorld.draft()).number == 1)
    #expect(bucket.keys.count == 2)
  }

  @Test func aWriteThatMeetsAnotherOfTheSameKeyIsRepeated() async throws {
    bucket.conflict(3)
    #expect(try await store().publish(try LifecycleWorld.draft()).number == 1)
    #expect(bucket.puts.count == 5)
  }

  @Test func aNumberThatSomebodyElseTookMeanwhileIsNotTakenAgain() async throws {
    let store = try store()
    _ = try await store.publish(try LifecycleWorld.draft("csv", "one"))
    #expect(try await store.publish(try LifecycleWorld.draft("csv", "two")).number == 2)
    #expect(try await store.numbers(.agent, try CodeIdentifier("csv")) == [1, 2])
  }
}

/// One bucket in memory behind a transport that may lose answers.
// Unchecked: the bucket never leaves the lock.
private final class BucketTransport: HTTPTransport, @unchecked Sendable {
  private let buckets = SimulatedBuckets(["code"])
  private let lock = Mutex(())
  private var lost = 0
  private var conflicts = 0
  private var conditions: [String?] = []

  var keys: [String] { lock.withLock { _ in buckets.objects(in: "code").map(\.key) } }
  /// What each PutObject was conditional on.
  var puts: [String?] { lock.withLock { _ in conditions } }
  func loseAnswers(_ count: Int) { lock.withLock { _ in lost = count } }
  func conflict(_ count: Int) { lock.withLock { _ in conflicts = count } }

  func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    try lock.withLock { _ in
      if request.method == "PUT" {
        conditions.append(request.headers["if-none-match"])
        if conflicts > 0 {
          conflicts -= 1
          return HTTPResponse(
            status: 409,
            body: Array("<Error><Code>ConditionalRequestConflict</Code><Message>A conflicting operation occurred.</Message></Error>".utf8))
        }
      }
      let response = buckets.answer(request, nowMilliseconds: 1_800_000_000_000)
      guard request.method == "PUT", lost > 0 else { return response }
      lost -= 1
      throw AWSError(code: AWSError.lostCode, message: "the connection was lost", isRetryable: true)
    }
  }

  func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
    throw AWSError(code: AWSError.invalidInputCode, message: "nothing is streamed here")
  }
}

private struct NoWaiting: AWSClock {
  let nowMilliseconds: Int64 = 1_800_000_000_000
  func sleep(milliseconds: Int64) async throws {}
  func randomFraction() -> Double { 0.5 }
}
