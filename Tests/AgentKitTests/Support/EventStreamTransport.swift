import AWSClient
import JSON
import Synchronization

/// Answers a request for a stream with frames, in pieces of a given size, and one without streaming with the whole answer.
final class EventStreamTransport: HTTPTransport {
  private let frames: [[UInt8]]
  private let pieceBytes: Int
  /// False for a stream that stands still after its last frame.
  private let ends: Bool
  private let sent = Mutex<[HTTPRequest]>([])

  init(_ frames: [[UInt8]], pieceBytes: Int = 7, ends: Bool = true) {
    self.frames = frames
    self.pieceBytes = pieceBytes
    self.ends = ends
  }

  convenience init(_ response: ConverseResponse, pieceBytes: Int = 7) {
    self.init(ConverseFrame.events(of: response).map(\.frame), pieceBytes: pieceBytes)
  }

  var requests: [HTTPRequest] { sent.withLock { $0 } }

  var client: BedrockRuntimeClient {
    let credentials = StaticCredentialsProvider(Credentials(accessKeyID: "AKIATEST", secretAccessKey: "secret"))
    return BedrockRuntimeClient(
      AWSClient(configuration: AWSConfiguration(region: "us-east-1", credentials: credentials), transport: self))
  }

  func send(_ request: HTTPRequest) async throws -> HTTPResponse { HTTPResponse(status: 404) }

  func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
    sent.withLock { $0.append(request) }
    let (body, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self, throwing: (any Error).self)
    let bytes = frames.flatMap(\.self)
    for start in stride(from: 0, to: bytes.count, by: pieceBytes) {
      continuation.yield(Array(bytes[start..<min(start + pieceBytes, bytes.count)]))
    }
    if ends { continuation.finish() }
    return HTTPStreamingResponse(status: 200, headers: [:], body: body)
  }

  static func event(_ type: String, _ payload: JSONValue) -> [UInt8] { ConverseFrame(type, payload).frame }

  static func exception(_ type: String, _ message: String) -> [UInt8] {
    EventStreamEncoder.message(
      headers: [(":exception-type", type), (":content-type", "application/json"), (":message-type", "exception")],
      payload: (["message": .string(message)] as JSONValue).bytes)
  }
}
