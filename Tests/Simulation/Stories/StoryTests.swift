import JSON
import Orchestration
import SimulatedAWS
import Testing

@testable import Simulation

@Suite struct StoryTests {
  /// The good run of the invariants' tests, with what a network and a machine do to it.
  private func facts(_ steps: ArraySlice<StagedRun.Step> = StagedRun.Step.allCases[...]) -> [World.TimedFact] {
    let run = StagedRun(RequestsEnd())
    for step in steps {
      run.play(step)
      run.stage.nowMilliseconds += 500
    }
    return run.stage.facts
  }

  private func text(_ story: Story) -> [String] { story.rows.map(\.text) }

  @Test func aRunIsToldInWords() {
    let told = text(Storyteller().story(of: facts(), violation: nil))
    let expected = [
      "asks for run-1: \"Do it\"", "the run run-1 begins, until +3600.000 s, for $0.01", "lease taken until",
      "asks the model with 1 messages, $0.0001: end_turn, \"yes\"", "round 1 of run-1 begins with t1 (poet), t2 (adder)",
      "run-1: tool uses t1, t2 goes into the conversation", "the message of t1 of run-1#1 goes to arbiter-worker",
      "run-1#1: t1, t2 noted as sent", "takes t1 of run-1#1 until +150.000 s", "asks the model of t1", "keeps its answer to t1 of run-1#1",
      "poet answers t1 of run-1#1: success", "run-1#1: t1 answered: success", "adder answers t2 of run-1#1: error no_numbers",
      "run-1#1: t2 answered: error no_numbers", "answers to t1, t2 (error)", "ends: completed: \"yes\"",
      "tells the bus of run-1: completed",
      "the outcome of run-1 goes to callbacks", "its outcome counts as told",
    ]
    var rest = told[...]
    for phrase in expected {
      guard let place = rest.firstIndex(where: { $0.contains(phrase) }) else {
        #expect(Bool(false), "\(phrase) is not told, or not in its place:\n\(told.joined(separator: "\n"))")
        continue
      }
      rest = rest[(place + 1)...]
    }
  }

  @Test func aFactIsAtMostOneLineAndColumnsAreAligned() {
    let facts = facts()
    let story = Storyteller(isVerbose: true).story(of: facts, violation: nil)
    #expect(story.lines.count <= facts.count)
    #expect(story.lines.allSatisfy { !$0.text.contains("\n") })
    let told = text(story)
    #expect(told.allSatisfy { $0.contains(" s  ") })
    #expect(Set(told.map { $0.prefix { $0 != "s" }.count }).count == 1, "the times stand under each other")
  }

  @Test func whatIsOfNoInterestIsToldOnlyToThoseWhoWantItAll() {
    let invocation = Stage.invocation(4, "supervisor")
    let facts = [
      World.TimedFact(atMilliseconds: Timeline.begin, fact: .began(invocation)),
      World.TimedFact(
        atMilliseconds: Timeline.begin + 5, fact: .called(service: "dynamodb", operation: "GetItem", status: 200, invocation)),
      World.TimedFact(
        atMilliseconds: Timeline.begin + 9, fact: .called(service: "dynamodb", operation: "UpdateItem", status: 400, invocation)),
      World.TimedFact(atMilliseconds: Timeline.begin + 10, fact: .ended(invocation, .crashed)),
    ]
    let told = text(Storyteller().story(of: facts, violation: nil))
    #expect(
      told == [
        "+0.000 s  supervisor 4/p4  begins: test", "+0.009 s  supervisor 4/p4  dynamodb refuses UpdateItem: 400",
        "+0.010 s  supervisor 4/p4  its process dies",
      ])
    #expect(Storyteller(isVerbose: true).story(of: facts, violation: nil).lines.count == 4)
  }

  @Test func whatHappensInsideOfARequestIsItsSenders() {
    let invocation = Stage.invocation(4, "supervisor")
    let run = StagedRun(RequestsEnd())
    run.play(.create)
    run.stage.done(invocation)
    run.play(.request)
    #expect(Storyteller.owners(of: run.stage.facts).map { $0?.number } == [4, 4, nil])
  }

  @Test func aBrokenPromiseIsToldWhereItWasFound() throws {
    let facts = facts()
    let violation = Violation(
      invariant: "each tool use is answered once", breach: Breach("t9 is not", orchestrationID: "run-1"),
      atMilliseconds: facts[2].atMilliseconds, fact: 3)
    let story = Storyteller(isVerbose: true).story(of: facts, violation: violation)
    let place = try #require(story.lines.firstIndex { $0.tone == .violation })
    #expect(place == 3)
    #expect(story.lines[place].text == "BROKEN: each tool use is answered once: t9 is not")
    let atEnd = Violation(invariant: "a", breach: Breach("b"), atMilliseconds: Timeline.begin, fact: facts.count)
    #expect(Storyteller().story(of: facts, violation: atEnd).lines.last?.text == "BROKEN: a: b")
  }

  @Test func aStoryOfOneRunLeavesTheOthersOut() {
    func invocation(_ number: Int, _ cause: String) -> InvocationFacts {
      InvocationFacts(number: number, function: "supervisor", process: 1, attempt: 1, cause: cause, deadlineMilliseconds: 0)
    }
    let (first, second) = (invocation(1, "task.request run-1"), invocation(2, "task.request run-2"))
    let sweep = invocation(3, "sweep")
    func note(_ text: String, _ id: String, _ invocation: InvocationFacts) -> Fact {
      .noted(.error, text, ["orchestration_id": .string(id)], invocation)
    }
    let facts: [Fact] = [
      .began(first), .faultHappened(.throttling, number: 1), .called(service: "dynamodb", operation: "PutItem", status: 400, first),
      .began(second), .faultHappened(.crash, number: 2), .ended(second, .crashed), note("of one", "run-1", sweep),
      note("of two", "run-2", sweep), .ended(sweep, .timedOut), .quietened,
    ]
    let story = Storyteller(orchestrationID: "run-1").story(
      of: facts.map { World.TimedFact(atMilliseconds: Timeline.begin, fact: $0) }, violation: nil)
    #expect(
      story.lines.map(\.text) == [
        "begins: task.request run-1", "fault 1: throttling", "dynamodb refuses PutItem: 400", "notes: of one",
        "from now on nothing goes wrong",
      ])
  }
}
