internal import Glibc

/// Runs a function many times with one event, and says what it took.
public final class Measurement: ExecutionObserver {
  public struct Plan: Sendable {
    public var event: [UInt8]
    /// Invocations that are measured; none measures the start alone.
    public var count: Int
    /// Invocations before them.
    public var warmUp: Int
    /// What every invocation carries beside the event; its request id is replaced.
    public var template: Invocation

    public init(_ template: Invocation, count: Int, warmUp: Int) {
      event = template.event
      self.count = count
      self.warmUp = count == 0 ? 0 : warmUp
      self.template = template
    }
  }

  public struct Result: Sendable {
    /// From just before there was a process until its first GET next; nil when it never asked.
    public var startNanoseconds: Int64?
    /// What the start took.
    public var startUsage: ResourceUsage?
    /// Of the measured invocations, shortest first.
    public var roundTripNanoseconds: [Int64] = []
    /// From the first measured invocation to the end of the last.
    public var elapsedNanoseconds: Int64 = 0
    /// Of the program, over the measured invocations.
    public var processorNanoseconds: Int64 = 0
    public var peakKilobytes = 0
    public var invocations = 0
    public var failures = 0
    public var firstFailure: FunctionFailure?
    /// What the first invocation was answered with.
    public var firstResponse: FunctionResponse?

    /// The round trip that this share of the invocations did not exceed; nil when there were none.
    public func percentile(_ share: Double) -> Int64? {
      guard !roundTripNanoseconds.isEmpty else { return nil }
      return roundTripNanoseconds[Int(share * Double(roundTripNanoseconds.count - 1) + 0.5)]
    }

    public var invocationsPerSecond: Double { elapsedNanoseconds > 0 ? Double(invocations) * 1e9 / Double(elapsedNanoseconds) : 0 }
  }

  private let plan: Plan
  private var result = Result()
  private var begun = 0
  private var answered = 0
  private var beganAt: Int64 = 0
  private var processorBefore: Int64 = 0

  private init(_ plan: Plan) {
    self.plan = plan
    result.roundTripNanoseconds.reserveCapacity(plan.count)
  }

  /// Runs the plan. It ends early when the program cannot be started.
  /// - Throws: `RuntimeAPIError` when the system has no socket or pipe left.
  public static func run(
    _ plan: Plan, _ configuration: FunctionConfiguration, program: Program, isInterrupted: () -> Bool = { false }
  ) throws(RuntimeAPIError) -> Result {
    let measurement = Measurement(plan)
    let environment = try ExecutionEnvironment(configuration, program: program, observer: measurement, reports: false)
    let prefix = String(IdentifierSource().makeID().prefix(24))
    environment.run({ measurement.next(environment, prefix) }, isInterrupted: isInterrupted)
    measurement.result.roundTripNanoseconds.sort()
    return measurement.result
  }

  /// Starts the program again and again, each time in an environment of its own, and gives it no event. It ends early at the first start that fails.
  /// - Parameter count: how many starts, at least 1.
  /// - Returns: a result for each start, in order; all but the last have `startNanoseconds`.
  /// - Throws: `RuntimeAPIError` when the system has no socket or pipe left.
  public static func starts(
    _ count: Int, _ configuration: FunctionConfiguration, program: Program, isInterrupted: () -> Bool = { false }
  ) throws(RuntimeAPIError) -> [Result] {
    let plan = Plan(Invocation(requestID: "", event: []), count: 0, warmUp: 0)
    var results: [Result] = []
    repeat {
      results.append(try run(plan, configuration, program: program, isInterrupted: isInterrupted))
    } while results.count < count && results.last?.startNanoseconds != nil && !isInterrupted()
    return results
  }

  private func next(_ environment: ExecutionEnvironment, _ prefix: String) -> Invocation? {
    if begun == plan.warmUp {
      beganAt = monotonicNanoseconds()
      processorBefore = environment.processorNanoseconds ?? 0
    }
    guard begun < plan.warmUp + plan.count, result.firstFailure?.kind != .entrypoint else {
      result.elapsedNanoseconds = monotonicNanoseconds() - beganAt
      if let usage = environment.usage {
        result.processorNanoseconds = usage.processorNanoseconds - processorBefore
        result.peakKilobytes = usage.peakKilobytes
      }
      return nil
    }
    let number = String(begun)
    var invocation = Invocation(requestID: prefix + String(repeating: "0", count: max(0, 12 - number.count)) + number, event: plan.event)
    invocation.traceHeader = plan.template.traceHeader
    invocation.clientContext = plan.template.clientContext
    invocation.cognitoIdentity = plan.template.cognitoIdentity
    invocation.tenantID = plan.template.tenantID
    invocation.keepsResponse = begun == 0
    begun += 1
    return invocation
  }

  public func started(nanoseconds: Int64, _ usage: ResourceUsage?) {
    result.startNanoseconds = nanoseconds
    result.startUsage = usage
  }

  public func startFailed(_ failure: FunctionFailure) {
    if plan.count == 0 { result.firstFailure = failure }
  }

  public func answered(_ requestID: String, _ outcome: Outcome, roundTripNanoseconds: Int64) {
    answered += 1
    switch outcome {
    case .response(let response): if answered == 1 { result.firstResponse = response }
    case .failure(let failure):
      result.failures += 1
      if result.firstFailure == nil { result.firstFailure = failure }
    }
    if answered > plan.warmUp {
      result.invocations += 1
      result.roundTripNanoseconds.append(roundTripNanoseconds)
    }
  }
}
