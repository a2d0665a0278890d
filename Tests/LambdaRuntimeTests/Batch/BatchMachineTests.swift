import Testing

@testable import LambdaRuntime

@Suite struct BatchMachineTests {
  /// Runs a machine to its end: each record takes as many turns as there are others under way.
  func run(
    _ groups: [String?], _ order: BatchMachine.Order, concurrency: Int = 1, failing: Set<Int> = [], timeIsUpAt: Int = .max
  ) -> (begun: [Int], mostAtOnce: Int, machine: BatchMachine) {
    var machine = BatchMachine(groups: groups, order: order, concurrency: concurrency)
    var begun: [Int] = []
    var running: [Int] = []
    var mostAtOnce = 0
    while true {
      switch machine.next(isTimeUp: { $0 >= timeIsUpAt }) {
      case .begin(let index):
        #expect(order != .groups || !running.contains { groups[$0] == groups[index] })
        begun.append(index)
        running.append(index)
        mostAtOnce = max(mostAtOnce, running.count)
      case .wait:
        let index = running.removeFirst()
        machine.ended(index, failed: failing.contains(index))
      case .finished:
        #expect(running.isEmpty)
        return (begun, mostAtOnce, machine)
      }
    }
  }

  @Test func recordsWithoutOrderFailAlone() {
    let (begun, _, machine) = run(Array(repeating: nil, count: 5), .none, failing: [1, 3])
    #expect(begun == [0, 1, 2, 3, 4])
    #expect(machine.unfinished == [1, 3])
  }

  @Test(arguments: [(1, 1), (3, 3), (99, 10)]) func noMoreAreUnderWayThanAllowed(concurrency: Int, expected: Int) {
    let (begun, mostAtOnce, machine) = run(Array(repeating: nil, count: 10), .none, concurrency: concurrency)
    #expect(begun.count == 10)
    #expect(mostAtOnce == expected)
    #expect(machine.unfinished.isEmpty)
  }

  @Test func inTheOrderOfTheBatchNothingIsBegunBehindAFailure() {
    let (begun, mostAtOnce, machine) = run(["a", "b", "a", "b"], .wholeBatch, concurrency: 4, failing: [1])
    #expect(begun == [0, 1])
    #expect(mostAtOnce == 1)
    #expect(machine.unfinished == [1, 2, 3])
    #expect(!machine.everythingFailed)
  }

  @Test func aGroupStopsAtItsFailureAndOthersGoOn() {
    let (begun, _, machine) = run(["a", "b", "a", "b", "c"], .groups, failing: [0])
    #expect(begun == [0, 1, 3, 4])
    #expect(machine.unfinished == [0, 2])
  }

  @Test func groupsGoOnAtTheSameTimeAndEachInItsOrder() {
    let (begun, mostAtOnce, machine) = run(["a", "a", "b", "b", "c"], .groups, concurrency: 3)
    #expect(Set(begun) == [0, 1, 2, 3, 4])
    #expect(mostAtOnce == 3)
    #expect(begun.firstIndex(of: 0)! < begun.firstIndex(of: 1)!)
    #expect(machine.unfinished.isEmpty)
  }

  @Test func aFailureOfAnUnknownGroupHoldsUpAllBehindIt() {
    let (begun, mostAtOnce, machine) = run(["a", nil, "b", "a"], .groups, concurrency: 4, failing: [1])
    #expect(begun == [0, 1])
    #expect(mostAtOnce == 1)
    #expect(machine.unfinished == [1, 2, 3])
  }

  @Test(arguments: [BatchMachine.Order.none, .wholeBatch, .groups]) func whenTimeIsUpNothingMoreIsBegun(order: BatchMachine.Order) {
    let (begun, _, machine) = run(["a", "b", "c", "d"], order, timeIsUpAt: 2)
    #expect(begun == [0, 1])
    #expect(machine.unfinished == [2, 3])
    #expect(machine.notBegun == [2, 3])
    #expect(!machine.everythingFailed)
  }

  @Test func everythingFailedWhenNothingWasDone() {
    #expect(run(["a", "b"], .none, failing: [0, 1]).machine.everythingFailed)
    #expect(run(["a", "b"], .wholeBatch, failing: [0]).machine.everythingFailed)
    #expect(!run(["a", "b"], .none, failing: [0]).machine.everythingFailed)
    #expect(!run(["a", "b"], .none, failing: [0], timeIsUpAt: 1).machine.everythingFailed)
    #expect(!run([], .none).machine.everythingFailed)
  }

  @Test func aLargeBatchEnds() {
    let groups = (0..<10_000).map { "\($0 % 100)" }
    let (begun, _, machine) = run(groups, .groups, concurrency: 10, failing: Set(stride(from: 0, to: 10_000, by: 777)))
    #expect(begun.count + machine.unfinished.count >= 10_000)
  }
}
