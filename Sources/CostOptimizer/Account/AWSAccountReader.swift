public import AWSClient
import AWSOperations
public import JSON

/// Reads an account of AWS by its public interfaces.
public struct AWSAccountReader: AccountReader {
  private let operations: AWSOperations
  public let region: String

  /// - Parameter region: the region that is read; nil for the client's.
  public init(client: AWSClient, region: String? = nil) {
    operations = AWSOperations(client)
    self.region = region ?? client.configuration.region
  }

  public func read(_ service: String, _ operation: String, _ parameters: JSONValue) async throws -> JSONValue {
    try await operations.call(service, operation, parameters, region: region(of: service))
  }

  /// The Price List API is in few regions, and tells the prices of all.
  private func region(of service: String) -> String {
    guard service == "pricing" else { return region }
    return region.hasPrefix("cn-") ? "cn-northwest-1" : "us-east-1"
  }
}
