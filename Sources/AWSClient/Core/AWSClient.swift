internal import Synchronization

/// The one client of a process: connections, credentials and retry quota, shared by the clients of the services.
public final class AWSClient: Sendable {
  public let configuration: AWSConfiguration
  let transport: any HTTPTransport
  /// Time and chance.
  public let clock: any AWSClock
  let signer = RequestSigner()
  /// Retry quota by service id, as each service's trouble is its own.
  let quotas = Mutex<[String: RetryQuota]>([:])
  /// What to add to the clock, in milliseconds, because the services' clocks say so.
  let clockSkewMilliseconds = Atomic<Int64>(0)

  /// - Parameters:
  ///   - transport: how requests travel.
  ///   - clock: time and chance; a test brings its own.
  public init(configuration: AWSConfiguration, transport: any HTTPTransport, clock: any AWSClock = SystemClock()) {
    self.configuration = configuration
    self.transport = transport
    self.clock = clock
  }

  /// A client whose requests travel by libcurl, which is started by the first of them.
  // Not a default value of the other initializer's: the metadata of an optional protocol type would be a tenth of a function's start.
  public convenience init(configuration: AWSConfiguration) {
    self.init(configuration: configuration, transport: CurlTransport(certificateAuthorityFile: configuration.certificateAuthorityFile))
  }

  /// A client from the process's environment.
  /// - Throws: `AWSError` with code `InvalidConfiguration`.
  public convenience init() throws { self.init(configuration: try .fromEnvironment()) }

  /// Changes a service's retry quota; one that was never used is full.
  func withQuota<Result: Sendable>(of service: AWSService, _ body: (inout RetryQuota) -> Result) -> Result {
    quotas.withLock { quotas in body(&quotas[service.serviceID, default: RetryQuota()]) }
  }
}
