import Synchronization

@testable import AWSClient

/// Answers requests from a list, and remembers them.
final class FakeTransport: HTTPTransport {
  enum Answer: Sendable {
    case response(HTTPResponse)
    case failure(AWSError)
    /// A stream of these pieces.
    case stream(status: Int, [[UInt8]])
  }
  private struct State {
    var answers: [Answer]
    var requests: [HTTPRequest] = []
  }
  private let state: Mutex<State>

  init(_ answers: [Answer]) { state = Mutex(State(answers: answers)) }

  var requests: [HTTPRequest] { state.withLock { $0.requests } }

  private func next(_ request: HTTPRequest) throws -> Answer {
    try state.withLock { state in
      state.requests.append(request)
      guard !state.answers.isEmpty else { throw AWSError(code: "NoAnswerLeft", message: "the test has no answer for this request") }
      return state.answers.removeFirst()
    }
  }

  func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    switch try next(request) {
    case .response(let response): return response
    case .failure(let error): throw error
    case .stream(let status, let pieces): return HTTPResponse(status: status, body: pieces.flatMap { $0 })
    }
  }

  func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
    let answer = try next(request)
    let (body, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self, throwing: (any Error).self)
    defer { continuation.finish() }
    switch answer {
    case .failure(let error): throw error
    case .response(let response):
      continuation.yield(response.body)
      return HTTPStreamingResponse(status: response.status, headers: response.headers, body: body)
    case .stream(let status, let pieces):
      for piece in pieces { continuation.yield(piece) }
      return HTTPStreamingResponse(status: status, headers: HTTPHeaders(), body: body)
    }
  }
}

extension FakeTransport.Answer {
  static func json(_ text: String, status: Int = 200, headers: HTTPHeaders = HTTPHeaders()) -> Self {
    .response(HTTPResponse(status: status, headers: headers, body: Array(text.utf8)))
  }
}

/// A clock that stands still but for the sleeps it is asked for.
final class FakeClock: AWSClock {
  private let now: Mutex<Int64>
  private let sleeps = Mutex<[Int64]>([])
  private let fraction: Double

  init(now: Int64 = 1_440_938_160_000, fraction: Double = 0.5) {
    self.now = Mutex(now)
    self.fraction = fraction
  }

  var nowMilliseconds: Int64 { now.withLock { $0 } }
  var sleptMilliseconds: [Int64] { sleeps.withLock { $0 } }

  func advance(milliseconds: Int64) { now.withLock { $0 += milliseconds } }

  func sleep(milliseconds: Int64) async throws {
    try Task.checkCancellation()
    advance(milliseconds: milliseconds)
    sleeps.withLock { $0.append(milliseconds) }
  }

  func randomFraction() -> Double { fraction }
}

extension AWSClient {
  /// A client for tests: fixed credentials and a made-up world.
  static func fake(
    _ transport: FakeTransport, clock: FakeClock = FakeClock(), configure: (inout AWSConfiguration) -> Void = { _ in }
  ) -> AWSClient {
    var configuration = AWSConfiguration(
      region: "us-east-1", credentials: StaticCredentialsProvider(Credentials(accessKeyID: "AKIATEST", secretAccessKey: "secret+/x")))
    configure(&configuration)
    return AWSClient(configuration: configuration, transport: transport, clock: clock)
  }
}
