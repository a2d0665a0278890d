import JSON
import Orchestration

extension Scenario {
  var json: JSONValue {
    [
      "agents": .array(agents.map(\.json)), "runs": .array(runs.map(\.json)), "actions": .array(actions.map(\.json)),
      "settings": settings.json,
    ]
  }

  init(_ reader: WorldReader) throws(JSONError) {
    var scenario = Scenario(agents: [], runs: [], actions: [])
    for agent in try reader.members("agents") { scenario.agents.append(try PlannedAgent(agent)) }
    for run in try reader.members("runs") { scenario.runs.append(try PlannedRun(run)) }
    for action in try reader.members("actions") { scenario.actions.append(try PlannedAction(action)) }
    if reader.has("settings") { scenario.settings = try reader.texts("settings") }
    self = scenario
  }
}

extension PlannedAgent {
  var json: JSONValue {
    var object: JSONObject = ["id": .string(id), "kind": .string(kind.rawValue), "echoesRound": .bool(echoesRound)]
    if let timeoutSeconds { object["timeoutSeconds"] = .number(timeoutSeconds) }
    if let budgetMicroUSD { object["budgetMicroUSD"] = .number(budgetMicroUSD) }
    if let model { object["model"] = .string(model) }
    if let maker { object["maker"] = .string(maker) }
    return .object(object)
  }

  init(_ reader: WorldReader) throws(JSONError) {
    guard let kind = Kind(rawValue: try reader.text("kind")) else { throw reader.wrong("kind", "\"prompt\", \"queue\" or \"code\"") }
    self.init(
      id: try reader.id("id"), kind: kind, echoesRound: try reader.flag("echoesRound", default: true),
      timeoutSeconds: reader.has("timeoutSeconds") ? try reader.count("timeoutSeconds") : nil,
      budgetMicroUSD: reader.has("budgetMicroUSD") ? try reader.money("budgetMicroUSD") : nil,
      model: reader.has("model") ? try reader.text("model") : nil, maker: reader.has("maker") ? try reader.id("maker") : nil)
  }
}

extension PlannedRun {
  var json: JSONValue {
    var object: JSONObject = ["id": .string(id), "atMilliseconds": .number(atMilliseconds), "copies": .number(copies)]
    if let deadlineSeconds { object["deadlineSeconds"] = .number(deadlineSeconds) }
    if let budgetMicroUSD { object["budgetMicroUSD"] = .number(budgetMicroUSD) }
    if let callback { object["callback"] = try? JSONValue(parsing: callback.json) }
    object["answerBytes"] = .number(answerBytes)
    object["extraTaskBytes"] = .number(extraTaskBytes)
    object["rounds"] = .array(rounds.map { .array($0.map(\.json)) })
    return .object(object)
  }

  init(_ reader: WorldReader) throws(JSONError) {
    var callback: Callback?
    if reader.has("callback") {
      let object = try reader.object("callback")
      do throws(WireError) { callback = try Callback(.object(object), field: "callback") } catch {
        throw reader.wrong(error.field, error.expected)
      }
    }
    var rounds: [[PlannedTask]] = []
    for (index, round) in try reader.list("rounds").enumerated() {
      guard let tasks = round.arrayValue else { throw reader.wrong("rounds[\(index)]", "an array of tasks") }
      var planned: [PlannedTask] = []
      for (place, task) in tasks.enumerated() { planned.append(try PlannedTask(reader.nested(task, "rounds[\(index)][\(place)]"))) }
      rounds.append(planned)
    }
    self.init(
      id: try reader.id("id"), atMilliseconds: try reader.time("atMilliseconds"),
      copies: try reader.count("copies", default: 1, in: 1...100),
      deadlineSeconds: reader.has("deadlineSeconds") ? try reader.count("deadlineSeconds", in: 1...2_592_000) : nil,
      budgetMicroUSD: reader.has("budgetMicroUSD") ? try reader.money("budgetMicroUSD") : nil, callback: callback, rounds: rounds,
      answerBytes: try reader.count("answerBytes", default: 20), extraTaskBytes: try reader.count("extraTaskBytes", default: 0))
  }
}

extension PlannedTask {
  var json: JSONValue {
    [
      "toolUseID": .string(toolUseID), "agent": .string(agent), "inputBytes": .number(inputBytes), "resultBytes": .number(resultBytes),
      "agentTurns": .number(agentTurns),
    ]
  }

  init(_ reader: WorldReader) throws(JSONError) {
    self.init(
      toolUseID: try reader.text("toolUseID"), agent: try reader.text("agent"), inputBytes: try reader.count("inputBytes", default: 10),
      resultBytes: try reader.count("resultBytes", default: 10), agentTurns: try reader.count("agentTurns", default: 0))
  }
}

extension PlannedAction {
  var json: JSONValue {
    var object: JSONObject = ["atMilliseconds": .number(atMilliseconds)]
    switch kind {
    case .cancel(let run): object["cancel"] = .string(run)
    case .deactivate(let agent): object["deactivate"] = .string(agent)
    case .activate(let agent): object["activate"] = .string(agent)
    case .delete(let agent): object["delete"] = .string(agent)
    case .edit(let agent): object["edit"] = .string(agent)
    case .deploy(let settings): object["deploy"] = settings.json
    case .poison(let poison, let run):
      object["poison"] = .string(poison.rawValue)
      object["run"] = .string(run)
    }
    return .object(object)
  }

  init(_ reader: WorldReader) throws(JSONError) {
    let kind: Kind
    if reader.has("cancel") {
      kind = .cancel(run: try reader.text("cancel"))
    } else if reader.has("deactivate") {
      kind = .deactivate(agent: try reader.text("deactivate"))
    } else if reader.has("activate") {
      kind = .activate(agent: try reader.text("activate"))
    } else if reader.has("delete") {
      kind = .delete(agent: try reader.text("delete"))
    } else if reader.has("edit") {
      kind = .edit(agent: try reader.text("edit"))
    } else if reader.has("poison") {
      guard let poison = Poison(rawValue: try reader.text("poison")) else {
        throw reader.wrong("poison", "one of " + Poison.allCases.map(\.rawValue).joined(separator: ", "))
      }
      kind = .poison(poison, run: try reader.text("run"))
    } else if reader.has("deploy") {
      kind = .deploy(settings: try reader.texts("deploy"))
    } else {
      throw reader.wrong("", "one of cancel, deactivate, activate, delete, edit, poison, deploy")
    }
    self.init(atMilliseconds: try reader.time("atMilliseconds"), kind: kind)
  }
}

extension [String: String] {
  /// The members in the order of the alphabet.
  fileprivate var json: JSONValue { .object(JSONObject(sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })) }
}
