public import AWSClient
import JSON
import Synchronization

/// Asks any OpenAI-compatible server: llama.cpp, Ollama, vLLM, or a service.
public final class OpenAIBackEnd: ModelBackEnd {
  private let baseURL: String
  private let apiKey: String?
  private let models: ModelMap
  private let transport: any HTTPTransport
  private let lastId = Mutex(UInt64(0))
  private let idPrefix = "tooluse_" + String(UInt64.random(in: 0..<(1 << 40)), radix: 36)

  /// - Parameters:
  ///   - baseURL: up to and with the version, such as "http://127.0.0.1:8080/v1".
  ///   - apiKey: sent as a bearer token; nil to send none.
  public init(baseURL: String, apiKey: String?, models: ModelMap, transport: any HTTPTransport) {
    self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
    self.apiKey = apiKey
    self.models = models
    self.transport = transport
  }

  public var summary: String { "openai: \(baseURL)" + (models.summary.isEmpty ? "" : ", \(models.summary)") }

  public func answer(_ call: ConverseCall) throws -> ModelAnswer {
    let request = try httpRequest(call, streaming: false)
    let transport = transport
    let response = try upstream { try Blocking.wait { try await transport.send(request) } }
    guard response.status == 200 else { throw failure(response.status, response.body) }
    var answer = OpenAIAnswer()
    do throws(JSONError) { _ = answer.add(try JSONValue(parsing: response.body)) } catch { throw unusable("is not JSON: \(error)") }
    return .response(answer.response(uniqueId: uniqueId))
  }

  public func stream(_ call: ConverseCall, _ emit: (ConverseFrame) throws -> Void) throws {
    let request = try httpRequest(call, streaming: true)
    let transport = transport
    var parser = ServerSentEvents()
    var answer = OpenAIAnswer()
    var begun = false
    func read(_ bytes: [UInt8]) throws {
      for data in parser.add(bytes) where data != "[DONE]" {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: data) } catch { throw unusable("has an event that is not JSON: \(error)") }
        if let error = value["error"] { throw unusable("has an error: \(error["message"]?.stringValue ?? error.text)") }
        if !begun { try emit(.messageStart) }
        begun = true
        let text = answer.add(value)
        if !text.isEmpty { try emit(.delta(0, ["text": .string(text)])) }
      }
    }
    try upstream {
      try Blocking.forEach(
        of: { (yield: @escaping @Sendable ([UInt8]) -> Void) in
          let response = try await transport.stream(request)
          var refusal: [UInt8] = []
          for try await bytes in response.body {
            if response.status == 200 { yield(bytes) } else { refusal += bytes }
          }
          if response.status != 200 { throw UpstreamStatus(status: response.status, body: refusal) }
        }, read)
    }
    if !begun { try emit(.messageStart) }
    try end(answer, emit)
  }

  /// What follows the text: the tool uses, whole, and the end.
  private func end(_ answer: OpenAIAnswer, _ emit: (ConverseFrame) throws -> Void) throws {
    var index = 0
    if !answer.text.isEmpty {
      try emit(.blockStop(0))
      index = 1
    }
    let response = answer.response(uniqueId: uniqueId)
    for use in response.message.toolUses {
      try emit(.toolUseStart(index, id: use.id, name: use.name))
      try emit(.delta(index, ["toolUse": ["input": .string(use.input.text)]]))
      try emit(.blockStop(index))
      index += 1
    }
    try emit(.messageStop(response.stopReason))
    if response.reportsUsage { try emit(.metadata(response.usage)) }
  }

  private func httpRequest(_ call: ConverseCall, streaming: Bool) throws -> HTTPRequest {
    var headers: HTTPHeaders = ["content-type": "application/json", "accept": streaming ? "text/event-stream" : "application/json"]
    if let apiKey { headers.append("authorization", "Bearer \(apiKey)") }
    let body = try OpenAIRequest.json(call, model: models[call.modelId], streaming: streaming)
    return HTTPRequest(method: "POST", url: "\(baseURL)/chat/completions", headers: headers, body: body.bytes, timeoutMilliseconds: 900_000)
  }

  // MARK: Failures

  private struct UpstreamStatus: Error {
    let status: Int
    let body: [UInt8]
  }

  /// Runs a call of the server, and gives its failures Bedrock's shape.
  private func upstream<Value>(_ call: () throws -> Value) throws -> Value {
    do {
      return try call()
    } catch let error as UpstreamStatus {
      throw failure(error.status, error.body)
    } catch let error as AWSError {
      if error.code == AWSError.timeoutCode {
        throw ModelFailure(status: 408, type: "ModelTimeoutException", message: "\(baseURL) did not answer in time", cause: .upstream)
      }
      throw ModelFailure(
        status: 503, type: "ServiceUnavailableException", message: "\(baseURL) cannot be reached: \(error.message)", cause: .upstream)
    }
  }

  private func failure(_ status: Int, _ body: [UInt8]) -> ModelFailure {
    let value = try? JSONValue(parsing: body)
    let text =
      value?["error"]?["message"]?.stringValue ?? value?["message"]?.stringValue ?? String(decoding: body.prefix(500), as: UTF8.self)
    let (bedrockStatus, type) =
      switch status {
      case 400, 413, 422: (400, "ValidationException")
      case 401, 403: (403, "AccessDeniedException")
      case 404: (404, "ResourceNotFoundException")
      case 408, 504: (408, "ModelTimeoutException")
      case 429: (429, "ThrottlingException")
      case 502, 503: (503, "ServiceUnavailableException")
      default: (424, "ModelErrorException")
      }
    return ModelFailure(status: bedrockStatus, type: type, message: "\(baseURL) answered \(status): \(text)", cause: .upstream)
  }

  private func unusable(_ problem: String) -> ModelFailure {
    ModelFailure(status: 424, type: "ModelErrorException", message: "the answer of \(baseURL) \(problem)", cause: .upstream)
  }

  private func uniqueId() -> String {
    let number = lastId.withLock { id in
      id += 1
      return id
    }
    return "\(idPrefix)_\(number)"
  }
}
