import JSON
import Synchronization
import Testing

@testable import RuntimeAPI

/// A machine with a clock that stands still until it is told, and ids that count.
struct MachineDriver {
  var machine: RuntimeAPIMachine
  var now: Int64 = 0

  init(_ change: (inout FunctionConfiguration) -> Void = { _ in }) {
    var configuration = FunctionConfiguration(name: "f")
    change(&configuration)
    let counter = Counter()
    machine = RuntimeAPIMachine(configuration, epochMilliseconds: { $0 / 1_000_000 }, makeID: { "id-\(counter.next())" })
  }

  final class Counter: Sendable {
    private let value = Mutex(0)
    func next() -> Int {
      value.withLock {
        $0 += 1
        return $0
      }
    }
  }

  /// An environment whose runtime waits for its first event on connection 1.
  static func ready(_ change: (inout FunctionConfiguration) -> Void = { _ in }) -> MachineDriver {
    var driver = MachineDriver(change)
    driver.start()
    driver.pass(milliseconds: 100)
    driver.send(.next)
    _ = driver.effects()
    return driver
  }

  /// An environment that works on the request.
  static func running(_ requestID: String = "r-1", _ change: (inout FunctionConfiguration) -> Void = { _ in }) -> MachineDriver {
    var driver = ready(change)
    driver.submit(requestID)
    _ = driver.effects()
    return driver
  }

  mutating func start() {
    machine.begin(at: now)
    machine.programStarted(at: now)
  }

  mutating func submit(_ requestID: String) { machine.submit(Invocation(requestID: requestID, event: Array("{}".utf8)), at: now) }

  mutating func pass(milliseconds: Int64) {
    now += milliseconds * 1_000_000
    machine.timePassed(now)
  }

  /// A whole request, with fields set by `change`.
  mutating func send(
    _ route: RuntimeAPIRequest.Route, on connection: Int = 1, _ body: String = "", trailers: StreamTrailers = StreamTrailers(),
    _ change: (inout RuntimeAPIRequest) -> Void = { _ in }
  ) {
    begin(route, on: connection, change)
    write(body, on: connection)
    machine.requestEnded(connection, trailers, at: now)
  }

  mutating func begin(_ route: RuntimeAPIRequest.Route, on connection: Int = 1, _ change: (inout RuntimeAPIRequest) -> Void = { _ in }) {
    var request = RuntimeAPIRequest(route: route)
    change(&request)
    machine.requestBegan(connection, request, at: now)
  }

  mutating func write(_ body: String, on connection: Int = 1) {
    Array(body.utf8).withUnsafeBytes { machine.requestBytes(connection, $0) }
  }

  mutating func effects() -> [RuntimeAPIMachine.Effect] {
    var list: [RuntimeAPIMachine.Effect] = []
    machine.takeEffects(into: &list)
    return list
  }

  /// The answer to a request, and what else it caused.
  mutating func reply() throws -> Reply {
    try #require(effects().compactMap { if case .reply(_, let reply) = $0 { reply } else { nil } }.last)
  }
}

extension [RuntimeAPIMachine.Effect] {
  var deliveries: [RuntimeAPIMachine.Delivery] { compactMap { if case .deliver(_, let delivery) = $0 { delivery } else { nil } } }
  var outcomes: [Outcome] { compactMap { if case .answered(_, let outcome, _) = $0 { outcome } else { nil } } }
  var failures: [FunctionFailure] { outcomes.compactMap { if case .failure(let failure) = $0 { failure } else { nil } } }
  var reports: [InvocationReport] { compactMap { if case .completed(let report) = $0 { report } else { nil } } }
  var signals: [Int32] { compactMap { if case .signal(let number) = $0 { number } else { nil } } }
  var starts: Int { count { $0 == .start } }
  var replies: [Reply] { compactMap { if case .reply(_, let reply) = $0 { reply } else { nil } } }
  var logs: [PlatformEvent] { compactMap { if case .log(let event) = $0 { event } else { nil } } }
}

extension Reply {
  var errorType: String? { (try? JSONValue(parsing: body))?["errorType"]?.stringValue }
  var errorMessage: String? { (try? JSONValue(parsing: body))?["errorMessage"]?.stringValue }
}

extension FunctionFailure {
  var message: String? { (try? JSONValue(parsing: body))?["errorMessage"]?.stringValue }
}
