public import AWSClient
import AgentKit
import JSON

/// The row of the orchestration table. The names `orchestrationId`, `instance`, `conversation` and `request_id` are the original's.
extension OrchestrationRecord {
  /// The index of rows that the sweeper must look at: sparse, because only rows with both attributes are in it.
  static let wakeIndex = "wake-index"
  /// Partitions of the index, so that no key is hot.
  static let wakeShardCount = 8

  static func wakeShard(_ number: Int) -> String { "shard-\(number)" }

  private var wakeShard: String { Self.wakeShard(Int(StableHash.of(id) % UInt64(Self.wakeShardCount))) }

  var attributes: [String: AttributeValue] {
    var row = attributesWithoutConversation
    row["conversation"] = .list(conversation.map(\.attribute))
    return row
  }

  /// Everything but the conversation, which is nearly all of a row's size.
  var attributesWithoutConversation: [String: AttributeValue] {
    var row: [String: AttributeValue] = [
      "orchestrationId": .string(id),
      "instance": .number(createdAtMilliseconds / 1000),
      "created_at": .number(createdAtMilliseconds),
      "version": .number(version),
      "state": .string(state.rawValue),
      "task": .string(task),
      "deadline": .number(deadlineMilliseconds),
      "budget": .number(budgetMicroUSD),
    ]
    row.setCount("rounds", rounds)
    row.set("request_id", requestID)
    row.set("lease_owner", lease?.owner)
    row.set("lease_until", lease?.untilMilliseconds)
    row.set("wakeAt", wakeAtMilliseconds)
    if wakeAtMilliseconds != nil { row.set("wakeShard", wakeShard) }
    row.set("retry_at", retryAtMilliseconds)
    row.set("spent", spending.costMicroUSD)
    row.set("reserved", spending.reservedMicroUSD)
    row.set("input_tokens", spending.inputTokens)
    row.set("output_tokens", spending.outputTokens)
    row.setCount("model_calls", spending.modelCalls)
    row.setCount("model_failures", troubles.modelFailures)
    row.setCount("throttlings", troubles.throttlings)
    row.setCount("malformed_replies", troubles.malformedReplies)
    row.setCount("continuations", troubles.continuations)
    row.setCount("compaction", troubles.compaction)
    row.set("last_error", troubles.lastError)
    row.set("registry_changed_at", registryChangedAtMilliseconds)
    row.set("cancel_requested", cancelRequested)
    if let callback { row["callback"] = callback.attribute }
    row.setCount("depth", depth)
    row.set("trace_header", traceHeader)
    if let outcome { row["outcome"] = outcome.attribute }
    row.set("published_at", publishedAtMilliseconds)
    return row
  }

  /// Reads a row, also one that the original wrote.
  /// - Throws: `LedgerError` that names the attribute.
  public init(attributes: [String: AttributeValue], table: String = "orchestrations") throws(LedgerError) {
    let row = AttributeReader(table: table, key: attributes["orchestrationId"]?.stringValue ?? "", attributes: attributes)
    let (instance, overflow) = try row.integer("instance").multipliedReportingOverflow(by: 1000)
    guard !overflow else { throw row.error("instance", "whole seconds since the Unix epoch") }
    let created = try row.integer("created_at", default: instance)
    let defaults = Limits()
    var conversation: [StoredMessage] = []
    for (index, message) in try row.list("conversation").enumerated() {
      conversation.append(try StoredMessage(message, row, index: index))
    }
    self.init(
      id: try row.text("orchestrationId"), task: try row.optionalText("task") ?? "", createdAtMilliseconds: created,
      deadlineMilliseconds: try row.integer("deadline", default: created.saturatingAdd(Int64(defaults.deadlineSeconds) * 1000)),
      budgetMicroUSD: try row.integer("budget", default: defaults.budgetMicroUSD),
      callback: try row.optionalMap("callback").map { map throws(LedgerError) in try Callback(map) },
      depth: try row.count("depth"), traceHeader: try row.optionalText("trace_header"), conversation: conversation)
    version = try row.integer("version", default: 0)
    let stateName = try row.optionalText("state") ?? OrchestrationState.running.rawValue
    guard let state = OrchestrationState(rawValue: stateName) else {
      throw row.error("state", OrchestrationState.allCases.map(\.rawValue).joined(separator: ", "))
    }
    self.state = state
    rounds = try row.count("rounds")
    requestID = try row.optionalText("request_id")
    if let owner = try row.optionalText("lease_owner") {
      lease = Lease(owner: owner, untilMilliseconds: try row.integer("lease_until"))
    }
    wakeAtMilliseconds = try row.optionalInteger("wakeAt")
    retryAtMilliseconds = try row.optionalInteger("retry_at")
    spending.costMicroUSD = try row.integer("spent", default: 0)
    spending.reservedMicroUSD = try row.integer("reserved", default: 0)
    spending.inputTokens = try row.integer("input_tokens", default: 0)
    spending.outputTokens = try row.integer("output_tokens", default: 0)
    spending.modelCalls = try row.count("model_calls")
    troubles.modelFailures = try row.count("model_failures")
    troubles.throttlings = try row.count("throttlings")
    troubles.malformedReplies = try row.count("malformed_replies")
    troubles.continuations = try row.count("continuations")
    troubles.compaction = try row.count("compaction")
    troubles.lastError = try row.optionalText("last_error")
    registryChangedAtMilliseconds = try row.optionalInteger("registry_changed_at")
    cancelRequested = try row.optionalText("cancel_requested")
    outcome = try row.optionalMap("outcome").map { map throws(LedgerError) in try Outcome(map) }
    publishedAtMilliseconds = try row.optionalInteger("published_at")
  }
}

extension Outcome {
  var attribute: AttributeValue {
    var map: [String: AttributeValue] = [
      "state": .string(state.rawValue), "message": .string(message), "decided_at": .number(decidedAtMilliseconds),
    ]
    map.set("message_ref", messageReference)
    map.set("code", code)
    return .map(map)
  }

  init(_ map: AttributeReader) throws(LedgerError) {
    guard let state = OrchestrationState(rawValue: try map.text("state")) else {
      throw map.error("state", OrchestrationState.allCases.map(\.rawValue).joined(separator: ", "))
    }
    self.init(
      state: state, message: try map.text("message"), messageReference: try map.optionalReference("message_ref"),
      code: try map.optionalText("code"), decidedAtMilliseconds: try map.integer("decided_at"))
  }
}

extension Callback {
  var attribute: AttributeValue {
    switch self {
    case .eventBridge(let busName, let source, let detailType):
      var map: [String: AttributeValue] = ["type": "eventbridge", "source": .string(source), "detailType": .string(detailType)]
      map.set("eventBusName", busName)
      return .map(map)
    case .sqs(let queueURL): return .map(["type": "sqs", "queueUrl": .string(queueURL)])
    }
  }

  init(_ map: AttributeReader) throws(LedgerError) {
    switch try map.text("type") {
    case "eventbridge":
      self = .eventBridge(
        busName: try map.optionalText("eventBusName"), source: try map.text("source"), detailType: try map.text("detailType"))
    case "sqs": self = .sqs(queueURL: try map.text("queueUrl"))
    default: throw map.error("type", "\"eventbridge\" or \"sqs\"")
    }
  }
}
