internal import JSON

/// The one client of a process: connections, credentials and retry quota, shared by the clients of the services.
public final class AWSClient: Sendable {
  public let configuration: AWSConfiguration
  let transport: any HTTPTransport
  let clock: any AWSClock

  /// - Parameters:
  ///   - transport: how requests travel; by default libcurl, which is started by the first request.
  ///   - clock: time and chance; a test brings its own.
  public init(configuration: AWSConfiguration, transport: (any HTTPTransport)? = nil, clock: any AWSClock = SystemClock()) {
    self.configuration = configuration
    self.transport = transport ?? CurlTransport.shared
    self.clock = clock
  }

  /// A client from the process's environment.
  /// - Throws: `AWSError` with code `InvalidConfiguration`.
  public convenience init() throws { self.init(configuration: try .fromEnvironment()) }
}
