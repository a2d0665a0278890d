import AWSClient
import JSON

/// A captured model call; a recording is a file with one of them, as a JSON object, a line.
///
/// A line is `{operation, modelId, request, response}`, with `events` in place of `response` for a stream, or `failure` for an error.
struct RecordedCall: Sendable {
  enum Answer: Sendable {
    case response(JSONValue)
    case events([ConverseFrame])
    case failure(ModelFailure)
  }

  let operation: ConverseCall.Operation
  let modelId: String
  /// The request's body without what may differ from run to run.
  let request: JSONValue
  let answer: Answer

  init(operation: ConverseCall.Operation, modelId: String, request: JSONValue, answer: Answer) {
    self.operation = operation
    self.modelId = modelId
    self.request = Self.comparable(request)
    self.answer = answer
  }

  /// Request metadata goes into invocation logs and not to the model.
  static func comparable(_ request: JSONValue) -> JSONValue {
    guard var object = request.objectValue else { return request }
    object["requestMetadata"] = nil
    return .object(object)
  }

  // MARK: Lines

  /// - Throws: `LocalCloudError` of code `invalidFile` that names the line.
  static func parse(_ bytes: [UInt8]) throws(LocalCloudError) -> [RecordedCall] {
    var calls: [RecordedCall] = []
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() where !line.isEmpty {
      func fail(_ problem: String) -> LocalCloudError { LocalCloudError(.invalidFile, "line \(index + 1) of the recording \(problem)") }
      let value: JSONValue
      do throws(JSONError) { value = try JSONValue(parsing: Array(line)) } catch { throw fail("is not JSON: \(error)") }
      guard let operation = value["operation"]?.stringValue.flatMap(ConverseCall.Operation.init(rawValue:)) else {
        throw fail("has no 'operation' that is Converse or ConverseStream")
      }
      guard let modelId = value["modelId"]?.stringValue, let request = value["request"], request.objectValue != nil else {
        throw fail("has no 'modelId' (a string) and 'request' (an object)")
      }
      guard let answer = answer(value) else { throw fail("has no 'response', 'events' or 'failure' of the right form") }
      calls.append(RecordedCall(operation: operation, modelId: modelId, request: request, answer: answer))
    }
    return calls
  }

  private static func answer(_ value: JSONValue) -> Answer? {
    if let response = value["response"], response.objectValue != nil { return .response(response) }
    if let events = value["events"]?.arrayValue {
      return .events(events.compactMap { event in event["type"]?.stringValue.map { ConverseFrame($0, event["payload"] ?? [:]) } })
    }
    guard let failure = value["failure"], let status = failure["status"]?.intValue, let type = failure["type"]?.stringValue else {
      return nil
    }
    return .failure(ModelFailure(status: status, type: type, message: failure["message"]?.stringValue ?? "", cause: .upstream))
  }

  /// The line of the file, with its end.
  var line: [UInt8] {
    var object: JSONObject = ["operation": .string(operation.rawValue), "modelId": .string(modelId), "request": request]
    switch answer {
    case .response(let response): object["response"] = response
    case .events(let events):
      object["events"] = .array(events.map { ["type": .string($0.type), "payload": (try? JSONValue(parsing: $0.payload)) ?? .null] })
    case .failure(let failure):
      object["failure"] = ["status": .number(failure.status), "type": .string(failure.type), "message": .string(failure.message)]
    }
    return JSONValue.object(object).bytes + [0x0A]
  }
}
