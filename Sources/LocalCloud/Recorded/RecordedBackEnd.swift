public import AWSClient
import JSON
import Synchronization

/// Replays captured calls. A request that was not captured is an error that says how it differs, never an invented answer.
public final class RecordedBackEnd: ModelBackEnd {
  private struct Key: Hashable {
    let operation: ConverseCall.Operation
    let modelId: String
    let request: JSONValue
  }

  private let calls: [RecordedCall]
  private let answers: [Key: [RecordedCall.Answer]]
  /// How often each request was asked: equal requests get their answers in the order of the capture, the last one for ever.
  private let asked = Mutex<[Key: Int]>([:])

  /// - Parameter bytes: the recording, as `RecordingBackEnd` wrote it.
  /// - Throws: `LocalCloudError` of code `invalidFile` that names the line.
  public init(recording bytes: [UInt8]) throws(LocalCloudError) {
    calls = try RecordedCall.parse(bytes)
    if calls.isEmpty { throw LocalCloudError(.invalidFile, "the recording is empty: capture calls with --record first") }
    var answers: [Key: [RecordedCall.Answer]] = [:]
    for call in calls {
      answers[Key(operation: call.operation, modelId: call.modelId, request: call.request), default: []].append(call.answer)
    }
    self.answers = answers
  }

  public var summary: String { "recorded: \(calls.count) calls" }

  public func answer(_ call: ConverseCall) throws -> ModelAnswer {
    switch try find(call) {
    case .response(let response): return .response(try ConverseResponse(json: response.bytes))
    case .failure(let failure): throw failure
    case .events: throw mismatch("it was captured as a stream only")
    }
  }

  public func stream(_ call: ConverseCall, _ emit: (ConverseFrame) throws -> Void) throws {
    switch try find(call) {
    case .events(let events): for event in events { try emit(event) }
    case .response(let response): for event in ConverseFrame.events(of: try ConverseResponse(json: response.bytes)) { try emit(event) }
    case .failure(let failure): throw failure
    }
  }

  private func find(_ call: ConverseCall) throws -> RecordedCall.Answer {
    let key = Key(operation: call.operation, modelId: call.modelId, request: RecordedCall.comparable(call.body))
    guard let answers = answers[key], let last = answers.last else { throw mismatch(difference(call)) }
    let number = asked.withLock { asked in
      defer { asked[key, default: 0] += 1 }
      return asked[key, default: 0]
    }
    return number < answers.count ? answers[number] : last
  }

  private func mismatch(_ reason: String) -> ModelFailure {
    ModelFailure(
      status: 400, type: "ValidationException",
      message: "The recording has no answer to this request: \(reason). Capture it anew with --record.",
      cause: .unmatched)
  }

  /// How the request differs from the captured one that is most like it.
  private func difference(_ call: ConverseCall) -> String {
    let sameModel = calls.filter { $0.operation == call.operation && $0.modelId == call.modelId }
    guard !sameModel.isEmpty else {
      let models = Set(calls.map(\.modelId)).sorted().joined(separator: ", ")
      return "no \(call.operation.rawValue) of model '\(call.modelId)' was captured, only of \(models)"
    }
    let request = RecordedCall.comparable(call.body)
    let count = request["messages"]?.arrayValue?.count
    let candidates = sameModel.filter { $0.request["messages"]?.arrayValue?.count == count }
    guard let candidate = candidates.max(by: { likeness($0.request, request) < likeness($1.request, request) }) else {
      return "no captured call of this model has \(count ?? 0) messages"
    }
    return "the nearest one differs at " + (Self.firstDifference(candidate.request, request, path: "") ?? "nothing")
  }

  private func likeness(_ left: JSONValue, _ right: JSONValue) -> Int {
    zip(left["messages"]?.arrayValue ?? [], right["messages"]?.arrayValue ?? []).prefix { $0 == $1 }.count
  }

  /// Where two values first differ, and how.
  private static func firstDifference(_ captured: JSONValue, _ asked: JSONValue, path: String) -> String? {
    guard captured != asked else { return nil }
    if let left = captured.objectValue, let right = asked.objectValue {
      for key in left.keys + right.keys.filter({ left[$0] == nil }) {
        let place = path.isEmpty ? key : "\(path).\(key)"
        guard let value = left[key] else { return "\(place): not there when captured" }
        guard let other = right[key] else { return "\(place): was there when captured" }
        if let difference = firstDifference(value, other, path: place) { return difference }
      }
    }
    if let left = captured.arrayValue, let right = asked.arrayValue, left.count == right.count {
      for (index, pair) in zip(left, right).enumerated() {
        if let difference = firstDifference(pair.0, pair.1, path: "\(path)[\(index)]") { return difference }
      }
    }
    return "\(path): captured \(captured.text.prefix(120)), asked \(asked.text.prefix(120))"
  }
}
