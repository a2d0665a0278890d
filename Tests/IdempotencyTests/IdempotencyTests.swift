import AWSClient
import JSON
import LambdaRuntime
import Testing

@testable import Idempotency

@Suite struct IdempotencyTests {
  struct Declined: Error {}

  let store = InMemoryIdempotencyStore()
  let clock = ManualClock()
  let events = Notes<Idempotency.Event>()
  let runs = Notes<String>()

  func idempotency(
    _ key: IdempotencyKey = .wholePayload, store: (any IdempotencyStore)? = nil, _ change: (inout Idempotency.Options) -> Void = { _ in }
  ) -> Idempotency {
    var options = Idempotency.Options()
    change(&options)
    return Idempotency(store: store ?? self.store, function: "payments", key: key, options: options, clock: clock, observe: events.add)
  }

  /// Without what one process remembers, as if each request met another one.
  func elsewhere(_ key: IdempotencyKey = .wholePayload, _ change: (inout Idempotency.Options) -> Void = { _ in }) -> Idempotency {
    idempotency(key) {
      $0.cachedResults = 0
      change(&$0)
    }
  }

  func work(_ result: String = "done") -> @Sendable () async throws -> [UInt8] {
    { [runs] in
      runs.add(result)
      return Array(result.utf8)
    }
  }

  // MARK: Once

  @Test func workIsDoneOnceAndAnsweredTwice() async throws {
    for _ in 0..<2 { #expect(try await elsewhere().perform(["id": 1], work()) == Array("done".utf8)) }
    #expect(try await elsewhere().perform(["id": 2], work("other")) == Array("other".utf8))
    #expect(runs.all == ["done", "other"])
    #expect(events.all.count == 1)
  }

  @Test func theOrderOfMembersDoesNotMakeAnotherPayload() async throws {
    _ = try await elsewhere().perform(try JSONValue(parsing: #"{"a":1,"b":{"c":[1,2],"d":null}}"#), work())
    _ = try await elsewhere().perform(try JSONValue(parsing: #"{ "b": {"d":null,"c":[1,2]}, "a":1 }"#), work())
    _ = try await elsewhere().perform(try JSONValue(parsing: #"{"a":1,"b":{"c":[2,1],"d":null}}"#), work())
    #expect(runs.all.count == 2)
  }

  /// A sender that writes an amount in another way has not sent another payment.
  @Test(
    arguments: [
      ["1", "1.0", "1e0", "10e-1", "0.01E+2"], ["-0.5", "-5e-1", "-0.50"], ["0", "-0", "0.00", "0e7"],
      ["9007199254740993", "9007199254740993.0"],
    ])
  func theWayANumberIsWrittenDoesNotMakeAnotherPayload(numbers: [String]) async throws {
    for number in numbers { _ = try await elsewhere().perform(try JSONValue(parsing: #"{"id":\#(number)}"#), work()) }
    #expect(runs.all.count == 1)
  }

  @Test func numbersThatADoubleCannotTellApartAreTwo() async throws {
    let numbers = [
      "9007199254740992", "9007199254740993", "1e400", "1e401", "1e99999999999999999999", "1e99999999999999999998", "-1", "1", "10", "0.1",
    ]
    for number in numbers { _ = try await elsewhere().perform(try JSONValue(parsing: #"{"id":\#(number)}"#), work()) }
    #expect(runs.all.count == numbers.count)
  }

  @Test func theLongestTimesThereAreOverflowNothing() async throws {
    for limit in [Idempotency.InProgressLimit.deadline, .milliseconds(.max)] {
      for _ in 0..<2 {
        let idempotency = elsewhere {
          $0.expiresAfterMilliseconds = .max
          $0.waitsMilliseconds = .max
          $0.inProgressLimit = limit
        }
        _ = try await idempotency.perform(["id": 1], work())
      }
    }
    #expect(runs.all.count == 1)
    #expect(store.all.first?.expiryMilliseconds == 253_402_300_799_000)
  }

  @Test func workThatThrowsMayBeTriedAgainAtOnce() async throws {
    await #expect(throws: Declined.self) { _ = try await elsewhere().perform(["id": 1]) { () throws -> [UInt8] in throw Declined() } }
    _ = try await elsewhere().perform(["id": 1], work())
    #expect(runs.all == ["done"])
  }

  @Test func aResultExpires() async throws {
    _ = try await elsewhere().perform(["id": 1], work())
    clock.advance(3_599_999)
    _ = try await elsewhere().perform(["id": 1], work())
    #expect(runs.all.count == 1)
    clock.advance(1_001)
    _ = try await elsewhere().perform(["id": 1], work())
    #expect(runs.all.count == 2)
  }

  // MARK: At the same time

  @Test func aDuplicateWhileTheWorkIsUnderWayIsToldSo() async throws {
    _ = try await elsewhere().perform(["id": 1], deadlineMilliseconds: 1_005_000) { [self] in
      let error = await #expect(throws: IdempotencyError.self) { _ = try await elsewhere().perform(["id": 1], work()) }
      guard case .alreadyInProgress(_, let until) = error else {
        Issue.record("\(String(describing: error))")
        return []
      }
      #expect(until == 1_005_000)
      #expect(error?.lambdaErrorType == "Idempotency.AlreadyInProgress")
      return []
    }
    #expect(runs.all.isEmpty)
  }

  @Test func aDuplicateMayWaitForTheResult() async throws {
    let other = elsewhere { $0.waitsMilliseconds = 10_000 }
    let first = IdempotencyRecordHolder(store)
    try await first.begin(other, payload: ["id": 1])
    clock.afterNextSleep { first.finishLater() }
    #expect(try await other.perform(["id": 1], work()) == Array("first".utf8))
    #expect(runs.all.isEmpty)
  }

  @Test func waitingHasAnEnd() async throws {
    _ = try await elsewhere().perform(["id": 1], deadlineMilliseconds: 2_000_000) { [self] in
      await #expect(throws: IdempotencyError.self) {
        _ = try await elsewhere { $0.waitsMilliseconds = 3_000 }.perform(["id": 1], work())
      }
      return []
    }
    #expect(clock.nowMilliseconds <= 1_003_000)
  }

  // MARK: Deadlines

  @Test func anAttemptThatWasCutOffIsTakenOverAtItsDeadline() async throws {
    let holder = IdempotencyRecordHolder(store)
    try await holder.begin(elsewhere(), payload: ["id": 1], deadline: 1_005_000)
    clock.set(1_004_999)
    await #expect(throws: IdempotencyError.self) { _ = try await elsewhere().perform(["id": 1], work()) }
    clock.set(1_005_000)
    _ = try await elsewhere().perform(["id": 1], work())
    #expect(runs.all == ["done"])
  }

  @Test(arguments: [1_000_000, 999_999]) func noTimeLeftIsNotNoLimit(deadline: Int64) async throws {
    let error = await #expect(throws: IdempotencyError.self) {
      _ = try await elsewhere().perform(["id": 1], deadlineMilliseconds: deadline, work())
    }
    #expect(error?.lambdaErrorType == "Idempotency.NoTimeLeft")
    #expect(runs.all.isEmpty)
    _ = try await elsewhere().perform(["id": 1], deadlineMilliseconds: 1_005_000, work())
    #expect(runs.all == ["done"])
  }

  @Test func withoutADeadlineAnAttemptCountsAsDeadAfterTheLongestInvocation() async throws {
    let holder = IdempotencyRecordHolder(store)
    try await holder.begin(elsewhere(), payload: ["id": 1])
    clock.advance(899_999)
    await #expect(throws: IdempotencyError.self) { _ = try await elsewhere().perform(["id": 1], work()) }
    clock.advance(1)
    _ = try await elsewhere().perform(["id": 1], work())
    #expect(runs.all.count == 1)
  }

  @Test func workThatMovesMoneyIsNotTriedAgainAtTheDeadline() async throws {
    let careful = { [self] in
      elsewhere {
        $0.inProgressLimit = .milliseconds(86_400_000)
        $0.expiresAfterMilliseconds = 172_800_000
      }
    }
    let holder = IdempotencyRecordHolder(store)
    try await holder.begin(careful(), payload: ["id": 1], deadline: 1_005_000)
    clock.set(80_000_000)
    await #expect(throws: IdempotencyError.self) { _ = try await careful().perform(["id": 1], work()) }
    clock.set(1_000_000 + 86_400_000)
    _ = try await careful().perform(["id": 1], work())
    #expect(runs.all.count == 1)
  }

  @Test func theDeadlineOfTheInvocationIsTheLimit() async throws {
    let context = LambdaContext(requestID: "r", deadlineMilliseconds: 1_005_000)
    try await LambdaContext.$current.withValue(context) {
      let holder = IdempotencyRecordHolder(store)
      try await holder.begin(elsewhere(), payload: ["id": 1])
    }
    clock.set(1_005_000)
    _ = try await elsewhere().perform(["id": 1], work())
    #expect(runs.all.count == 1)
  }

  @Test func whoIsTakenOverSaysSoAndStillAnswers() async throws {
    let response = try await elsewhere().perform(["id": 1], deadlineMilliseconds: 1_005_000) { [self] in
      clock.set(1_006_000)
      _ = try await elsewhere().perform(["id": 1], deadlineMilliseconds: 1_016_000, work("second"))
      return Array("first".utf8)
    }
    #expect(response == Array("first".utf8))
    #expect(try await elsewhere().perform(["id": 1], work("third")) == Array("second".utf8))
    #expect(runs.all == ["second"])
    guard case .takenOver = events.all.first else {
      Issue.record("\(events.all)")
      return
    }
  }

  // MARK: Keys and payloads

  @Test func aKeyMayBeAPartOfThePayload() async throws {
    let key = IdempotencyKey.members(JSONPointer("body", "id"), JSONPointer("user"))
    _ = try await elsewhere(key).perform(["body": ["id": 1, "try": 1], "user": "a"], work())
    _ = try await elsewhere(key).perform(["body": ["id": 1, "try": 2], "user": "a"], work())
    _ = try await elsewhere(key).perform(["body": ["id": 1], "user": "b"], work())
    #expect(runs.all.count == 2)
  }

  @Test func aPayloadThatWasChangedIsRefused() async throws {
    for key in [
      IdempotencyKey.members(JSONPointer("id")).checking(JSONPointer("amount")), .members(JSONPointer("id")).checkingWholePayload(),
    ] {
      let store = InMemoryIdempotencyStore()
      for cached in [0, 10] {
        let idempotency = idempotency(key, store: store) { $0.cachedResults = cached }
        _ = try await idempotency.perform(["id": 1, "amount": 10], work())
        _ = try await idempotency.perform(["amount": 10, "id": 1], work())
        let error = await #expect(throws: IdempotencyError.self) {
          _ = try await idempotency.perform(["id": 1, "amount": 99], work())
        }
        #expect(error?.lambdaErrorType == "Idempotency.PayloadMismatch")
      }
    }
    #expect(runs.all.count == 2)
  }

  @Test(arguments: [[:], ["id": nil], ["body": 1]] as [JSONValue]) func anEventWithoutItsKeyIsRefused(payload: JSONValue) async throws {
    let error = await #expect(throws: IdempotencyError.self) {
      _ = try await elsewhere(.members(JSONPointer("id"), JSONPointer("body", "id"))).perform(payload, work())
    }
    #expect(error?.description == "the event has nothing at /id and /body/id, by which it could be told from others")
    for _ in 0..<2 { _ = try await elsewhere(.members(JSONPointer("id"), missing: .runsEachTime)).perform(payload, work()) }
    #expect(runs.all.count == 2)
  }

  @Test func functionsDoNotShareTheirKeys() async throws {
    _ = try await elsewhere().perform(["id": 1], work())
    _ = try await Idempotency(store: store, function: "refunds", clock: clock).perform(["id": 1], work())
    #expect(runs.all.count == 2)
  }

  // MARK: Trouble

  @Test func aResponseThatIsTooLargeIsAnsweredOnceAndTheWorkIsNotDoneAgain() async throws {
    let idempotency = elsewhere { $0.largestResponse = 10 }
    #expect(try await idempotency.perform(["id": 1], work("more than ten")).count == 13)
    let error = await #expect(throws: IdempotencyError.self) { _ = try await idempotency.perform(["id": 1], work()) }
    #expect(error?.description.contains("13 bytes") == true)
    #expect(runs.all.count == 1)
  }

  @Test func aStoreThatCannotBeAskedKeepsTheWorkFromBeingDone() async throws {
    let idempotency = idempotency(store: FailingStore(failing: ["begin"]))
    await #expect(throws: FailingStore.Unavailable.self) { _ = try await idempotency.perform(["id": 1], work()) }
    #expect(runs.all.isEmpty)
  }

  @Test func workThatIsDoneIsAnsweredEvenIfThatCannotBeWrittenDown() async throws {
    let idempotency = idempotency(store: FailingStore(failing: ["complete"]))
    #expect(try await idempotency.perform(["id": 1], work()) == Array("done".utf8))
    guard case .completionNotStored = events.all.first else {
      Issue.record("\(events.all)")
      return
    }
  }

  @Test func theWorksErrorIsThrownEvenIfItsRecordCannotBeRemoved() async throws {
    let idempotency = idempotency(store: FailingStore(failing: ["remove"]))
    await #expect(throws: Declined.self) { _ = try await idempotency.perform(["id": 1]) { () throws -> [UInt8] in throw Declined() } }
    guard case .failureNotStored = events.all.first else {
      Issue.record("\(events.all)")
      return
    }
  }

  @Test func aWriteOfWhichTheAnswerWasLostIsOnesOwn() async throws {
    let idempotency = idempotency(store: FailingStore(failing: ["answer"]))
    #expect(try await idempotency.perform(["id": 1], work()) == Array("done".utf8))
  }

  @Test func aCancelledTaskStillWritesItsEndDown() async throws {
    let idempotency = elsewhere()
    let task = Task {
      try await idempotency.perform(["id": 1]) { () throws -> [UInt8] in
        withUnsafeCurrentTask { $0?.cancel() }
        try Task.checkCancellation()
        return []
      }
    }
    await #expect(throws: CancellationError.self) { _ = try await task.value }
    _ = try await elsewhere().perform(["id": 1], work())
    #expect(runs.all == ["done"])
  }

  @Test func aTaskThatIsCancelledWhileItWritesItsEndWritesItToTheEnd() async throws {
    let store = SlowStore()
    let idempotency = idempotency(store: store)
    let task = Task { [self] in try await idempotency.perform(["id": 1], work()) }
    for await _ in store.begun { break }
    task.cancel()
    store.open()
    #expect(try await task.value == Array("done".utf8))
    #expect(store.inner.all.first?.status == .completed)
    #expect(events.all.isEmpty)
  }

  // MARK: In memory

  @Test func aRepetitionInTheSameProcessAsksNobody() async throws {
    let idempotency = idempotency()
    _ = try await idempotency.perform(["id": 1], work())
    let other = Idempotency(store: FailingStore(failing: ["begin"]), function: "payments", clock: clock)
    await #expect(throws: FailingStore.Unavailable.self) { _ = try await other.perform(["id": 1], work()) }
    #expect(try await idempotency.perform(["id": 1], work()) == Array("done".utf8))
    #expect(runs.all == ["done"])
    clock.advance(3_600_000)
    _ = try await idempotency.perform(["id": 1], work())
    #expect(runs.all.count == 2)
  }

  // MARK: Doors

  @Test func aHandlerAnswersEachEventWithTheSameResponse() async throws {
    let handler = IdempotentHandler(
      RawHandler { [runs] event, _ in
        runs.add(String(decoding: event, as: UTF8.self))
        return event
      }, elsewhere(.members(JSONPointer("id"))))
    let context = LambdaContext(requestID: "r", deadlineMilliseconds: 1_005_000)
    #expect(try await handler.handle(Array(#"{"id":1,"try":1}"#.utf8), context) == Array(#"{"id":1,"try":1}"#.utf8))
    #expect(try await handler.handle(Array(#"{"id":1,"try":2}"#.utf8), context) == Array(#"{"id":1,"try":1}"#.utf8))
    #expect(runs.all.count == 1)
    await #expect(throws: InvalidEventError.self) { _ = try await handler.handle(Array("{".utf8), context) }
  }

  @Test func resultsMayBeOfAnyType() async throws {
    struct Receipt: Codable, Equatable {
      var id: String
      var cents: Int
    }
    for _ in 0..<2 {
      let receipt = try await elsewhere().perform(["id": 1]) { [runs] in
        runs.add("receipt")
        return Receipt(id: "r-1", cents: 999)
      }
      #expect(receipt == Receipt(id: "r-1", cents: 999))
      let value: JSONValue = try await elsewhere().perform(["id": 2]) { [runs] () -> JSONValue in
        runs.add("value")
        return ["ok": true]
      }
      #expect(value == ["ok": true])
    }
    #expect(runs.all == ["receipt", "value"])
  }
}

/// An attempt that has begun and does not end by itself: its process is gone, or slow.
final class IdempotencyRecordHolder: Sendable {
  private let store: InMemoryIdempotencyStore
  private let begun = Notes<IdempotencyRecord>()

  init(_ store: InMemoryIdempotencyStore) { self.store = store }

  /// Begins the work of a payload as `idempotency` does, and dies in it.
  func begin(_ idempotency: Idempotency, payload: JSONValue, deadline: Int64? = nil) async throws {
    _ = try await idempotency.perform(payload, deadlineMilliseconds: deadline) { [self] in
      for record in store.all where record.status == .inProgress { begun.add(record) }
      return []
    }
    // The end is undone: as if the process had died before it.
    for record in begun.all { store.put(record) }
  }

  /// The attempt ends after all.
  func finishLater() {
    for var record in begun.all {
      record.status = .completed
      record.response = Array("first".utf8)
      store.put(record)
    }
  }
}
