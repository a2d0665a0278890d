import JSON

extension ConverseStreamEvent {
  /// The event of a decoded frame.
  /// - Throws: `AWSError` for an exception or an error that the service sends within the stream, and for an event that cannot be read.
  init(_ message: EventStreamDecoder.Message) throws {
    switch message.text(":message-type") {
    case "event": break
    case "exception":
      let body = (try? ServiceErrorParser.Body(json: message.payload)) ?? ServiceErrorParser.Body()
      throw ConverseStreamEvent.failure(message.text(":exception-type") ?? "UnknownException", body.message ?? "")
    case "error":
      throw ConverseStreamEvent.failure(message.text(":error-code") ?? "UnknownError", message.text(":error-message") ?? "")
    case let other:
      throw ConverseStreamEvent.invalid("a frame has the message type '\(other ?? "none")', expected event, exception or error")
    }
    guard let type = message.text(":event-type") else { throw ConverseStreamEvent.invalid("an event has no type") }
    let payload: JSONValue
    do throws(JSONError) {
      payload = message.payload.isEmpty ? [:] : try JSONValue(parsing: message.payload)
    } catch {
      throw ConverseStreamEvent.invalid("the payload of the event '\(type)' could not be read: \(error)")
    }
    self = try ConverseStreamEvent(type: type, payload: payload)
  }

  private init(type: String, payload: JSONValue) throws {
    func index() throws -> Int {
      guard let index = payload["contentBlockIndex"]?.intValue else {
        throw ConverseStreamEvent.invalid("the event '\(type)' has no contentBlockIndex")
      }
      return index
    }
    switch type {
    case "messageStart": self = .messageStart(role: payload["role"]?.stringValue ?? "assistant")
    case "contentBlockStart": self = .contentBlockStart(index: try index(), start: ContentBlockStart(payload["start"] ?? [:]))
    case "contentBlockDelta": self = .contentBlockDelta(index: try index(), delta: ContentBlockDelta(payload["delta"] ?? [:]))
    case "contentBlockStop": self = .contentBlockStop(index: try index())
    case "messageStop":
      guard let reason = payload["stopReason"]?.stringValue else {
        throw ConverseStreamEvent.invalid("the event 'messageStop' has no stopReason")
      }
      self = .messageStop(
        reason: StopReason(rawValue: reason), additionalModelResponseFields: payload["additionalModelResponseFields"])
    case "metadata":
      var others = payload.objectValue ?? [:]
      // The service pads some of its events with "p", so that their lengths tell nothing.
      for key in ["usage", "metrics", "p"] { others[key] = nil }
      self = .metadata(usage: payload["usage"].flatMap { TokenUsage($0) }, metrics: payload["metrics"], otherMembers: others)
    default: self = .unknown(type: type, payload: payload)
    }
  }

  /// The error of an exception within the stream. The modelled names have a lower-case first letter there and a capital over HTTP.
  private static func failure(_ name: String, _ message: String) -> AWSError {
    let code = name.prefix(1).uppercased() + name.dropFirst()
    let isThrottling = code == "ThrottlingException"
    let isTransient = ["InternalServerException", "ServiceUnavailableException", "ModelStreamErrorException"].contains(code)
    return AWSError(
      code: code, message: message, service: AWSService.bedrockRuntime.serviceID, operation: "ConverseStream", httpStatus: 200,
      isRetryable: isThrottling || isTransient, isThrottling: isThrottling)
  }

  static func invalid(_ message: String) -> AWSError {
    AWSError(
      code: AWSError.invalidResponseCode, message: message, service: AWSService.bedrockRuntime.serviceID, operation: "ConverseStream",
      httpStatus: 200)
  }
}

extension ContentBlockStart {
  init(_ start: JSONValue) {
    if let tool = start["toolUse"]?.objectValue, tool.count == 2, let id = tool["toolUseId"]?.stringValue,
      let name = tool["name"]?.stringValue
    {
      self = .toolUse(toolUseID: id, name: name)
    } else {
      self = .unknown(start)
    }
  }
}

extension ContentBlockDelta {
  init(_ delta: JSONValue) {
    if let text = delta["text"]?.stringValue {
      self = .text(text)
    } else if let input = delta["toolUse"]?["input"]?.stringValue {
      self = .toolUseInput(input)
    } else if let text = delta["reasoningContent"]?["text"]?.stringValue {
      self = .reasoningText(text)
    } else if let signature = delta["reasoningContent"]?["signature"]?.stringValue {
      self = .reasoningSignature(signature)
    } else if let redacted = delta["reasoningContent"]?["redactedContent"]?.stringValue {
      self = .reasoningRedacted(redacted)
    } else {
      self = .unknown(delta)
    }
  }
}
