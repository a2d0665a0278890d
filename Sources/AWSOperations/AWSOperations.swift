public import AWSClient
public import JSON
internal import Synchronization

/// Calls of AWS services that have no client of their own, by a table of their read-only operations (`OperationCatalog`).
///
/// Services, operations and members have the names of botocore's models. Numbers of an answer stay numbers and text stays text, as the wire has
/// them: a timestamp is seconds since the Unix epoch or ISO 8601 text, a blob is base64. What the models mark as sensitive, such as the variables of
/// a function's environment, comes as "(redacted)".
public struct AWSOperations: Sendable {
  private let client: AWSClient
  private let bucketRegions = BucketRegions()

  public init(_ client: AWSClient) { self.client = client }

  /// Code of the error for an operation that is not on the list of read-only ones; nothing was sent.
  public static let notAllowedCode = "OperationNotAllowed"

  /// Calls one operation and answers with one page.
  /// - Parameters:
  ///   - service: as botocore names its models, such as "lambda".
  ///   - operation: such as "ListFunctions".
  ///   - parameters: an object; a member that the operation does not know, lacks or has with another type is an error.
  ///   - region: nil for the client's. A bucket of another region is asked there, once S3 has named it.
  /// - Throws: `AWSError`, with code `OperationNotAllowed` for an operation that is not in the table, and `InvalidInput` for parameters that break the
  ///   operation's model; `CancellationError` in a cancelled task.
  public func call(_ service: String, _ operation: String, _ parameters: JSONValue, region: String? = nil) async throws -> JSONValue {
    guard let model = OperationCatalog.model(service), let found = model.operations[operation] else {
      let reason = OperationCatalog.refusal(service, operation) ?? "\(service) \(operation) is not called"
      throw AWSError(code: Self.notAllowedCode, message: reason)
    }
    try ParameterCheck.check(parameters, for: found, of: model)
    let members = parameters.objectValue ?? [:]
    let wanted = region ?? client.configuration.region
    let bucket = model.service == .s3 ? members["Bucket"]?.stringValue : nil
    let called = bucket.flatMap(bucketRegions.region) ?? wanted
    do {
      return try await send(found, of: model, members, region: called)
    } catch let error as AWSError {
      // Buckets of all regions are listed together, and are asked each in its own.
      guard let bucket, let region = error.bucketRegion, region != called else { throw error }
      let answer = try await send(found, of: model, members, region: region)
      bucketRegions.learn(region, of: bucket)
      return answer
    }
  }

  /// The same for a single call.
  public static func call(
    _ client: AWSClient, service: String, operation: String, parameters: JSONValue, region: String? = nil
  ) async throws -> JSONValue {
    try await AWSOperations(client).call(service, operation, parameters, region: region)
  }

  private func send(
    _ operation: OperationModel, of model: ServiceModel, _ parameters: JSONObject, region: String
  ) async throws -> JSONValue {
    let builder = RequestBuilder(model: model, operation: operation, configuration: client.configuration, region: region)
    let response = try await client.perform(try builder.request(parameters))
    return try AnswerReader(model: model, operation: operation).answer(response)
  }
}

/// The regions of buckets that turned out to be elsewhere.
private final class BucketRegions: Sendable {
  private let regions = Mutex<[String: String]>([:])

  func region(of bucket: String) -> String? { regions.withLock { $0[bucket] } }

  func learn(_ region: String, of bucket: String) { regions.withLock { $0[bucket] = region } }
}

extension AWSError {
  /// The region that S3 names when a bucket was asked for in another; nil for other errors.
  ///
  /// `ServiceErrorParser` puts it into the message for people to read. A member of its own would make every error of every function larger.
  var bucketRegion: String? {
    guard service == AWSService.s3.serviceID, let start = message.firstRange(of: "[the bucket is in the region '") else { return nil }
    let rest = message[start.upperBound...]
    guard let end = rest.utf8.firstIndex(of: UInt8(ascii: "'")) else { return nil }
    return String(rest[..<end])
  }
}
