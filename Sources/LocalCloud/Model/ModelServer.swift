import AWSClient
import JSON

/// The local Bedrock endpoint: Converse and ConverseStream in front of a back end, and AgentCore's invocations in front of programs.
///
/// Beside AWS's paths it serves `GET /_model/health`, `GET /_model/stats`, `POST /_model/reset` (which zeroes the statistics) and
/// `GET /_model/agents` (the sessions of agents).
public final class ModelServer: Sendable {
  private let server: WebServer
  private let agents: AgentHost

  public var port: UInt16 { server.port }

  /// Listens on 127.0.0.1 and answers until `stop`.
  /// - Parameters:
  ///   - port: 0 lets the system choose one.
  ///   - agents: the programs that stand for agent runtimes, and how they are run.
  ///   - log: gets a line for each failure of the back end, on the connection's thread. What a caller did wrong is told to the caller only.
  public init(
    port: UInt16, backEnd: any ModelBackEnd, agents: AgentSettings = AgentSettings(programs: [], environment: [:], logFolder: "."),
    log: @escaping @Sendable (String) -> Void = { _ in }
  ) throws {
    self.agents = AgentHost(agents)
    server = try WebServer(
      port: port, handler: ModelEndpoint(backEnd: backEnd, agents: AgentEndpoint(host: self.agents), log: log))
    self.agents.serves(at: "http://127.0.0.1:\(server.port)")
  }

  /// Stops listening, and ends the agents.
  public func stop() {
    server.stop()
    agents.stop()
  }
}

/// Routes requests, checks them, and writes what the back end answers.
struct ModelEndpoint: WebHandler {
  let backEnd: any ModelBackEnd
  let agents: AgentEndpoint
  let log: @Sendable (String) -> Void
  let statistics = ModelStatistics()

  func handle(_ request: WebRequest, _ responder: WebResponder) throws {
    switch (request.method, request.path) {
    case ("GET", "/_model/health"):
      try responder.send(.json(JSONValue.object(["status": "ok", "backend": .string(backEnd.summary)]).bytes))
    case ("GET", "/_model/stats"): try responder.send(.json(statistics.json.bytes))
    case ("POST", "/_model/reset"):
      statistics.reset()
      try responder.send(.json(statistics.json.bytes))
    case ("GET", "/_model/agents"): try responder.send(.json(agents.host.json.bytes))
    case ("POST", let path):
      if try agents.handle(request, responder) {
        // Answered.
      } else if let model = Self.model(in: path, operation: "/converse") {
        try serve(request, responder, model: model, operation: .converse)
      } else if let model = Self.model(in: path, operation: "/converse-stream") {
        try serve(request, responder, model: model, operation: .converseStream)
      } else {
        try responder.send(unknownOperation(request))
      }
    default: try responder.send(unknownOperation(request))
    }
  }

  /// The decoded model id of `/model/{id}{operation}`.
  private static func model(in path: String, operation: String) -> String? {
    let prefix = "/model/"
    guard path.hasPrefix(prefix), path.hasSuffix(operation), path.utf8.count > prefix.utf8.count + operation.utf8.count else { return nil }
    return percentDecoded(path.dropFirst(prefix.count).dropLast(operation.count))
  }

  private func serve(_ request: WebRequest, _ responder: WebResponder, model: String, operation: ConverseCall.Operation) throws {
    statistics.begin(operation, model: model)
    defer { statistics.end() }
    let call: ConverseCall
    do throws(ModelFailure) {
      call = try Self.call(request.body, model: model, operation: operation)
    } catch {
      statistics.failed(error, model: model)
      return try responder.send(Self.response(to: error))
    }
    switch operation {
    case .converse: try converse(call, responder)
    case .converseStream: try converseStream(call, responder)
    }
  }

  private static func call(_ bytes: [UInt8], model: String, operation: ConverseCall.Operation) throws(ModelFailure) -> ConverseCall {
    guard model.utf8.count <= 2048 else { throw .refused("The model id has \(model.utf8.count) characters: at most 2048 are allowed.") }
    let body: JSONValue
    do throws(JSONError) { body = try JSONValue(parsing: bytes) } catch { throw serialization(error) }
    try ConverseRequestCheck.check(body)
    do throws(JSONError) {
      return ConverseCall(
        operation: operation, modelId: model, body: body, request: try ConverseRequest(json: bytes),
        byteCount: bytes.count)
    } catch {
      throw serialization(error)
    }
  }

  private static func serialization(_ error: JSONError) -> ModelFailure {
    ModelFailure(status: 400, type: "SerializationException", message: error.description, cause: .refused)
  }

  // MARK: Answers

  private func converse(_ call: ConverseCall, _ responder: WebResponder) throws {
    let answer: ModelAnswer
    do {
      answer = try backEnd.answer(call)
    } catch {
      return try send(error, for: call, responder)
    }
    switch answer {
    case .response(let response):
      statistics.answered(inputTokens: response.usage.inputTokens, outputTokens: response.usage.outputTokens)
      try responder.send(.json(response.json))
    case .body(let bytes):
      statistics.faulted()
      try responder.send(.json(bytes))
    case .hangUp:
      statistics.faulted()
      throw ModelHangUp()
    }
  }

  private func converseStream(_ call: ConverseCall, _ responder: WebResponder) throws {
    var begun = false
    var usage = TokenUsage.zero
    do {
      try backEnd.stream(call) { event in
        if !begun {
          try responder.beginStream(status: 200, headers: ["Content-Type": "application/vnd.amazon.eventstream"])
          begun = true
        }
        if event.type == "metadata", let reported = (try? JSONValue(parsing: event.payload))?["usage"].flatMap({ TokenUsage($0) }) {
          usage = reported
        }
        try responder.write(event.frame)
      }
      try responder.endStream()
      statistics.answered(inputTokens: usage.inputTokens, outputTokens: usage.outputTokens)
    } catch let failure as ModelFailure where begun {
      note(failure, of: call)
      try responder.write(ConverseFrame.exceptionFrame(failure))
      try responder.endStream()
    } catch let hangUp as ModelHangUp {
      statistics.faulted()
      throw hangUp
    } catch  where !begun {
      try send(error, for: call, responder)
    }
  }

  private func send(_ error: any Error, for call: ConverseCall, _ responder: WebResponder) throws {
    let failure =
      error as? ModelFailure
      ?? ModelFailure(status: 500, type: "InternalServerException", message: "\(backEnd.summary): \(error)", cause: .upstream)
    note(failure, of: call)
    try responder.send(Self.response(to: failure))
  }

  private func note(_ failure: ModelFailure, of call: ConverseCall) {
    statistics.failed(failure, model: call.modelId)
    guard failure.cause == .upstream else { return }
    let words = failure.message.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    log("\(call.modelId): \(failure.type): \(words.count > Self.longestLine ? words.prefix(Self.longestLine) + "…" : words)")
  }

  /// Characters of a failure that are logged: a server may answer with a page.
  private static let longestLine = 500

  private static func response(to failure: ModelFailure) -> WebResponse {
    .json(
      JSONValue.object(["message": .string(failure.message)]).bytes, status: failure.status, headers: ["x-amzn-ErrorType": failure.type])
  }

  private func unknownOperation(_ request: WebRequest) -> WebResponse {
    .json(
      JSONValue.object([
        "message": .string(
          "no operation at \(request.method) \(request.path): this endpoint serves POST /model/{id}/converse and /converse-stream, "
            + "POST /runtimes/{arn}/invocations and /stopruntimesession, GET /_model/health, /_model/stats and /_model/agents, and "
            + "POST /_model/reset")
      ]).bytes, status: 404, headers: ["x-amzn-ErrorType": "UnknownOperationException"])
  }
}
