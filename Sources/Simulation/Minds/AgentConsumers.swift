import AWSClient
import JSON
import Orchestration

/// What becomes of a message in the queue of an agent.
struct Consumption: Equatable {
  struct Registration: Equatable {
    let afterMilliseconds: Int64
    let maker: String
  }

  struct Answer: Equatable {
    let afterMilliseconds: Int64
    let answer: PlannedAnswer
  }

  var answers: [Answer]
  /// Somebody registers what it makes, and dies before it can say so.
  var registration: Registration?
  /// False when the consumer dies before it could: the message becomes visible again.
  var deletesMessage: Bool
}

/// What an agent answers: an event of source and detail type `task.completion`.
struct PlannedAnswer: Equatable {
  struct Blob: Equatable {
    let key: String
    let bytes: [UInt8]
  }

  /// Put into the bucket just before the event is published.
  var blobs: [Blob] = []
  /// The agent that registers what it makes, just before the event is published; nil for an answer that registers nothing.
  var maker: String?
  /// Of the event; need not be JSON of any form that the Supervisor knows.
  var detail: [UInt8]
}

/// The agents that have queues of their own: programs of others, written for the original or for this product, and not all of them well.
final class AgentConsumers {
  private let plan: Plan
  private let faults: FaultSource
  private let seed: UInt64
  /// How often each message has been taken, so that the consumer of a second delivery need not do as the first one did.
  private var deliveries: [String: Int] = [:]

  init(scenario: Scenario, faults: FaultSource, seed: UInt64) {
    plan = Plan(scenario)
    self.faults = faults
    self.seed = seed
  }

  /// - Parameter nowMilliseconds: of the service's clock.
  func consume(_ body: [UInt8], nowMilliseconds now: Int64) -> Consumption {
    guard let message = try? TaskMessage(body: body) else { return Consumption(answers: [], deletesMessage: true) }
    let key = "\(message.orchestrationID)/\(message.requestID ?? "")/\(message.toolUseID)"
    deliveries[key, default: 0] += 1
    var chance = RandomStream(seed: seed, purpose: "agent \(key)/\(deliveries[key] ?? 0)")
    let isMaker = plan.isMaker(message.node)
    if faults.occurs(Fault.silentAgent) {
      var consumption = Consumption(answers: [], deletesMessage: faults.number(in: 0...2) > 0)
      if isMaker, chance.occurs(0.5) {
        consumption.registration = Consumption.Registration(afterMilliseconds: chance.number(in: 50...3_000), maker: message.node)
      }
      return consumption
    }
    var after: Int64 = chance.number(in: chance.occurs(0.7) ? 50...3_000 : 3_000...40_000)
    if faults.occurs(Fault.slowAgent) {
      let left = max(0, (message.dueAtMilliseconds ?? now + 600_000) - now)
      // Up to half as long again as it may take, and a minute.
      after = min(7_200_000, faults.number(in: 5_000...left + left / 2 + 60_000))
    }
    var consumption = Consumption(answers: [], deletesMessage: true)
    if faults.occurs(Fault.poison) {
      consumption.answers.append(Consumption.Answer(afterMilliseconds: after, answer: poison(message)))
      // Now and then that is all that it says.
      if faults.number(in: 0...2) == 0 { return consumption }
      after += faults.number(in: 0...5_000)
    }
    let answer = answer(to: message, &chance)
    consumption.answers.append(Consumption.Answer(afterMilliseconds: after, answer: answer))
    if faults.occurs(Fault.repeatingAgent) {
      // At least once is what it does: it dies after its answer and before it has deleted the message, or sends the answer again.
      if faults.number(in: 0...3) == 0 { consumption.deletesMessage = false }
      for _ in 0..<faults.number(in: 1...3) {
        let isOther = faults.number(in: 0...2) == 0
        let isSoon = faults.number(in: 0...1) == 0
        let later = faults.number(in: isSoon ? 0...2_000 : 2_000...5_400_000)
        consumption.answers.append(
          Consumption.Answer(
            afterMilliseconds: after + later, answer: isOther ? success(message, otherResult(than: answer), &chance) : answer))
      }
    }
    return consumption
  }

  // MARK: Answers

  private func answer(to message: TaskMessage, _ chance: inout RandomStream) -> PlannedAnswer {
    if faults.occurs(Fault.failingAgent) { return failure(message, &chance) }
    if faults.occurs(Fault.oversizedResult) { return oversized(message, &chance) }
    return success(message, result(of: message, &chance), &chance)
  }

  private func result(of message: TaskMessage, _ chance: inout RandomStream) -> JSONValue {
    let text = Filler.text("Found for \(message.toolUseID).", extraBytes: plannedTask(message)?.resultBytes ?? 10)
    switch chance.weighted([7, 2, 1]) {
    case 1: return .string(text)
    case 2: return ["found": .string(text), "count": 3, "exact": true]
    default: return [.string(text), nil, 0.5]
    }
  }

  /// A result about as long as the first one: what goes to the bucket with that goes there with this.
  private func otherResult(than first: PlannedAnswer) -> JSONValue {
    .string(Filler.text("On second thought, no.", extraBytes: min(first.detail.count, 200_000)))
  }

  private func success(_ message: TaskMessage, _ data: JSONValue, _ chance: inout RandomStream) -> PlannedAnswer {
    guard echoesRound(message) else {
      // The original's four fields, and no more.
      return PlannedAnswer(
        detail: JSONValue.object([
          "orchestration_id": .string(message.orchestrationID), "data": data, "agent_use_id": .string(message.toolUseID),
          "node": .string(message.node),
        ]).bytes)
    }
    var completion = completion(of: message)
    completion.data = data
    completion.usage = usage(&chance)
    // Whoever finds made what it was to make says that the registry is another one, too.
    completion.registryChanged = plan.isMaker(message.node)
    return PlannedAnswer(maker: completion.registryChanged ? message.node : nil, detail: completion.json)
  }

  private func completion(of message: TaskMessage) -> TaskCompletion {
    TaskCompletion(
      orchestrationID: message.orchestrationID, toolUseID: message.toolUseID, node: message.node,
      requestID: echoesRound(message) ? message.requestID : nil)
  }

  /// Agents that have no budget report little, or tokens without a price, or nothing.
  private func usage(_ chance: inout RandomStream) -> TaskCompletion.Usage? {
    switch chance.weighted([6, 2, 2]) {
    case 1: nil
    case 2: TaskCompletion.Usage(inputTokens: 120, outputTokens: 30, costMicroUSD: nil)
    default: TaskCompletion.Usage(inputTokens: 120, outputTokens: 30, costMicroUSD: chance.number(in: 0...400))
    }
  }

  private func failure(_ message: TaskMessage, _ chance: inout RandomStream) -> PlannedAnswer {
    var completion = completion(of: message)
    completion.status = .error
    switch faults.number(in: 0...3) {
    case 0: (completion.code, completion.message) = ("source_unavailable", "The source does not answer.")
    case 1: completion.message = Filler.text("It went wrong.", extraBytes: Int(chance.number(in: 0...3_000) as Int64))
    case 2: (completion.code, completion.data) = ("failed", ["trace": ["line 1", "line 2"]])
    default: completion.data = "Something went wrong."
    }
    completion.usage = usage(&chance)
    return PlannedAnswer(detail: completion.json)
  }

  /// A result over the limits of a row or an event: stored beside it as it should be, or not.
  private func oversized(_ message: TaskMessage, _ chance: inout RandomStream) -> PlannedAnswer {
    var completion = completion(of: message)
    let isHuge = faults.number(in: 0...9) == 0
    let byteCount = isHuge ? faults.number(in: 150_000...400_000) : faults.number(in: 2_000...70_000)
    let own = "payloads/\(message.orchestrationID)/\(message.toolUseID)-agent.json"
    switch faults.number(in: 0...6) {
    case 0...2:
      let bytes = JSONValue.string(Filler.text(byteCount: Int(byteCount))).bytes
      completion.dataReference = PayloadReference(key: own, byteCount: bytes.count)
      return PlannedAnswer(blobs: [PlannedAnswer.Blob(key: own, bytes: bytes)], detail: completion.json)
    case 3:
      // Text that is no JSON is a result too.
      let bytes = Array("Plain text of \(message.toolUseID), as it is.".utf8)
      completion.dataReference = PayloadReference(key: own, byteCount: bytes.count)
      return PlannedAnswer(blobs: [PlannedAnswer.Blob(key: own, bytes: bytes)], detail: completion.json)
    case 4:
      completion.dataReference = PayloadReference(key: "payloads/\(message.orchestrationID)/missing.json", byteCount: 300_000)
      return PlannedAnswer(detail: completion.json)
    case 5:
      completion.dataReference = PayloadReference(key: "payloads/somebody-else/\(message.toolUseID).json", byteCount: 300_000)
      return PlannedAnswer(detail: completion.json)
    default:
      // As long as an event may be: 256 KB with all that is in it.
      return success(message, .string(Filler.text(byteCount: Int(min(byteCount, 230_000)))), &chance)
    }
  }

  /// An answer to what nobody has asked for.
  private func poison(_ message: TaskMessage) -> PlannedAnswer {
    var completion = completion(of: message)
    completion.data = "Lost."
    switch faults.number(in: 0...7) {
    case 0: completion.toolUseID = "nobody-asked"
    case 1: completion.requestID = "\(message.orchestrationID)#99"
    case 2: completion.requestID = "nobody-asked#1"
    case 3: completion.orchestrationID = "nobody-asked"
    case 4:
      completion.node = "nobody"
      completion.requestID = nil
    case 5: return PlannedAnswer(detail: Array("{\"orchestration_id\": 7}".utf8))
    case 6: return PlannedAnswer(detail: Array("[\"done\"]".utf8))
    default:
      var detail = (try? JSONValue(parsing: completion.json))?.objectValue ?? [:]
      detail["status"] = "perhaps"
      detail["usage"] = ["input_tokens": -4, "output_tokens": "many", "cost_micro_usd": -1]
      return PlannedAnswer(detail: JSONValue.object(detail).bytes)
    }
    return PlannedAnswer(detail: completion.json)
  }

  // MARK: The plan

  private func echoesRound(_ message: TaskMessage) -> Bool { plan.agent(message.node)?.echoesRound ?? true }

  /// By what the input says; one that has been stored elsewhere says nothing, but the message names its round.
  private func plannedTask(_ message: TaskMessage) -> PlannedTask? {
    if let names = TaskNames(message.input) { return plan.task(names) }
    let round = message.requestID?.split(separator: "#").last.flatMap { Int($0) } ?? 1
    return plan.task(TaskNames(run: message.orchestrationID, round: round, toolUseID: message.toolUseID))
  }
}
