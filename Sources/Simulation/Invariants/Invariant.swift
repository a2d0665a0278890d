public import AWSClient
public import Orchestration

/// A promise that is checked on everything that happens in a world.
public protocol Invariant: AnyObject {
  /// A few words: "each tool use is answered once".
  var name: String { get }
  /// Looks at what has just happened.
  /// - Returns: what is wrong; nil when the promise holds.
  func check(_ fact: Fact, in world: any WorldView) -> Breach?
  /// Looks at the world after everything has come to rest.
  func checkEnd(in world: any WorldView) -> [Breach]
}

/// How a promise is broken.
public struct Breach: Sendable, Equatable {
  public let message: String
  public let orchestrationID: String?

  public init(_ message: String, orchestrationID: String? = nil) {
    self.message = message
    self.orchestrationID = orchestrationID
  }
}

/// A broken promise, and when it was found.
public struct Violation: Sendable, Equatable {
  public let invariant: String
  public let breach: Breach
  public let atMilliseconds: Int64
  /// How many facts there were before.
  public let fact: Int
}

/// The world as its checkers see it: everything, from outside.
public protocol WorldView: AnyObject {
  var nowMilliseconds: Int64 { get }
  /// True from when nothing goes wrong any more.
  var isQuiet: Bool { get }
  var scenario: Scenario { get }
  /// The rows as they are, sorted by key; a row that cannot be read is left out.
  var orchestrations: [OrchestrationRecord] { get }
  func orchestration(_ id: String) -> OrchestrationRecord?
  func round(_ requestID: String) -> RoundRecord?
  /// All items of the worker state table: rounds and claims.
  var workerStateItems: [[String: AttributeValue]] { get }
  /// Keys of the bucket, sorted.
  var blobKeys: [String] { get }
  func blob(_ key: String) -> [UInt8]?
  /// Messages of a queue that are visible or in flight.
  func messageCount(_ queueURL: String) -> Int
  /// How long after its due time a row may be left alone by the sweeper, in milliseconds: one sweep, and what clocks may differ.
  var patienceMilliseconds: Int64 { get }
  /// How far two clocks of the world may be apart, in milliseconds.
  var clockToleranceMilliseconds: Int64 { get }
}
