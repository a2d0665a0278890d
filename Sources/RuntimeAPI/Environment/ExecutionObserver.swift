/// Hears what goes on in an execution environment, on the thread that runs it.
public protocol ExecutionObserver: AnyObject {
  /// A line that Lambda itself would write into the function's log.
  func logged(_ line: String)
  /// The program has asked for its first event.
  /// - Parameter nanoseconds: since just before there was a process.
  func started(nanoseconds: Int64, _ usage: ResourceUsage?)
  /// The first start has failed; with the next event, there is another.
  func startFailed(_ failure: FunctionFailure)
  /// A piece of a streamed response; an empty one begins it, with its content type.
  func streamed(_ bytes: [UInt8], contentType: String?, requestID: String)
  /// - Parameter roundTripNanoseconds: from just before the event was written until the whole answer was read.
  func answered(_ requestID: String, _ outcome: Outcome, roundTripNanoseconds: Int64)
  /// The runtime is done with an invocation.
  func completed(_ report: InvocationReport, peakMemoryKilobytes: Int)
}

extension ExecutionObserver {
  public func logged(_ line: String) {}
  public func started(nanoseconds: Int64, _ usage: ResourceUsage?) {}
  public func startFailed(_ failure: FunctionFailure) {}
  public func streamed(_ bytes: [UInt8], contentType: String?, requestID: String) {}
  public func answered(_ requestID: String, _ outcome: Outcome, roundTripNanoseconds: Int64) {}
  public func completed(_ report: InvocationReport, peakMemoryKilobytes: Int) {}
}

/// What the program has taken so far.
public struct ResourceUsage: Sendable {
  /// Of all its threads, in nanoseconds.
  public let processorNanoseconds: Int64
  public let peakKilobytes: Int
}
