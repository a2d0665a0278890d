import AWSClient
import SimulatedAWS
import Synchronization

/// Carries requests to a service at once, and keeps what passed.
// Unchecked: a service is used by one thread, and here each call is awaited before the next.
final class ServiceTransport: HTTPTransport, @unchecked Sendable {
  private let service: any SimulatedService
  private let clock: StillClock
  private(set) var exchanges: [(request: HTTPRequest, response: HTTPResponse)] = []

  init(_ service: any SimulatedService, clock: StillClock) {
    self.service = service
    self.clock = clock
  }

  func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    let response = service.answer(request, nowMilliseconds: clock.serviceMilliseconds)
    exchanges.append((request, response))
    return response
  }

  func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
    let response = try await send(request)
    let (body, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self, throwing: (any Error).self)
    continuation.yield(response.body)
    continuation.finish()
    return HTTPStreamingResponse(status: response.status, headers: response.headers, body: body)
  }
}

/// A clock that stands still but for the sleeps it is asked for.
final class StillClock: AWSClock {
  private let now = Mutex<Int64>(1_750_000_000_000)
  /// How far the caller's clock is ahead of the services'.
  private let lead = Mutex<Int64>(0)

  var nowMilliseconds: Int64 { serviceMilliseconds + lead.withLock { $0 } }
  var serviceMilliseconds: Int64 { now.withLock { $0 } }
  func advance(milliseconds: Int64) { now.withLock { $0 += milliseconds } }
  func step(milliseconds: Int64) { lead.withLock { $0 += milliseconds } }
  func sleep(milliseconds: Int64) async throws { advance(milliseconds: milliseconds) }
  func randomFraction() -> Double { 0.5 }
}

/// The faults that a test wants, each as often as it says; of a range it is the number that the test says.
final class PlannedFaults: ServiceChance {
  var plan: [ServiceFault: Int]
  var pick: (ClosedRange<Int64>) -> Int64 = { $0.lowerBound }

  init(_ plan: [ServiceFault: Int] = [:]) { self.plan = plan }

  func occurs(_ fault: ServiceFault) -> Bool {
    guard let left = plan[fault], left > 0 else { return false }
    plan[fault] = left - 1
    return true
  }

  func number(in range: ClosedRange<Int64>) -> Int64 { pick(range) }
}

/// A service with a real client in front of it.
struct Bench {
  let clock = StillClock()
  let transport: ServiceTransport
  let client: AWSClient

  init(_ service: any SimulatedService, configure: (inout AWSConfiguration) -> Void = { _ in }) {
    transport = ServiceTransport(service, clock: clock)
    var configuration = AWSConfiguration(
      region: "us-east-1",
      credentials: StaticCredentialsProvider(Credentials(accessKeyID: "AKIAEXAMPLE", secretAccessKey: "an example of a secret")))
    configure(&configuration)
    client = AWSClient(configuration: configuration, transport: transport, clock: clock)
  }

  var now: Int64 { clock.serviceMilliseconds }
}

/// The error that a call throws; nil when it throws none of AWS's.
func failure(_ call: () async throws -> Void) async -> AWSError? {
  do { try await call() } catch { return error as? AWSError }
  return nil
}
