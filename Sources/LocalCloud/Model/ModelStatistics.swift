import JSON
import Synchronization

/// What the model endpoint has seen, readable while it runs.
final class ModelStatistics: Sendable {
  private struct Counts {
    var requests = 0
    var converse = 0
    var converseStream = 0
    var answered = 0
    var refused = 0
    var unmatched = 0
    var faults = 0
    var upstreamFailures = 0
    var inputTokens = 0
    var outputTokens = 0
    var inFlight = 0
    var mostInFlight = 0
    var byModel: [String: Int] = [:]
    var lastErrors: [JSONValue] = []
  }

  /// How many of the latest errors are kept.
  private static let keptErrors = 50
  private let counts = Mutex(Counts())

  func begin(_ operation: ConverseCall.Operation, model: String) {
    counts.withLock { counts in
      counts.requests += 1
      if operation == .converse { counts.converse += 1 } else { counts.converseStream += 1 }
      counts.byModel[model, default: 0] += 1
      counts.inFlight += 1
      counts.mostInFlight = max(counts.mostInFlight, counts.inFlight)
    }
  }

  func end() { counts.withLock { $0.inFlight -= 1 } }

  func answered(inputTokens: Int, outputTokens: Int) {
    counts.withLock { counts in
      counts.answered += 1
      counts.inputTokens += inputTokens
      counts.outputTokens += outputTokens
    }
  }

  func failed(_ failure: ModelFailure, model: String) {
    counts.withLock { counts in
      switch failure.cause {
      case .refused: counts.refused += 1
      case .unmatched: counts.unmatched += 1
      case .fault: counts.faults += 1
      case .upstream: counts.upstreamFailures += 1
      }
      counts.lastErrors.append(
        ["model": .string(model), "status": .number(failure.status), "type": .string(failure.type), "message": .string(failure.message)])
      if counts.lastErrors.count > Self.keptErrors { counts.lastErrors.removeFirst() }
    }
  }

  func faulted() { counts.withLock { $0.faults += 1 } }

  func reset() {
    counts.withLock { counts in
      let inFlight = counts.inFlight
      counts = Counts()
      counts.inFlight = inFlight
    }
  }

  var json: JSONValue {
    let counts = counts.withLock { $0 }
    return [
      "requests": .number(counts.requests), "converse": .number(counts.converse), "converseStream": .number(counts.converseStream),
      "answered": .number(counts.answered), "refused": .number(counts.refused), "unmatched": .number(counts.unmatched),
      "faults": .number(counts.faults), "upstreamFailures": .number(counts.upstreamFailures),
      "inputTokens": .number(counts.inputTokens), "outputTokens": .number(counts.outputTokens),
      "inFlight": .number(counts.inFlight), "mostInFlight": .number(counts.mostInFlight),
      "byModel": .object(JSONObject(counts.byModel.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) })),
      "lastErrors": .array(counts.lastErrors),
    ]
  }
}
