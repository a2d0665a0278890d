import Glibc
import JSON
import Synchronization

/// Lambda's Runtime API for one invocation of one function that runs on this machine.
///
/// The first GET next gets the event; a second one waits until `stop`, as Lambda lets an idle environment wait.
/// Source: Lambda Runtime API, version 2018-06-01.
public final class RuntimeAPIServer: Sendable {
  /// What the function is to handle.
  public struct Invocation: Sendable {
    public let requestID: String
    public let event: [UInt8]
    public let functionARN: String
    public let traceHeader: String
    /// How long it may take from the first GET next, in milliseconds.
    public let timeoutMilliseconds: Int

    public init(requestID: String, event: [UInt8], functionARN: String, traceHeader: String, timeoutMilliseconds: Int) {
      self.requestID = requestID
      self.event = event
      self.functionARN = functionARN
      self.traceHeader = traceHeader
      self.timeoutMilliseconds = timeoutMilliseconds
    }
  }

  /// How the invocation ended.
  public enum Outcome: Sendable {
    case response([UInt8])
    /// The function answered with an error; the type is that of the header, "Category.Reason".
    case failure(type: String, body: [UInt8])
    /// The runtime could not start.
    case initializationFailure(type: String, body: [UInt8])
    /// The program ended before it answered: Lambda's `Runtime.ExitError`.
    case exited(status: Int32)
    case timedOut
  }

  private final class Endpoint: WebHandler {
    let invocation: Invocation
    let outcome = Monitor<Outcome?>(nil)
    let stopped = Monitor(false)
    /// When the first GET next came, in microseconds of the monotonic clock.
    let asked = Mutex<Int64?>(nil)

    init(_ invocation: Invocation) { self.invocation = invocation }

    func handle(_ request: WebRequest, _ responder: WebResponder) throws {
      let base = "/2018-06-01/runtime"
      let invocationPath = "\(base)/invocation/\(invocation.requestID)"
      let errorType = request.headers["Lambda-Runtime-Function-Error-Type"] ?? "Unknown"
      switch (request.method, request.path) {
      case ("GET", "\(base)/invocation/next"): try next(responder)
      case ("POST", "\(invocationPath)/response"): try end(.response(request.body), responder)
      case ("POST", "\(invocationPath)/error"): try end(.failure(type: errorType, body: request.body), responder)
      case ("POST", "\(base)/init/error"): try end(.initializationFailure(type: errorType, body: request.body), responder)
      case ("POST", "/2020-01-01/extension/register"):
        try responder.send(.json(Array("{}".utf8), headers: ["Lambda-Extension-Identifier": "00000000-0000-4000-8000-000000000000"]))
      case ("GET", "/2020-01-01/extension/event/next"): _ = stopped.wait { $0 ? true : nil }
      default:
        let message = "\(request.method) \(request.path) is no operation of the Runtime API for request \(invocation.requestID)"
        let body: JSONValue = ["errorMessage": .string(message), "errorType": "InvalidRequestID"]
        try responder.send(.json(body.bytes, status: 400))
      }
    }

    private func next(_ responder: WebResponder) throws {
      let now = monotonicMicroseconds()
      let isFirst = asked.withLock { asked in
        defer { asked = asked ?? now }
        return asked == nil
      }
      guard isFirst else {
        _ = stopped.wait { $0 ? true : nil }
        return
      }
      var time = timespec()
      clock_gettime(CLOCK_REALTIME, &time)
      let deadline = time.tv_sec * 1000 + time.tv_nsec / 1_000_000 + invocation.timeoutMilliseconds
      try responder.send(
        .json(
          invocation.event,
          headers: [
            "Lambda-Runtime-Aws-Request-Id": invocation.requestID, "Lambda-Runtime-Deadline-Ms": String(deadline),
            "Lambda-Runtime-Invoked-Function-Arn": invocation.functionARN, "Lambda-Runtime-Trace-Id": invocation.traceHeader,
          ]))
    }

    /// The first outcome is the one that counts.
    func provide(_ new: Outcome) { outcome.change { outcome in outcome = outcome ?? new } }

    private func end(_ outcome: Outcome, _ responder: WebResponder) throws {
      provide(outcome)
      try responder.send(.json(Array(#"{"status":"OK"}"#.utf8), status: 202))
    }
  }

  private let server: WebServer
  private let endpoint: Endpoint

  /// "127.0.0.1:PORT", the value of AWS_LAMBDA_RUNTIME_API.
  public var address: String { "127.0.0.1:\(server.port)" }

  /// Listens on a port that the system chooses.
  public init(_ invocation: Invocation) throws {
    endpoint = Endpoint(invocation)
    server = try WebServer(port: 0, handler: endpoint)
  }

  /// When the function asked for the event, in microseconds of `monotonicMicroseconds`; nil when it has not.
  public var askedAtMicroseconds: Int64? { endpoint.asked.withLock { $0 } }

  /// Waits for the outcome, at most so long.
  public func wait(milliseconds: Int) -> Outcome? { endpoint.outcome.wait(milliseconds: milliseconds) { $0 } }

  /// Tells that the program has ended; an outcome that is there already stays.
  public func programEnded(status: Int32) { endpoint.provide(.exited(status: status)) }

  public func stop() {
    endpoint.stopped.change { $0 = true }
    server.stop()
  }
}

/// Microseconds of a clock that never goes back.
public func monotonicMicroseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
}
