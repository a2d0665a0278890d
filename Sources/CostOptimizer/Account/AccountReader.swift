public import JSON

/// Reads an AWS account: one read-only call of a service, without the SDK of that service.
///
/// Names of services, operations and members are those of botocore's models, so `read("lambda", "ListFunctions", ["MaxItems": 50])` answers with
/// `{"Functions": [...], "NextMarker": "..."}`. A call gives one page; whoever reads a list follows its pages.
public protocol AccountReader: Sendable {
  /// The region that is read, such as "us-east-1".
  var region: String { get }

  /// - Throws: `AWSError`, also for an operation that is not on the list of read-only ones (code `OperationNotAllowed`).
  func read(_ service: String, _ operation: String, _ parameters: JSONValue) async throws -> JSONValue
}
