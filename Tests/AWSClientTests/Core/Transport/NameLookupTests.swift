import BlockingNameLookup
import Testing

@testable import AWSClient

/// A name server that does not answer holds up neither the call that asks it nor any other.
@Suite(.serialized, .timeLimit(.minutes(1))) struct NameLookupTests {
  @Test func timeLimitsAndCancellationsHoldWhileANameIsLookedUp() async throws {
    defer { blocked_lookups_release() }
    let server = TestServer { _ in TestServer.response([]) }
    defer { server.stop() }
    let transport = CurlTransport()
    let patient = HTTPRequest(method: "GET", url: "http://one.blocked.test/", connectTimeoutMilliseconds: 60_000)
    let cancelled = Task { try await transport.send(patient) }
    while blocked_lookups_waiting() == 0 { await Task.yield() }

    let late = HTTPRequest(
      method: "GET", url: "http://two.blocked.test/", timeoutMilliseconds: 100, connectTimeoutMilliseconds: 100)
    let error = await #expect(throws: AWSError.self) { try await transport.send(late) }
    #expect(error?.code == "ConnectionFailed")
    #expect(error?.isSureToHaveDoneNothing == true)

    cancelled.cancel()
    await #expect(throws: CancellationError.self) { try await cancelled.value }
    #expect(try await transport.send(HTTPRequest(method: "GET", url: server.url)).status == 200)
    // All of that before any look-up had ended.
    #expect(blocked_lookups_waiting() > 0)
    #expect(blocked_lookups_gave_up() == 0)
  }
}
