import Synchronization
import Telemetry
import Testing

@testable import Instrumentation

@Suite struct DeadlineWatchTests {
  @Test func whatIsDueIsRunAndWhatIsTakenBackIsNot() async {
    let watch = DeadlineWatch()
    let (runs, continuation) = AsyncStream<Int>.makeStream()
    let now = Logger.systemTime()
    let later = watch.alarm(atMilliseconds: now + 3_600_000) { continuation.yield(0) }
    let cancelled = watch.alarm(atMilliseconds: now + 3_600_000) { continuation.yield(1) }
    cancelled()
    // Due already, and earlier than what the thread waits for.
    _ = watch.alarm(atMilliseconds: now - 1) { continuation.yield(2) }
    _ = watch.alarm(atMilliseconds: now + 20) { continuation.yield(3) }
    var seen: [Int] = []
    for await run in runs {
      seen.append(run)
      if seen.count == 2 { break }
    }
    #expect(seen == [2, 3])
    later()
    later()
  }

  @Test func alarmsAreTakenInTheOrderOfTheirTimes() {
    var list = AlarmList()
    let seen = Notes()
    let first = list.add(atMilliseconds: 30) { seen.add(30) }
    _ = list.add(atMilliseconds: 20) { seen.add(20) }
    _ = list.add(atMilliseconds: 10) { seen.add(10) }
    #expect(list.nextMilliseconds == 10)
    #expect(list.takeDue(atMilliseconds: 9).isEmpty)
    for action in list.takeDue(atMilliseconds: 20) { action() }
    #expect(seen.all == [10, 20])
    list.remove(first)
    #expect(list.nextMilliseconds == nil)
  }

  final class Notes: Sendable {
    private let values = Mutex<[Int]>([])
    func add(_ value: Int) { values.withLock { $0.append(value) } }
    var all: [Int] { values.withLock { $0 } }
  }
}
