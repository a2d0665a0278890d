import Glibc
import JSON
import Testing

@testable import AWSClient

/// `credential_process` with real processes.
struct ProcessCredentialsTests {
  private let home: TemporaryHome
  private let clock = FakeClock()

  init() throws { home = try TemporaryHome() }

  private func provider(_ command: String, _ environment: [String: String] = [:]) throws -> any CredentialsProvider {
    try home.config("[default]\ncredential_process = \(command)\n")
    return try AWSConfiguration.fromEnvironment(Environment(home.environment(environment))).credentials
  }

  private func credentials(_ provider: any CredentialsProvider) async throws -> Credentials {
    try await provider.credentials(using: FakeTransport([]), clock: clock)
  }

  private func failure(_ command: String) async throws -> AWSError? {
    let provider = try provider(command)
    let error = await #expect(throws: AWSError.self) { try await credentials(provider) }
    if let error { CredentialsProvidersTests.expectNoSecret(in: error) }
    return error
  }

  private func script(_ text: String) throws -> String { try home.write("#!/bin/sh\n\(text)\n", to: "my keys", mode: 0o700) }

  @Test func whatAProgramPrintsIsTaken() async throws {
    let path = try script(#"printf '{"Version":1,"AccessKeyId":"%s","SecretAccessKey":"%s","SessionToken":"t"}' "$1" "$HOME""#)
    let provider = try provider(#""\#(path)" 'a key' "$HOME""#)
    let credentials = try await credentials(provider)
    // Without a shell, a variable is a word like any other.
    #expect(credentials == Credentials(accessKeyID: "a key", secretAccessKey: home.path, sessionToken: "t"))
  }

  @Test func aProgramIsFoundInThePath() async throws {
    let provider = try provider(#"printf '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s"}'"#)
    #expect(try await credentials(provider).accessKeyID == "A")
  }

  @Test func credentialsThatEndAreAskedForAgain() async throws {
    let end = ISO8601.text(milliseconds: clock.nowMilliseconds + 3_600_000)
    let path = try script(
      "echo x >>\"$HOME/count\"\necho '{\"Version\":1,\"AccessKeyId\":\"A'$(wc -l <\"$HOME/count\")'\",\"SecretAccessKey\":\"s\",\"Expiration\":\"\(end)\"}'"
    )
    let provider = try provider("'\(path)'")
    for _ in 0..<2 { #expect(try await credentials(provider).accessKeyID == "A1") }
    clock.advance(milliseconds: 3_000_000)
    #expect(try await credentials(provider).accessKeyID == "A2")
  }

  @Test func aProgramThatFailsIsToldWithoutItsSecrets() async throws {
    let path = try script(
      "echo 'please sign in: token=SESSION-TOKEN-0123456789 key SECRET-KEY-0123456789/abc' >&2\necho 'SECRET-KEY-0123456789'\nexit 3")
    let error = try await failure("'\(path)' ACCESS-TOKEN-0123456789")
    #expect(error?.message.contains("status 3: please sign in") == true, "\(error?.message ?? "")")
    #expect(error?.code == "CredentialsUnavailable")
  }

  @Test(
    arguments: [
      ("echo SECRET-KEY-0123456789", "no JSON object"), (#"echo '{"SecretAccessKey":"SECRET-KEY-0123456789"}'"#, "version (none)"),
      (#"echo '{"Version":2,"SecretAccessKey":"SECRET-KEY-0123456789"}'"#, "version 2"),
      (#"echo '{"Version":1,"SecretAccessKey":"SECRET-KEY-0123456789"}'"#, "AccessKeyId"),
      (#"echo '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"SECRET-KEY-0123456789","Expiration":"soon"}'"#, "Expiration"),
      ("yes SECRET-KEY-0123456789", "more than"), ("kill -9 $$", "status 137"), ("exit 0", "no JSON object"),
    ]) func whatIsNoAnswerIsAnErrorWithoutSecrets(text: String, reason: String) async throws
  {
    let path = try script(text)
    let error = try await failure("'\(path)'")
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }

  @Test func aProgramThatIsNotThereIsNamed() async throws {
    #expect(try await failure("/nowhere/keys SECRET-KEY-0123456789")?.message.contains("/nowhere/keys") == true)
    #expect(try await failure("'open SECRET-KEY-0123456789")?.message.contains("quote") == true)
  }

  @Test(.timeLimit(.minutes(1))) func aProgramThatDoesNotEndIsEndedWithWhatItStarted() async {
    let outcome = await CredentialProcess.run(
      ["/bin/sh", "-c", "sleep 1000 & echo started; wait"], environment: ["PATH": "/usr/bin:/bin"], timeoutMilliseconds: 50)
    guard case .timedOut = outcome else {
      Issue.record("\(outcome)")
      return
    }
  }

  @Test(.timeLimit(.minutes(1))) func aProgramGetsNoInputOfThisProcess() async {
    let outcome = await CredentialProcess.run(["cat"], environment: ["PATH": "/usr/bin:/bin"], timeoutMilliseconds: 30_000)
    guard case .ended(status: 0, output: [], error: []) = outcome else {
      Issue.record("\(outcome)")
      return
    }
  }
}
