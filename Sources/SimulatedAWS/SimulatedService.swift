public import AWSClient

/// A service of AWS in memory: takes a request whole and answers at once.
///
/// What happens on the way, such as delays, lost answers and callers that die, is not the service's: whoever carries the requests does that. A
/// service is used by one thread.
public protocol SimulatedService: AnyObject {
  /// - Parameters:
  ///   - request: as the client would send it over the wire.
  ///   - nowMilliseconds: the service's own time, in milliseconds since the Unix epoch.
  func answer(_ request: HTTPRequest, nowMilliseconds: Int64) -> HTTPResponse
}

/// What a service may do at its worst and still keep its contract.
public enum ServiceFault: String, CaseIterable, Sendable {
  /// A request is refused for being one too many.
  case throttling
  /// A request fails inside the service, before it has done anything.
  case internalError
  /// A write meets a transaction on the same item.
  case transactionConflict
  /// An index shows an item's change later than the table.
  case indexLag
  /// An eventually consistent read shows an item as it was before its last change.
  case staleRead
  /// An entry of a batch is refused in an answer that is a success.
  case entryRefused
  /// A queue hands a message out once more than it should.
  case duplicateReceive
  /// A queue hands out messages in another order.
  case reordering
}

/// Decides which of the things that may happen do.
public protocol ServiceChance: AnyObject {
  func occurs(_ fault: ServiceFault) -> Bool
  /// A number of the range, each as likely as the others.
  func number(in range: ClosedRange<Int64>) -> Int64
}

/// Nothing ever goes wrong; of a range it is the first number.
public final class NoFaults: ServiceChance {
  public init() {}
  public func occurs(_ fault: ServiceFault) -> Bool { false }
  public func number(in range: ClosedRange<Int64>) -> Int64 { range.lowerBound }
}
