import AWSClient
import JSON
import Orchestration

/// What tasks under way have told of themselves: the Fabricator writes each step into its claim.
protocol TaskProgressSource: Sendable {
  /// The steps of each task that has told any, oldest first.
  func steps(of tasks: [TaskKey]) async throws -> [TaskKey: [TaskProgress]]
}

/// One step of a task.
struct TaskProgress: Sendable, Equatable {
  let atMilliseconds: Int64
  /// What was done, such as the name of a tool.
  let step: String
  let text: String

  /// Nil for what is no step.
  init?(_ attribute: AttributeValue) {
    guard let at = attribute["at"]?.int64Value, let step = attribute["step"]?.stringValue else { return nil }
    self.init(atMilliseconds: at, step: step, text: attribute["text"]?.stringValue ?? "")
  }

  init(atMilliseconds: Int64, step: String, text: String) {
    self.atMilliseconds = atMilliseconds
    self.step = step
    self.text = text
  }

  var json: JSONValue {
    ["at": .string(ISO8601.text(milliseconds: atMilliseconds)), "step": .string(step), "text": .string(text)]
  }
}

/// Reads the attribute `progress` of claims in the worker state table, and nothing else of them.
struct DynamoDBTaskProgress: TaskProgressSource {
  let client: DynamoDBClient
  let table: String

  /// Keys of one request.
  /// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
  private static let batchSize = 100

  func steps(of tasks: [TaskKey]) async throws -> [TaskKey: [TaskProgress]] {
    var found: [TaskKey: [TaskProgress]] = [:]
    let byID = Dictionary(tasks.map { ($0.claimID, $0) }, uniquingKeysWith: { first, _ in first })
    var rest = byID.keys.sorted()[...]
    while !rest.isEmpty {
      let batch = rest.prefix(Self.batchSize)
      rest = rest.dropFirst(Self.batchSize)
      let keys = KeysAndAttributes(
        keys: batch.map { ["requestId": .string($0)] }, projectionExpression: "requestId, progress", consistentRead: true)
      let output = try await client.batchGetItem(BatchGetItemInput(requestItems: [table: keys]))
      for item in output.responses[table] ?? [] {
        guard let task = item["requestId"]?.stringValue.flatMap({ byID[$0] }) else { continue }
        let steps = item["progress"]?.listValue?.compactMap(TaskProgress.init) ?? []
        if !steps.isEmpty { found[task] = steps }
      }
    }
    return found
  }
}

extension OrchestrationSnapshot {
  /// The key of a task's claim.
  func key(of task: TaskEntry, _ round: RoundRecord) -> TaskKey {
    TaskKey(orchestrationID: record.id, requestID: round.requestID, toolUseID: task.toolUseID)
  }
}
