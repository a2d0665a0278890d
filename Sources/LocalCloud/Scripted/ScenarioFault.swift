import AWSClient
import JSON
import Synchronization

/// What goes wrong on purpose, when, and how often.
final class ScenarioFault: Sendable {
  enum Kind: String, Sendable, CaseIterable {
    case throttling, serverError, serviceUnavailable, modelTimeout, modelError, error, slow, malformedBody, malformedToolUse, unknownBlock
    case hangUp
  }

  /// The content block that the fault `unknownBlock` adds to a reply.
  static let blockOfTomorrow = "blockOfTomorrow"

  let name: String
  let kind: Kind
  let delayMilliseconds: Int
  private let condition: ScenarioCondition
  private let times: Int?
  private let everyNth: Int
  private let failure: ModelFailure?
  /// The error comes after the first events of a stream instead of before them.
  private let inStream: Bool
  private let seen = Mutex((matched: 0, fired: 0))

  init(_ value: JSONValue, path: String) throws(LocalCloudError) {
    var fields = try ScenarioFields(value, path: path)
    let kinds = Kind.allCases.map(\.rawValue).joined(separator: ", ")
    let text = try fields.string("kind")
    guard let kind = text.flatMap(Kind.init(rawValue:)) else {
      throw ScenarioFields.error("\(path).kind", "is \(text.map { "'\($0)'" } ?? "missing"): use one of \(kinds)")
    }
    self.kind = kind
    name = try fields.string("name") ?? path
    condition = try ScenarioCondition(fields.value("when"), path: "\(path).when")
    times = try fields.integer("times", minimum: 1)
    everyNth = try fields.integer("everyNth", minimum: 1) ?? 1
    delayMilliseconds = try fields.integer("delayMilliseconds") ?? (kind == .slow ? 1000 : 0)
    inStream = try fields.boolean("inStream") ?? false
    let status = try fields.integer("status", minimum: 400)
    let type = try fields.string("type")
    let message = try fields.string("message")
    if kind == .error, status == nil || type == nil {
      throw ScenarioFields.error(path, "needs 'status' and 'type' with kind error")
    }
    failure = Self.standard(kind).map { standard in
      ModelFailure(
        status: status ?? standard.status, type: type ?? standard.type, message: message ?? "\(standard.message) (scripted fault)",
        cause: .fault)
    }
    try fields.finish(known: "name, when, kind, times, everyNth, delayMilliseconds, inStream, status, type, message")
  }

  private static func standard(_ kind: Kind) -> (status: Int, type: String, message: String)? {
    switch kind {
    case .throttling: (429, "ThrottlingException", "Too many requests, please wait before trying again.")
    case .serverError:
      (500, "InternalServerException", "The system encountered an unexpected error during processing. Try your request again.")
    case .serviceUnavailable: (503, "ServiceUnavailableException", "Bedrock is unable to process your request.")
    case .modelTimeout: (408, "ModelTimeoutException", "The model took too long to process the request.")
    case .modelError: (424, "ModelErrorException", "The model returned an error.")
    case .error: (500, "InternalServerException", "An error.")
    case .slow, .malformedBody, .malformedToolUse, .unknownBlock, .hangUp: nil
    }
  }

  /// True when the fault is due for this request. Requests that match are counted, whether it fires or not.
  func fires(_ view: ConversationView) -> Bool {
    guard condition.obstacle(view) == nil else { return false }
    return seen.withLock { seen in
      seen.matched += 1
      guard seen.matched % everyNth == 0, times.map({ seen.fired < $0 }) ?? true else { return false }
      seen.fired += 1
      return true
    }
  }

  /// The error to send; nil for faults that spoil the answer instead. Where `streaming`, those of kind `inStream` wait.
  func error(streaming: Bool) -> ModelFailure? { streaming && inStream ? nil : failure }

  /// The error to send in the middle of a stream.
  var errorInStream: ModelFailure? { inStream ? failure : nil }

  /// The answer as the fault leaves it.
  func spoil(_ response: ConverseResponse) -> ModelAnswer {
    var response = response
    switch kind {
    case .malformedBody: return .body(Array(response.json.prefix(response.json.count / 2)))
    case .hangUp: return .hangUp
    case .malformedToolUse:
      response.message.content = response.message.content.map { block in
        guard let use = block.toolUse else { return block }
        return .toolUse(id: use.id, name: use.name, input: .string("{\"unfinished\": "))
      }
      response.stopReason = .malformedToolUse
    case .unknownBlock: response.message.content.append(ContentBlock([Self.blockOfTomorrow: ["origin": "scripted fault"]]))
    default: break
    }
    return .response(response)
  }
}
