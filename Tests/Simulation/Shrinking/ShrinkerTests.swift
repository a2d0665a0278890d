import JSON
import Orchestration
import SimulatedAWS
import Synchronization
import Testing

@testable import Simulation

@Suite struct ShrinkerTests {
  private static let scenario = Scenario(
    agents: [PlannedAgent(id: "poet", kind: .prompt), PlannedAgent(id: "adder", kind: .queue)],
    runs: (1...3).map { number in
      PlannedRun(
        id: "run-\(number)", atMilliseconds: Int64(number) * 1_000, copies: 2, deadlineSeconds: 600, budgetMicroUSD: 500_000,
        callback: .sqs(queueURL: "https://queue"),
        rounds: [
          [PlannedTask(toolUseID: "t1", agent: "poet", inputBytes: 300, agentTurns: 2), PlannedTask(toolUseID: "t2", agent: "adder")],
          [PlannedTask(toolUseID: "t3", agent: "poet")],
        ])
    },
    actions: [
      PlannedAction(atMilliseconds: 5, kind: .cancel(run: "run-1")), PlannedAction(atMilliseconds: 9, kind: .edit(agent: "poet")),
    ])

  /// A world in which faults 1 to 20 happen, of the kinds that are on by turns, and which breaks its promise as `isBroken` says.
  private static func world(
    _ seed: UInt64, _ options: World.Options, _ isBroken: (_ faults: [Fault: [Int]], _ scenario: Scenario) -> Bool
  ) -> World.Result {
    let scenario = options.scenario ?? Self.scenario
    let kinds = options.faults.rates(ofWorld: seed).keys.sorted()
    var facts: [World.TimedFact] = []
    var faults: [Fault: [Int]] = [:]
    if !kinds.isEmpty {
      for number in 1...20 where !options.suppressedFaults.contains(number) {
        let fault = [Fault.crash, .lostAnswer, .throttling][number % 3]
        guard kinds.contains(fault) else { continue }
        faults[fault, default: []].append(number)
        if options.keepsFacts {
          facts.append(World.TimedFact(atMilliseconds: Timeline.begin + Int64(number), fact: .faultHappened(fault, number: number)))
        }
      }
    }
    let violation = Violation(invariant: "nothing is lost", breach: Breach("lost"), atMilliseconds: Timeline.begin, fact: facts.count)
    return World.Result(
      seed: seed, violation: isBroken(faults, scenario) ? violation : nil, facts: facts, fingerprint: 1,
      faults: faults.mapValues(\.count), factCount: facts.count, crashPoints: 0, modelCalls: 1, elapsedMilliseconds: 1, scenario: scenario)
  }

  private static let faulty: World.Options = {
    var options = World.Options()
    options.faults = FaultSettings(rates: [.crash: 0.1, .lostAnswer: 0.1, .throttling: 0.1], variesByWorld: false)
    return options
  }()

  @Test func onlyWhatTheFailureNeedsIsLeft() throws {
    // Broken by crash 6 together with lost answer 13, where run-2 asks for t3.
    let shrinker = Shrinker(seed: 5) { seed, options in
      Self.world(seed, options) { faults, scenario in
        faults[.crash]?.contains(6) == true && faults[.lostAnswer]?.contains(13) == true
          && scenario.runs.contains { $0.id == "run-2" && $0.rounds.joined().contains { $0.toolUseID == "t3" } }
      }
    }
    let shrunk = try #require(try shrinker.shrink(Self.faulty))
    #expect(shrunk.options.faults.rates.keys.sorted() == [.crash, .lostAnswer])
    let left = shrunk.result.facts.compactMap { if case .faultHappened(_, let number) = $0.fact { number } else { nil } }
    #expect(left == [6, 13])
    let scenario = try #require(shrunk.options.scenario)
    #expect(scenario.runs.map(\.id) == ["run-2"])
    #expect(scenario.runs[0].rounds.map { $0.map(\.toolUseID) } == [["t3"]])
    #expect(scenario.runs[0].callback == nil && scenario.runs[0].copies == 1)
    #expect(scenario.actions == [] && scenario.agents.map(\.id) == ["poet"])
    #expect(shrunk.tries <= 300)
  }

  @Test func aFailureWithoutFaultsLosesThemAll() throws {
    let shrinker = Shrinker(seed: 5) { seed, options in Self.world(seed, options) { _, _ in true } }
    let shrunk = try #require(try shrinker.shrink(Self.faulty))
    #expect(shrunk.options.faults.rates == [:])
    #expect(shrunk.options.scenario?.runs.count == 1)
    #expect(shrunk.options.scenario?.runs[0].rounds == [])
  }

  @Test func anotherBrokenPromiseIsNotTheSame() throws {
    let shrinker = Shrinker(seed: 5) { seed, options in
      let result = Self.world(seed, options) { _, _ in true }
      guard options.faults.rates.count < 3 else { return result }
      let other = Violation(invariant: "another", breach: Breach("x"), atMilliseconds: 0, fact: 0)
      return World.Result(
        seed: seed, violation: other, facts: result.facts, fingerprint: 1, faults: [:], factCount: 1, crashPoints: 0, modelCalls: 1,
        elapsedMilliseconds: 1, scenario: result.scenario)
    }
    let shrunk = try #require(try shrinker.shrink(Self.faulty))
    #expect(shrunk.options.faults.rates.count == 3)
    #expect(shrunk.result.violation?.invariant == "another" || shrunk.result.violation?.invariant == "nothing is lost")
  }

  @Test func triesAreLimited() throws {
    let count = Mutex(0)
    let shrinker = Shrinker(seed: 5, maximumTries: 12) { seed, options in
      count.withLock { $0 += 1 }
      return Self.world(seed, options) { _, scenario in scenario.runs.count == 3 }
    }
    let shrunk = try #require(try shrinker.shrink(Self.faulty))
    #expect(count.withLock { $0 } == 12)
    #expect(shrunk.tries == 12)
    #expect(shrunk.result.violation != nil)
  }

  @Test func aWorldThatBreaksNothingIsNotShrunk() throws {
    #expect(try Shrinker(seed: 5) { seed, options in Self.world(seed, options) { _, _ in false } }.shrink(Self.faulty) == nil)
  }

  // MARK: World files

  @Test func aWorldIsWrittenOutAndReadAgain() throws {
    var scenario = Self.scenario
    scenario.settings = ["MAX_ROUNDS": "4"]
    scenario.agents[0] = PlannedAgent(id: "poet", kind: .prompt, timeoutSeconds: 60, budgetMicroUSD: 700, model: "m")
    scenario.agents[1].echoesRound = false
    scenario.agents.append(PlannedAgent(id: "made", kind: .code, maker: "adder"))
    scenario.runs[0].extraTaskBytes = 9
    scenario.runs[1].callback = .eventBridge(busName: "callers", source: "task.response", detailType: "task.response")
    scenario.runs[2].callback = nil
    scenario.runs[2].deadlineSeconds = nil
    scenario.actions += [
      PlannedAction(atMilliseconds: 1, kind: .deactivate(agent: "poet")), PlannedAction(atMilliseconds: 2, kind: .activate(agent: "poet")),
      PlannedAction(atMilliseconds: 3, kind: .delete(agent: "poet")),
      PlannedAction(atMilliseconds: 4, kind: .poison(.notJSON, run: "run-2")),
      PlannedAction(atMilliseconds: 5, kind: .deploy(settings: ["MAX_ROUNDS": "3", "MAX_DEPTH": "1"])),
    ]
    let file = WorldFile(seed: .max, rates: [.crash: 0.25, .staleRead: 1], suppressedFaults: [3, 17], scenario: scenario)
    #expect(try WorldFile(JSONValue(parsing: file.json.text)) == file)
  }

  @Test func aFileWhoseContentIsWrongSaysWhere() throws {
    let good = WorldFile(seed: 1, rates: [:], suppressedFaults: [], scenario: Self.scenario).json
    var object = try #require(good.objectValue)
    object["faults"] = ["earthquake": 1]
    let error = #expect(throws: JSONError.self) { try WorldFile(.object(object)) }
    #expect(error?.field == "faults.earthquake")
    var scenario = try #require(good["scenario"]?.objectValue)
    scenario["runs"] = [["id": "run-1", "atMilliseconds": "soon", "rounds": []]]
    object["faults"] = [:]
    object["scenario"] = .object(scenario)
    #expect(#expect(throws: JSONError.self) { try WorldFile(.object(object)) }?.field == "scenario.runs[0].atMilliseconds")
  }
  /// Values that no world can do with: the world would trap, never end or take all memory, or break promises that nobody made.
  @Test(
    arguments: [
      ("agents", ["id": "", "kind": "queue"], "agents[0].id"), ("agents", ["id": "a b", "kind": "prompt"], "agents[0].id"),
      ("runs", ["id": "run-1", "atMilliseconds": 9_223_372_036_854_775_807, "rounds": []], "runs[0].atMilliseconds"),
      ("runs", ["id": "run-1", "atMilliseconds": -1, "rounds": []], "runs[0].atMilliseconds"),
      ("runs", ["id": "run-1", "atMilliseconds": 0, "copies": 1_000_000_000, "rounds": []], "runs[0].copies"),
      ("runs", ["id": "run-1", "atMilliseconds": 0, "deadlineSeconds": 0, "rounds": []], "runs[0].deadlineSeconds"),
      ("runs", ["id": "run-1", "atMilliseconds": 0, "budgetMicroUSD": 0, "rounds": []], "runs[0].budgetMicroUSD"),
      ("runs", ["id": "run-1", "atMilliseconds": 0, "extraTaskBytes": 9_223_372_036_854_775_807, "rounds": []], "runs[0].extraTaskBytes"),
      (
        "runs", ["id": "run-1", "atMilliseconds": 0, "rounds": [[["toolUseID": "t", "agent": "a", "inputBytes": 1_000_000_001]]]],
        "runs[0].rounds[0][0].inputBytes"
      ),
      ("actions", ["atMilliseconds": 9_223_372_036_854_775_807, "cancel": "run-1"], "actions[0].atMilliseconds"),
      ("actions", ["atMilliseconds": 1, "cancle": "run-1"], "actions[0]"),
    ] as [(String, JSONValue, String)])
  func aFileWithWhatNoWorldCanDoSaysWhere(_ member: String, _ entry: JSONValue, _ place: String) throws {
    var object = try #require(WorldFile(seed: 1, rates: [:], suppressedFaults: [], scenario: Self.scenario).json.objectValue)
    var scenario = try #require(object["scenario"]?.objectValue)
    scenario[member] = [entry]
    object["scenario"] = .object(scenario)
    #expect(#expect(throws: JSONError.self) { try WorldFile(.object(object)) }?.field == "scenario.\(place)")
  }

  @Test func everyGeneratedWorldCanBeWrittenOutAndReadAgain() throws {
    for seed in 1...200 as ClosedRange<UInt64> {
      let file = WorldFile(seed: seed, rates: [:], suppressedFaults: [], scenario: .generated(seed: seed))
      #expect(try WorldFile(JSONValue(parsing: file.json.text)) == file, "seed \(seed)")
    }
  }
}
