import AWSClient
import AgentKit
import JSON
import SimulatedAWS
import Synchronization

/// Carries requests to AWS in memory, one at a time, and can lose the function at any of them: just before a request, or just after it. A
/// function that is lost does nothing more.
// Unchecked: everything is used under the lock alone.
final class CloudTransport: HTTPTransport, @unchecked Sendable {
  struct Lost: Error {}

  struct Event {
    let source: String
    let detailType: String
    let detail: String
  }

  private struct State {
    var steps = 0
    var lostAt: Int?
    var isLost = false
    var events: [Event] = []
    var requests: [ConverseRequest] = []
    var violations: [String] = []
    var isStreaming: [Bool] = []
    /// Operations that are refused from now on.
    var refused: Set<String> = []
    /// Operations that are done from now on, and whose answers are lost.
    var unanswered: Set<String> = []
    var onRequest: (@Sendable (String) -> Void)?
  }

  private let lock = Mutex(())
  private let clock: any AWSClock
  private let tables: SimulatedTables
  private let buckets = SimulatedBuckets([FabricationWorld.bucket])
  private let cloud: SimulatedCloud
  private let state = Mutex(State())

  init(clock: any AWSClock, script: @escaping FabricationWorld.Script) {
    self.clock = clock
    tables = SimulatedTables([.workerState(), .agents(), .tools()], chance: NoFaults())
    let bus = SimulatedBus(busNames: ["bus"])
    let models = SimulatedModels { call in
      guard let request = call.request else { return .invalid("no request") }
      return script(request.messages.count / 2, request)
    }
    cloud = SimulatedCloud(tables: tables, bus: bus, buckets: buckets, models: models)
    cloud.refusesWrongTimes = false
    bus.onEvent = { [unowned self] event in
      state.withLock { $0.events.append(Event(source: event.source, detailType: event.detailType, detail: event.detail)) }
    }
    models.onCall = { [unowned self] call in
      state.withLock { state in
        guard let request = call.request else { return }
        state.requests.append(request)
        state.isStreaming.append(call.isStreaming)
        state.violations += ConversationRules.violations(of: request).map(\.description)
      }
    }
  }

  // MARK: What a test sees and does

  var events: [Event] { state.withLock { $0.events } }
  var requests: [ConverseRequest] { state.withLock { $0.requests } }
  var violations: [String] { state.withLock { $0.violations } }
  var allStreamed: Bool { state.withLock { $0.isStreaming.allSatisfy { $0 } } }

  /// The function is lost at this step from now; each request has two.
  func lose(atStep step: Int) { state.withLock { ($0.steps, $0.lostAt, $0.isLost) = (0, step, false) } }

  /// Another function takes over.
  /// - Returns: true when one had been lost.
  func recover() -> Bool {
    state.withLock { state in
      defer { (state.lostAt, state.isLost) = (nil, false) }
      return state.isLost
    }
  }

  /// Refuses all requests of an operation, such as "s3 PutObject".
  func refuse(_ operation: String) { state.withLock { _ = $0.refused.insert(operation) } }

  func allow(_ operation: String) { state.withLock { _ = $0.refused.remove(operation) } }

  /// Does all requests of an operation, and says nothing of it.
  func loseAnswers(of operation: String) { state.withLock { _ = $0.unanswered.insert(operation) } }

  /// Runs before each request, with its operation.
  func onRequest(_ body: @escaping @Sendable (String) -> Void) { state.withLock { $0.onRequest = body } }

  func put(_ item: [String: AttributeValue], into table: String) { lock.withLock { _ in try? tables.put(item, into: table) } }
  func item(_ key: [String: AttributeValue], in table: String) -> [String: AttributeValue]? {
    lock.withLock { _ in tables.item(key, in: table) }
  }
  func items(in table: String) -> [[String: AttributeValue]] { lock.withLock { _ in tables.items(of: table) } }
  var keys: [String] { lock.withLock { _ in buckets.objects(in: FabricationWorld.bucket).map(\.key) } }
  func object(_ key: String) -> [UInt8]? { lock.withLock { _ in buckets.get(key, from: FabricationWorld.bucket) } }
  func put(_ bytes: [UInt8], as key: String) {
    lock.withLock { _ in _ = buckets.put(bytes, as: key, in: FabricationWorld.bucket, nowMilliseconds: clock.nowMilliseconds) }
  }

  // MARK: Transport

  func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    let operation = "\(SimulatedCloud.operation(of: request))"
    try step()
    let hook = state.withLock { $0.onRequest }
    hook?(operation)
    guard !state.withLock({ $0.refused.contains(operation) }) else {
      throw AWSError(code: "AccessDeniedException", message: "\(operation) is not allowed here")
    }
    let response = lock.withLock { _ in cloud.answer(request, nowMilliseconds: clock.nowMilliseconds) }
    guard !state.withLock({ $0.unanswered.contains(operation) }) else {
      throw AWSError(code: "AccessDeniedException", message: "nobody hears what became of \(operation)")
    }
    try step()
    return response
  }

  func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
    let response = try await send(request)
    let (body, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self, throwing: (any Error).self)
    continuation.yield(response.body)
    continuation.finish()
    return HTTPStreamingResponse(status: response.status, headers: response.headers, body: body)
  }

  private func step() throws {
    try state.withLock { state in
      state.steps += 1
      if state.steps == state.lostAt { state.isLost = true }
      if state.isLost { throw Lost() }
    }
  }
}
