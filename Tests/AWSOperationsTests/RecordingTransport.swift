import AWSClient
import JSON
import Synchronization

/// Answers from a list, and keeps what was asked.
final class RecordingTransport: HTTPTransport {
  private struct State {
    var requests: [HTTPRequest] = []
    var answers: [HTTPResponse]
  }
  private let state: Mutex<State>

  init(_ answers: HTTPResponse...) { state = Mutex(State(answers: answers)) }

  var requests: [HTTPRequest] { state.withLock { $0.requests } }

  func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    try state.withLock { state in
      state.requests.append(request)
      guard !state.answers.isEmpty else { throw AWSError(code: "NoAnswer", message: "no answer is left for \(request)") }
      return state.answers.removeFirst()
    }
  }

  func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse { throw AWSError(code: "NoStream", message: "") }

  func client(region: String = "eu-central-1", _ change: (inout AWSConfiguration) -> Void = { _ in }) -> AWSClient {
    var configuration = AWSConfiguration(
      region: region, credentials: StaticCredentialsProvider(Credentials(accessKeyID: "AKID", secretAccessKey: "secret")),
      maximumAttempts: 1)
    change(&configuration)
    return AWSClient(configuration: configuration, transport: self)
  }
}

extension HTTPResponse {
  static func json(_ value: JSONValue, status: Int = 200) -> HTTPResponse { HTTPResponse(status: status, body: value.bytes) }

  static func xml(_ text: String, status: Int = 200, headers: HTTPHeaders = HTTPHeaders()) -> HTTPResponse {
    HTTPResponse(status: status, headers: headers, body: Array(text.utf8))
  }
}
