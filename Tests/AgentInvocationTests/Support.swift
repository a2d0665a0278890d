import AWSClient
import JSON
import LambdaRuntime
import Synchronization
import Telemetry
import Testing

@testable import AgentInvocation

/// Answers requests from a list, and remembers them.
final class ListTransport: HTTPTransport {
  enum Answer: Sendable, CustomTestStringConvertible {
    case response(status: Int, headers: HTTPHeaders, pieces: [[UInt8]])
    case failure(AWSError)

    static func json(_ text: String, status: Int = 200, headers: HTTPHeaders = ["content-type": "application/json"]) -> Answer {
      .response(status: status, headers: headers, pieces: [Array(text.utf8)])
    }

    /// A line of the log for each case of a test, without the bytes.
    var testDescription: String {
      switch self {
      case .response(let status, let headers, let pieces):
        "\(status) \(headers["x-amzn-errortype"] ?? ""), \(pieces.reduce(0) { $0 + $1.count }) bytes"
      case .failure(let error): error.code
      }
    }

    /// As the service writes its errors.
    static func refusal(_ code: String, _ status: Int, _ message: String) -> Answer {
      .json(JSONValue.object(["message": .string(message)]).text, status: status, headers: ["x-amzn-errortype": code])
    }
  }

  private let state: Mutex<(answers: [Answer], requests: [HTTPRequest])>

  init(_ answers: [Answer]) { state = Mutex((answers, [])) }

  var requests: [HTTPRequest] { state.withLock { $0.requests } }

  func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    let streamed = try await stream(request)
    var response = HTTPResponse(status: streamed.status, headers: streamed.headers)
    for try await piece in streamed.body { response.body += piece }
    return response
  }

  func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
    let answer = try state.withLock { state in
      state.requests.append(request)
      guard !state.answers.isEmpty else { throw AWSError(code: "NoAnswerLeft", message: "the test has no answer for this request") }
      return state.answers.removeFirst()
    }
    switch answer {
    case .failure(let error): throw error
    case .response(let status, let headers, let pieces):
      let (body, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self, throwing: (any Error).self)
      for piece in pieces { continuation.yield(piece) }
      continuation.finish()
      return HTTPStreamingResponse(status: status, headers: headers, body: body)
    }
  }
}

/// A clock that stands still but for the sleeps it is asked for.
final class StillClock: AWSClock {
  private let now = Mutex<Int64>(1_440_938_160_000)
  private let sleeps = Mutex(0)

  var nowMilliseconds: Int64 { now.withLock { $0 } }
  var sleepCount: Int { sleeps.withLock { $0 } }
  func sleep(milliseconds: Int64) async throws {
    now.withLock { $0 += milliseconds }
    sleeps.withLock { $0 += 1 }
  }
  func randomFraction() -> Double { 0.5 }
}

extension AWSClient {
  static func test(_ transport: ListTransport, configure: (inout AWSConfiguration) -> Void = { _ in }) -> AWSClient {
    var configuration = AWSConfiguration(
      region: "us-east-1", credentials: StaticCredentialsProvider(Credentials(accessKeyID: "AKIATEST", secretAccessKey: "secret+/x")))
    configure(&configuration)
    return AWSClient(configuration: configuration, transport: transport, clock: StillClock())
  }
}

/// Keeps log lines.
final class Lines: Sendable {
  private let text = Mutex("")
  var all: String { text.withLock { $0 } }
  func add(_ bytes: [UInt8]) { text.withLock { $0 += String(decoding: bytes, as: UTF8.self) } }
}

let runtimeARN = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/cost_agent-0123456789"
let session = "7bf73129-1428-4cd3-a780-95db273d1602"
let environment = [
  "AGENT_CORE_RUNTIME_ARN": runtimeARN, "S3_BUCKET_NAME": "agent-data-test", "JOURNAL_TABLE_NAME": "agents-table-test",
]
