import AWSClient
import JSON
import Synchronization

/// A network that answers requests by a script, and keeps what was asked.
final class ScriptedTransport: HTTPTransport {
  private let script: @Sendable (JSONValue, Int) -> (status: Int, body: JSONValue)
  private let seen = Mutex<[JSONValue]>([])

  init(_ script: @escaping @Sendable (JSONValue, Int) -> (status: Int, body: JSONValue)) { self.script = script }

  /// The bodies of all requests so far.
  var requests: [JSONValue] { seen.withLock { $0 } }

  func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    let body = try JSONValue(parsing: request.body)
    let index = seen.withLock { seen in
      seen.append(body)
      return seen.count - 1
    }
    let answer = script(body, index)
    return HTTPResponse(status: answer.status, body: answer.body.bytes)
  }

  func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse { throw Refused() }

  var client: AWSClient {
    get throws {
      AWSClient(
        configuration: try .fromEnvironment(["AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s"]),
        transport: self, clock: ManualClock())
    }
  }
}
