/// Tells the time; the simulator and the tests have their own.
public protocol Clock: Sendable {
  /// Milliseconds since the Unix epoch.
  var nowMilliseconds: Int64 { get }
}

/// Makes identifiers that no other process makes; the simulator and the tests have their own.
public protocol IDSource: Sendable {
  /// A fresh identifier of 1 to 64 letters, digits and hyphens.
  func makeID() -> String
}
