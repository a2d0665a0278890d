public import AWSClient
public import AgentKit
import JSON
public import Orchestration

/// Failures in a row as an attribute of the agents' rows. That a task has been counted stands in its claim's row, and both are written in
/// one transaction, so that no task counts twice, however often it is delivered, and none is lost between the two.
public struct DynamoDBFailureLedger: FailureLedger {
  /// Races for one row that are lost before the message is given back.
  private static let attempts = 20

  private let client: DynamoDBClient
  private let agentTable: String
  private let workerStateTable: String
  private let clock: any Clock

  public init(client: DynamoDBClient, agentTable: String, workerStateTable: String, clock: any Clock) {
    self.client = client
    self.agentTable = agentTable
    self.workerStateTable = workerStateTable
    self.clock = clock
  }

  /// Somebody else was quicker at the row, again and again.
  struct Contended: Error, CustomStringConvertible {
    let agentID: String
    var description: String { "the failures of agent '\(agentID)' could not be counted: others write its row all the time" }
  }

  public func count(
    agentID: String, _ code: TaskCompletion.CodeVersion, _ task: TaskKey, problem: String, quarantineAt: Int
  ) async throws -> FailureOutcome {
    for _ in 0..<Self.attempts {
      switch try await mark(of: task) {
      case .settled(let quarantine):
        guard let quarantine else { return .ignored }
        return .quarantined(quarantine)
      case .noClaim: return .ignored
      case .open: break
      }
      guard let row = try await row(agentID, code), row.agent.state == .active else { return .ignored }
      let failures = row.agent.provenance.failures + 1
      var update = row.update(agentTable)
      update.updateExpression = "SET failures = :failures"
      update.expressionAttributeValues[":failures"] = .number(failures)
      guard quarantineAt > 0, failures >= quarantineAt else {
        if try await write(update, ["failures": .number(failures)], task) { return .counted(failures: failures) }
        continue
      }
      let quarantine = Quarantine(
        failures: failures, atMilliseconds: clock.nowMilliseconds, versionSHA256: row.agent.provenance.versionSHA256,
        reason: "it failed \(failures) times in a row; last: \(problem)", isNew: true)
      row.quarantine(quarantine, &update)
      if try await write(update, Self.mark(quarantine), task) { return .quarantined(quarantine) }
    }
    throw Contended(agentID: agentID)
  }

  public func clear(agentID: String, _ code: TaskCompletion.CodeVersion, _ task: TaskKey) async throws {
    for _ in 0..<Self.attempts {
      guard case .open = try await mark(of: task), let row = try await row(agentID, code), row.agent.state == .active,
        row.agent.provenance.failures > 0
      else {
        return
      }
      var update = row.update(agentTable)
      update.updateExpression = "SET failures = :zero"
      update.expressionAttributeValues[":zero"] = 0
      if try await write(update, ["failures": 0], task) { return }
    }
    throw Contended(agentID: agentID)
  }

  // MARK: The claim's row

  /// Whether a task has been counted.
  private enum Mark {
    case open
    case settled(Quarantine?)
    /// There is no such claim; only a person removes one.
    case noClaim
  }

  private func mark(of task: TaskKey) async throws -> Mark {
    let output = try await client.getItem(
      GetItemInput(
        tableName: workerStateTable, key: ["requestId": .string(task.claimID)], consistentRead: true,
        projectionExpression: "requestId, code_failure"))
    guard let item = output.item else { return .noClaim }
    guard let mark = item["code_failure"] else { return .open }
    guard let at = mark["quarantined_at"]?.int64Value else { return .settled(nil) }
    return .settled(
      Quarantine(
        failures: mark["failures"]?.intValue ?? 0, atMilliseconds: at, versionSHA256: mark["version_sha256"]?.stringValue,
        reason: mark["reason"]?.stringValue ?? "", isNew: false))
  }

  private static func mark(_ quarantine: Quarantine) -> [String: AttributeValue] {
    var mark: [String: AttributeValue] = [
      "failures": .number(quarantine.failures), "quarantined_at": .number(quarantine.atMilliseconds), "reason": .string(quarantine.reason),
    ]
    if let sha256 = quarantine.versionSHA256 { mark["version_sha256"] = .string(sha256) }
    return mark
  }

  // MARK: The agent's row

  private struct Row {
    let agent: AgentConfiguration
    let item: [String: AttributeValue]

    /// A write that happens only while the row has the state, the version and the count with which it was read.
    ///
    /// It names nothing else of the row: a worker's rights end at these attributes (infra/constructs/tables.py), and what a condition names
    /// counts as used.
    func update(_ table: String) -> TransactUpdate {
      var update = TransactUpdate(
        tableName: table, key: ["agentId": .string(agent.agentID)], updateExpression: "",
        conditionExpression: "#state = :active",
        expressionAttributeNames: ["#state": "state"],
        expressionAttributeValues: [":active": .string(AgentConfiguration.State.active.rawValue)])
      demand("failures", &update)
      demand("versionSha256", &update)
      return update
    }

    private func demand(_ name: String, _ update: inout TransactUpdate) {
      guard let value = item[name] else {
        update.conditionExpression? += " AND attribute_not_exists(\(name))"
        return
      }
      update.conditionExpression? += " AND \(name) = :\(name)_before"
      update.expressionAttributeValues[":\(name)_before"] = value
    }

    /// Takes the agent out of use, and writes that into its history, where operators look.
    func quarantine(_ quarantine: Quarantine, _ update: inout TransactUpdate) {
      let row = RegistryRow(kind: .agent, id: agent.agentID, attributes: item)
      let entry = LifecycleEntry(
        atMilliseconds: quarantine.atMilliseconds, actor: .function("worker-wrapper"), action: .quarantine,
        from: LifecycleEntry.Place(state: row.state, version: row.versionNumber),
        to: LifecycleEntry.Place(state: .quarantined, version: row.versionNumber), versionSHA256: quarantine.versionSHA256,
        note: quarantine.reason)
      demand("history", &update)
      update.updateExpression += ", #state = :quarantined, #note = :note, history = :history"
      update.expressionAttributeNames["#note"] = "note"
      update.expressionAttributeValues[":quarantined"] = .string(AgentConfiguration.State.quarantined.rawValue)
      update.expressionAttributeValues[":note"] = .string(quarantine.reason)
      update.expressionAttributeValues[":history"] = entry.appended(to: item["history"])
    }
  }

  /// The agent's row; nil when it is gone, or names other code by now.
  private func row(_ agentID: String, _ code: TaskCompletion.CodeVersion) async throws -> Row? {
    let output = try await client.getItem(
      GetItemInput(tableName: agentTable, key: ["agentId": .string(agentID)], consistentRead: true))
    guard let item = output.item, let agent = try? AgentConfiguration(row: DynamoDBAgentRows.json(item)), agent.kind == .code,
      agent.version == code.version, agent.sha256?.lowercased() == code.sha256
    else { return nil }
    return Row(agent: agent, item: item)
  }

  /// Writes both rows; false when one of them has become another since it was read.
  private func write(_ update: TransactUpdate, _ mark: [String: AttributeValue], _ task: TaskKey) async throws -> Bool {
    let claim = TransactUpdate(
      tableName: workerStateTable, key: ["requestId": .string(task.claimID)], updateExpression: "SET code_failure = :mark",
      conditionExpression: "attribute_exists(claim_state) AND attribute_not_exists(code_failure)",
      expressionAttributeValues: [":mark": .map(mark)])
    do {
      _ = try await ConflictRetry(clock: client.clock)(until: nil) {
        try await client.transactWriteItems(TransactWriteItemsInput(items: [.update(update), .update(claim)]))
      }
      return true
    } catch let error as AWSError where error.isTransactionConditionFailed {
      return false
    }
  }
}
