import Glibc
import JSON
import Testing

@testable import AWSClient

struct CredentialsTests {
  private func provider(_ environment: [String: String]) throws -> any CredentialsProvider {
    try AWSConfiguration.fromEnvironment(Environment(environment.merging(["AWS_REGION": "us-east-1"]) { $1 })).credentials
  }

  private func answer(id: String, secondsLeft: Int64, clock: FakeClock) -> FakeTransport.Answer {
    let end = ISO8601.text(milliseconds: clock.nowMilliseconds + secondsLeft * 1_000)
    return .json(#"{"AccessKeyId":"\#(id)","SecretAccessKey":"s","Token":"t","Expiration":"\#(end)","RoleArn":"r"}"#)
  }

  @Test func keysOfTheEnvironmentComeFirst() async throws {
    let provider = try provider([
      "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x",
    ])
    let credentials = try await provider.credentials(using: FakeTransport([]), clock: FakeClock())
    #expect(credentials == Credentials(accessKeyID: "AKIA", secretAccessKey: "s", sessionToken: "t"))
  }

  @Test func withoutASourceTheErrorSaysWhatToSet() async throws {
    let provider = try provider(["AWS_EC2_METADATA_DISABLED": "true"])
    let error = await #expect(throws: AWSError.self) { try await provider.credentials(using: FakeTransport([]), clock: FakeClock()) }
    #expect(error?.code == "CredentialsUnavailable")
    #expect(error?.mentions("AWS_ACCESS_KEY_ID") == true)
  }

  @Test func aRelativeURIIsAskedOfTheContainersAgent() async throws {
    let clock = FakeClock()
    let transport = FakeTransport([answer(id: "A", secondsLeft: 21_600, clock: clock)])
    let provider = try provider(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/abc"])
    let credentials = try await provider.credentials(using: transport, clock: clock)
    #expect(credentials.accessKeyID == "A")
    #expect(credentials.sessionToken == "t")
    #expect(credentials.expirationMilliseconds == clock.nowMilliseconds + 21_600_000)
    let request = try #require(transport.requests.first)
    #expect(request.url == "http://169.254.170.2/v2/credentials/abc")
    #expect(request.bypassesProxy)
    #expect(request.headers["authorization"] == nil)
  }

  @Test func theTokenFileIsReadAtEachFetch() async throws {
    let path = "/tmp/arbiter-token-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    defer { unlink(path) }
    func write(_ text: String) throws {
      let file = try #require(fopen(path, "w"))
      fputs(text, file)
      fclose(file)
    }
    let clock = FakeClock()
    let transport = FakeTransport([answer(id: "A", secondsLeft: 60, clock: clock), answer(id: "B", secondsLeft: 21_600, clock: clock)])
    let provider = try provider([
      "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials?x=1", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": path,
      "AWS_CONTAINER_AUTHORIZATION_TOKEN": "not this one",
    ])
    try write("first\n")
    _ = try await provider.credentials(using: transport, clock: clock)
    clock.advance(milliseconds: 30_000)
    try write("second")
    _ = try await provider.credentials(using: transport, clock: clock)
    #expect(transport.requests.map { $0.headers["authorization"] } == ["first", "second"])
    #expect(transport.requests.first?.url == "http://169.254.170.23/v1/credentials?x=1")
    clock.advance(milliseconds: 21_600_000)
    try write("two\nlines")
    let error = await #expect(throws: AWSError.self) { try await provider.credentials(using: transport, clock: clock) }
    #expect(error?.mentions(path) == true)
    #expect(error?.mentions("two") == false)
  }

  @Test func theTokenOfTheEnvironmentIsOneLine() async throws {
    let clock = FakeClock()
    let transport = FakeTransport([answer(id: "A", secondsLeft: 60, clock: clock)])
    func provider(_ token: String) throws -> ContainerCredentialsProvider {
      try #require(
        try ContainerCredentialsProvider(environment: [
          "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/", "AWS_CONTAINER_AUTHORIZATION_TOKEN": token,
        ]))
    }
    _ = try await provider("Bearer t\n").credentials(using: transport, clock: clock)
    #expect(transport.requests.map { $0.headers["authorization"] } == ["Bearer t"])
    let error = await #expect(throws: AWSError.self) {
      try await provider("Bearer t\nHost: elsewhere").credentials(using: transport, clock: clock)
    }
    #expect(error?.mentions("AWS_CONTAINER_AUTHORIZATION_TOKEN has more than one line") == true)
    #expect(error?.mentions("elsewhere") == false)
    #expect(transport.requests.count == 1)
  }

  @Test(arguments: ["http://example.com/creds", "http://10.0.0.1/creds", "http://127.0.0.1.example.com/", "ftp://localhost/"])
  func theTokenDoesNotLeaveTheMachineInTheClear(url: String) async throws {
    let provider = try provider(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "t"])
    let transport = FakeTransport([])
    let error = await #expect(throws: AWSError.self) { try await provider.credentials(using: transport, clock: FakeClock()) }
    #expect(error?.code == "InvalidConfiguration")
    #expect(transport.requests.isEmpty)
  }

  @Test(arguments: [
    "https://example.com/creds", "http://localhost:80/creds", "http://127.0.0.53/creds", "http://[::1]:1/", "http://[fd00:ec2::23]/",
  ])
  func trustedAddressesAreTaken(url: String) async throws {
    let clock = FakeClock()
    let provider = try provider(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url])
    let transport = FakeTransport([answer(id: "A", secondsLeft: 3_600, clock: clock)])
    #expect(try await provider.credentials(using: transport, clock: clock).accessKeyID == "A")
  }

  @Test func credentialsAreKeptAndFetchedAgainBeforeTheyEnd() async throws {
    let clock = FakeClock()
    let transport = FakeTransport([answer(id: "A", secondsLeft: 3_600, clock: clock), answer(id: "B", secondsLeft: 7_200, clock: clock)])
    let provider = try provider(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"])
    for _ in 0..<3 { #expect(try await provider.credentials(using: transport, clock: clock).accessKeyID == "A") }
    #expect(transport.requests.count == 1)
    clock.advance(milliseconds: 2_701_000)
    #expect(try await provider.credentials(using: transport, clock: clock).accessKeyID == "B")
  }

  /// A role's shortest session ends 15 minutes after it began, which is when credentials are renewed.
  @Test func credentialsThatEndSoonAreNotFetchedForEachRequest() async throws {
    let clock = FakeClock()
    let transport = FakeTransport([answer(id: "A", secondsLeft: 899, clock: clock), answer(id: "B", secondsLeft: 899, clock: clock)])
    let provider = try provider(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"])
    for _ in 0..<3 { #expect(try await provider.credentials(using: transport, clock: clock).accessKeyID == "A") }
    clock.advance(milliseconds: 60_000)
    #expect(try await provider.credentials(using: transport, clock: clock).accessKeyID == "B")
    #expect(transport.requests.count == 2)
  }

  @Test func oldCredentialsServeWhileTheSourceDoesNotAnswer() async throws {
    let clock = FakeClock()
    let transport = FakeTransport([answer(id: "A", secondsLeft: 600, clock: clock), .json("", status: 404)])
    let provider = try provider(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"])
    _ = try await provider.credentials(using: transport, clock: clock)
    clock.advance(milliseconds: 60_000)
    #expect(try await provider.credentials(using: transport, clock: clock).accessKeyID == "A")
    #expect(try await provider.credentials(using: transport, clock: clock).accessKeyID == "A")
    // The third time, the source is left alone for a while.
    #expect(transport.requests.count == 2)
    clock.advance(milliseconds: 600_000)
    await #expect(throws: AWSError.self) { try await provider.credentials(using: transport, clock: clock) }
  }

  @Test func aBusySourceIsAskedThreeTimes() async throws {
    let clock = FakeClock()
    let transport = FakeTransport([.json("", status: 503), .json("", status: 500), answer(id: "A", secondsLeft: 3_600, clock: clock)])
    let provider = try provider(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"])
    #expect(try await provider.credentials(using: transport, clock: clock).accessKeyID == "A")
  }

  @Test(arguments: ["{}", #"{"AccessKeyId":"a"}"#, "<html>", #"{"AccessKeyId":"a","SecretAccessKey":"very secret","Expiration":"soon"}"#])
  func anAnswerWithoutCredentialsIsAnErrorWithoutSecrets(body: String) async throws {
    let provider = try provider(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"])
    let error = await #expect(throws: AWSError.self) {
      try await provider.credentials(using: FakeTransport([.json(body)]), clock: FakeClock())
    }
    #expect(error?.code == "CredentialsUnavailable")
    #expect(error?.mentions("very secret") == false)
  }

  @Test func callersShareOneFetch() async throws {
    let clock = FakeClock()
    let transport = FakeTransport([answer(id: "A", secondsLeft: 3_600, clock: clock)])
    let provider = try provider(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"])
    let ids = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<20 { group.addTask { try await provider.credentials(using: transport, clock: clock).accessKeyID } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(ids == Array(repeating: "A", count: 20))
    #expect(transport.requests.count == 1)
  }

  /// Answers no request before its task is cancelled.
  private struct SilentTransport: HTTPTransport {
    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
      try await Task.sleep(for: .seconds(86_400))
      return HTTPResponse(status: 500)
    }
    func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse { throw CancellationError() }
  }

  @Test(.timeLimit(.minutes(1))) func aSourceThatIsSilentIsNotWaitedForPastTheDeadline() async throws {
    let clock = FakeClock()
    let provider = try provider(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"])
    let error = await RequestContext.$deadlineMilliseconds.withValue(clock.nowMilliseconds + 1_000) {
      await #expect(throws: AWSError.self) { try await provider.credentials(using: SilentTransport(), clock: clock) }
    }
    #expect(error?.code == "DeadlineExceeded")
    #expect(clock.sleptMilliseconds == [950])
  }

  @Test(.timeLimit(.minutes(1))) func aCancelledCallerDoesNotWaitForASourceThatIsSilent() async throws {
    let provider = try provider(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"])
    let task = Task { try await provider.credentials(using: SilentTransport(), clock: FakeClock()) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func descriptionsShowNoSecret() {
    let credentials = Credentials(accessKeyID: "AKIA", secretAccessKey: "very secret", sessionToken: "token")
    var dumped = ""
    dump(credentials, to: &dumped)
    dump([credentials], to: &dumped)
    for text in ["\(credentials)", "\([credentials])", String(reflecting: credentials), "\(Optional(credentials) as Any)", dumped] {
      #expect(text.firstRange(of: "very secret") == nil && text.firstRange(of: "token") == nil, "\(text)")
    }
  }
}
