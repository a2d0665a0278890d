public import AWSClient
import JSON

/// Bedrock's Converse in memory: the protocol; what the models say is somebody else's.
public final class SimulatedModels: SimulatedService {
  /// Answers a call.
  public var reply: (ModelCall) -> ModelReply
  /// Sees each call that reaches a model, before the model does.
  public var onCall: ((ModelCall) -> Void)?

  private let chance: any ServiceChance
  private var requestIDs = IdentifierSequence(salt: 0xB1)
  private var calls = 0

  public init(chance: any ServiceChance = NoFaults(), reply: @escaping (ModelCall) -> ModelReply) {
    self.chance = chance
    self.reply = reply
  }

  public func answer(_ request: HTTPRequest, nowMilliseconds now: Int64) -> HTTPResponse {
    let requestID = requestIDs.next()
    guard let (modelID, isStreaming) = SimulatedModels.target(of: request) else {
      return response(
        .failure(
          code: "UnknownOperationException", status: 404,
          message: "\(request.method) \(request.url) is no operation that the models in memory know: they know Converse and ConverseStream."
        ),
        isStreaming: false, requestID)
    }
    let reply: ModelReply
    if chance.occurs(.throttling) {
      reply = .throttled
    } else if chance.occurs(.internalError) {
      reply = .internalError
    } else {
      reply = self.reply(to: request.body, modelID: modelID, isStreaming: isStreaming, now)
    }
    return response(reply, isStreaming: isStreaming, requestID)
  }

  private func reply(to body: [UInt8], modelID: String, isStreaming: Bool, _ now: Int64) -> ModelReply {
    let request = try? ConverseRequest(json: body)
    if request == nil {
      do throws(JSONError) { _ = try JSONValue(parsing: body) } catch {
        return .failure(code: "SerializationException", status: 400, message: "The request's body could not be read: \(error)")
      }
    }
    calls += 1
    let call = ModelCall(
      modelID: modelID, isStreaming: isStreaming, body: body, request: request, number: calls, nowMilliseconds: now)
    onCall?(call)
    return reply(call)
  }

  /// The model and the operation of `POST /model/{id}/converse` and `/converse-stream`.
  static func target(of request: HTTPRequest) -> (modelID: String, isStreaming: Bool)? {
    guard request.method == "POST" else { return nil }
    let parts = RequestTarget(request.url).path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count == 4, parts[1].elementsEqual("model".utf8), !parts[2].isEmpty,
      let modelID = PercentEncoding.decode(String(Substring(parts[2])))
    else { return nil }
    if parts[3].elementsEqual("converse".utf8) { return (modelID, false) }
    return parts[3].elementsEqual("converse-stream".utf8) ? (modelID, true) : nil
  }

  private func response(_ reply: ModelReply, isStreaming: Bool, _ requestID: String) -> HTTPResponse {
    var response: HTTPResponse
    switch reply {
    case .response(let answer) where isStreaming:
      response = .json(
        ConverseFrame.events(of: answer).flatMap(\.frame), requestID: requestID, contentType: "application/vnd.amazon.eventstream")
    case .response(let answer): response = .json(answer.json, requestID: requestID, contentType: "application/json")
    case .body(let bytes):
      response = .json(
        bytes, requestID: requestID, contentType: isStreaming ? "application/vnd.amazon.eventstream" : "application/json")
    case .failure(let code, let status, let message):
      response = .json(JSONValue.object(["message": .string(message)]).bytes, requestID: requestID, contentType: "application/json")
      response.status = status
      response.headers.append(lowercased: "x-amzn-errortype", code)
    }
    return response
  }
}
