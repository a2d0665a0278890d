import JSON

@testable import AWSClient

extension FakeTransport {
  /// The bodies of the requests made, as JSON.
  func bodies() throws -> [JSONValue] { try requests.map { try JSONValue(parsing: $0.body) } }
}
