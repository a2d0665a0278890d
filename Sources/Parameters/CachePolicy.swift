/// How long values are kept, and what happens when they cannot be fetched anew.
public struct CachePolicy: Sendable {
  /// How old a value may be, in milliseconds; 0 fetches each time.
  ///
  /// Five minutes unless set, as AWS's own Parameters and Secrets extension: a thousand processes that ask every five seconds would make 200
  /// calls a second of a service that takes 40, and Secrets Manager charges for each.
  public var timeToLiveMilliseconds: Int64
  /// How much older than that a value may be when the service cannot be reached or is overloaded, in milliseconds; 0, the default, for not
  /// at all. A service that refuses, as for want of a permission, is believed.
  public var staleMilliseconds: Int64

  public init(timeToLiveMilliseconds: Int64 = 300_000, staleMilliseconds: Int64 = 0) {
    self.timeToLiveMilliseconds = timeToLiveMilliseconds
    self.staleMilliseconds = staleMilliseconds
  }
}
