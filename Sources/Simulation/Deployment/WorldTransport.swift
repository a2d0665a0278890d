import AWSClient
import SimulatedAWS

/// Carries the requests of functions to the services, as badly as a network may.
// Unchecked: a world has one thread.
final class WorldTransport: HTTPTransport, @unchecked Sendable {
  private let timeline: Timeline
  private let cloud: SimulatedCloud
  private let faults: FaultSource
  private let tell: (Fact) -> Void
  private var latency: RandomStream
  /// How long the service that has just been asked takes to answer, in milliseconds; a model speaks for seconds.
  private let serviceTime: () -> Int64

  init(
    timeline: Timeline, cloud: SimulatedCloud, faults: FaultSource, latency: RandomStream, tell: @escaping (Fact) -> Void,
    serviceTime: @escaping () -> Int64
  ) {
    self.timeline = timeline
    self.cloud = cloud
    self.faults = faults
    self.latency = latency
    self.tell = tell
    self.serviceTime = serviceTime
  }

  func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    let invocation = Invocation.current
    try mayDie(invocation)
    let giveUpAt = timeline.nowMilliseconds + request.timeoutMilliseconds
    if faults.occurs(Fault.lostRequest) {
      try await timeline.sleep(milliseconds: min(request.timeoutMilliseconds, latency.number(in: 1...3_000)))
      try mayDie(invocation)
      throw lost(request, AWSError.connectionCode, "the connection could not be established", isRetryable: true)
    }
    if faults.occurs(Fault.lateRequest) {
      // Nobody waits for it any more when it arrives.
      timeline.at(giveUpAt + latency.number(in: 1...120_000)) { _ = self.arrive(request, invocation) }
      try await timeline.sleep(until: giveUpAt)
      try mayDie(invocation)
      throw lost(request, AWSError.timeoutCode, "no answer within \(request.timeoutMilliseconds) ms", isRetryable: true)
    }
    try await timeline.sleep(milliseconds: way())
    // A request that has left its process arrives also when that has died since.
    var timeOfFirst: Int64 = 0
    if faults.occurs(Fault.repeatedRequest), request.isSafeToRepeat { timeOfFirst = arrive(request, invocation).1 }
    let (response, timeOfAnswered) = arrive(request, invocation)
    let serviceTime = max(timeOfFirst, timeOfAnswered)
    if faults.occurs(Fault.lostAnswer) {
      try await timeline.sleep(milliseconds: way())
      try mayDie(invocation)
      throw lost(request, AWSError.lostCode, "the connection was lost before the answer came", isRetryable: true)
    }
    let answerAt = timeline.nowMilliseconds + serviceTime + way()
    guard answerAt <= giveUpAt else {
      try await timeline.sleep(until: giveUpAt)
      try mayDie(invocation)
      throw lost(request, AWSError.timeoutCode, "no answer within \(request.timeoutMilliseconds) ms", isRetryable: true)
    }
    try await timeline.sleep(until: answerAt)
    try mayDie(invocation)
    return response
  }

  func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
    throw AWSError(code: AWSError.connectionCode, message: "worlds have no streams")
  }

  /// - Returns: the answer, and how long the service takes for it, in milliseconds.
  private func arrive(_ request: HTTPRequest, _ invocation: Invocation?) -> (HTTPResponse, Int64) {
    let response = Invocation.$current.withValue(invocation) { cloud.answer(request, nowMilliseconds: timeline.nowMilliseconds) }
    let operation = SimulatedCloud.operation(of: request)
    tell(.called(service: operation.service, operation: operation.operation, status: response.status, invocation?.facts))
    return (response, serviceTime())
  }

  /// One of the points at which a process may die.
  private func mayDie(_ invocation: Invocation?) throws {
    guard let invocation else { return }
    if !invocation.isLost, faults.occurs(Fault.crash) { invocation.lose() }
    try invocation.requireAlive()
  }

  private func lost(_ request: HTTPRequest, _ code: String, _ message: String, isRetryable: Bool) -> AWSError {
    let operation = SimulatedCloud.operation(of: request)
    tell(.callLost(service: operation.service, operation: operation.operation, reason: message, Invocation.current?.facts))
    return AWSError(code: code, message: message, isRetryable: isRetryable)
  }

  /// Milliseconds of one way: mostly few.
  private func way() -> Int64 { latency.occurs(0.95) ? latency.number(in: 0...8) : latency.number(in: 8...400) }
}
