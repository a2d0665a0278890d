import Testing

@testable import Idempotency

/// The decisions without store and clock.
@Suite struct IdempotencyMachineTests {
  static let request = IdempotencyMachine.Request(
    key: "k", payloadHash: "h", owner: "me", deadlineMilliseconds: 5_000, inProgressExpiryMilliseconds: 5_000,
    expiresAfterMilliseconds: 60_000, largestResponse: 4, waitsUntilMilliseconds: 1_000)

  func record(_ status: IdempotencyRecord.Status, owner: String = "other", hash: String? = "h", until: Int64 = 9_000) -> IdempotencyRecord {
    IdempotencyRecord(
      key: "k", status: status, owner: owner, expiryMilliseconds: 60_000, inProgressExpiryMilliseconds: until, payloadHash: hash,
      response: status == .completed ? [1] : nil)
  }

  @Test func workThatSucceedsIsWrittenDown() {
    var machine = IdempotencyMachine(Self.request)
    guard case .begin(let begun) = machine.start(nowMilliseconds: 0) else {
      Issue.record("not begun")
      return
    }
    #expect(begun.status == .inProgress && begun.inProgressExpiryMilliseconds == 5_000 && begun.expiryMilliseconds == 60_000)
    #expect(machine.begun(nil, nowMilliseconds: 0) == .work)
    guard case .complete(let done) = machine.succeeded([1, 2], nowMilliseconds: 10) else {
      Issue.record("not completed")
      return
    }
    #expect(done.status == .completed && done.response == [1, 2] && done.expiryMilliseconds == 60_010)
    #expect(machine.completed(true) == .finish(.done([1, 2])))
    #expect(machine.completed(false) == .finish(.doneButTakenOver([1, 2])))
  }

  @Test func workThatFailsIsForgotten() {
    let machine = IdempotencyMachine(Self.request)
    #expect(machine.failed() == .remove(key: "k", owner: "me"))
    #expect(machine.removed() == .finish(.threw))
  }

  @Test func aRecordInTheWayDecides() {
    var machine = IdempotencyMachine(Self.request)
    #expect(machine.begun(record(.completed), nowMilliseconds: 0) == .finish(.replayed([1])))
    #expect(machine.begun(record(.inProgress, owner: "me"), nowMilliseconds: 0) == .work)
    #expect(machine.begun(record(.completed, hash: "x"), nowMilliseconds: 0) == .finish(.refused(.payloadMismatch(key: "k"))))
    #expect(machine.begun(record(.inProgress, hash: "x"), nowMilliseconds: 0) == .finish(.refused(.payloadMismatch(key: "k"))))
    #expect(machine.begun(record(.completed, hash: nil), nowMilliseconds: 0) == .finish(.replayed([1])))
    guard case .begin = machine.begun(record(.inProgress, until: 100), nowMilliseconds: 100) else {
      Issue.record("an attempt whose time is over is not taken over")
      return
    }
  }

  @Test func waitingGrowsLongerAndEnds() {
    var machine = IdempotencyMachine(Self.request)
    var now: Int64 = 0
    var pauses: [Int64] = []
    while case .pause(let milliseconds) = machine.begun(record(.inProgress), nowMilliseconds: now) {
      pauses.append(milliseconds)
      now += milliseconds
    }
    #expect(pauses == [50, 100, 200, 400])
    #expect(
      machine.begun(record(.inProgress), nowMilliseconds: now)
        == .finish(.refused(.alreadyInProgress(key: "k", untilMilliseconds: 9_000))))
  }

  @Test(arguments: [5_000, 6_000]) func withItsTimeOverNothingBegins(now: Int64) {
    #expect(IdempotencyMachine(Self.request).start(nowMilliseconds: now) == .finish(.refused(.noTimeLeft(key: "k"))))
  }
}
