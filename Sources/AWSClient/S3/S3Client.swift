/// S3, over its own REST protocol (API version 2006-03-01).
///
/// Every method throws `AWSError` or, when the task is cancelled, `CancellationError`.
public struct S3Client: Sendable {
  let client: AWSClient

  public init(_ client: AWSClient) { self.client = client }

  public func getObject(_ input: GetObjectInput) async throws -> GetObjectOutput {
    let response = try await client.perform(try request(input, checksums: true))
    return GetObjectOutput(body: response.body, head: S3ObjectHead(response.headers))
  }

  public func putObject(_ input: PutObjectInput) async throws -> PutObjectOutput {
    let response = try await client.perform(try request(input, checksums: true))
    return PutObjectOutput(eTag: response.headers["etag"], versionID: response.headers["x-amz-version-id"])
  }

  public func headObject(_ input: HeadObjectInput) async throws -> HeadObjectOutput {
    var request = try objectRequest("HeadObject", "HEAD", input.bucket, input.key)
    if let versionID = input.versionID { request.query.append(("versionId", versionID)) }
    request.header("x-amz-checksum-mode", "ENABLED")
    return HeadObjectOutput(head: S3ObjectHead(try await client.perform(request).headers))
  }

  public func deleteObject(_ input: DeleteObjectInput) async throws -> DeleteObjectOutput {
    var request = try objectRequest("DeleteObject", "DELETE", input.bucket, input.key)
    if let versionID = input.versionID { request.query.append(("versionId", versionID)) }
    let headers = try await client.perform(request).headers
    return DeleteObjectOutput(isDeleteMarker: headers["x-amz-delete-marker"] == "true", versionID: headers["x-amz-version-id"])
  }

  /// One page of a listing; `objectPages` goes on by itself.
  public func listObjectsV2(_ input: ListObjectsV2Input) async throws -> ListObjectsV2Output {
    var request = try bucketRequest("ListObjectsV2", "GET", input.bucket)
    request.query.append(("list-type", "2"))
    // XML has no way to write most control characters, and a key may hold any of them.
    request.query.append(("encoding-type", "url"))
    if let prefix = input.prefix { request.query.append(("prefix", prefix)) }
    if let delimiter = input.delimiter { request.query.append(("delimiter", delimiter)) }
    if let maxKeys = input.maxKeys { request.query.append(("max-keys", String(maxKeys))) }
    if let token = input.continuationToken { request.query.append(("continuation-token", token)) }
    if let startAfter = input.startAfter { request.query.append(("start-after", startAfter)) }
    let response = try await client.perform(request)
    return try ListObjectsV2Output(xml: response.body)
  }

  /// The pages of a listing, fetched as they are asked for.
  public func objectPages(_ input: ListObjectsV2Input) -> PageSequence<ListObjectsV2Output> {
    PageSequence { [self] (last: ListObjectsV2Output?) in
      var input = input
      if let last {
        guard last.isTruncated else { return nil }
        guard let token = last.nextContinuationToken else {
          throw AWSError(
            code: AWSError.invalidResponseCode, message: "the listing says that it goes on and has no NextContinuationToken to go on with",
            service: AWSService.s3.serviceID, operation: "ListObjectsV2")
        }
        input.continuationToken = token
      }
      return try await listObjectsV2(input)
    }
  }
}
