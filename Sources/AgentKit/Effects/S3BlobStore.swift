public import AWSClient

/// A blob store in one bucket of S3.
public struct S3BlobStore: BlobStore {
  private let client: S3Client
  private let bucket: String

  public init(client: S3Client, bucket: String) {
    self.client = client
    self.bucket = bucket
  }

  public func put(key: String, bytes: [UInt8], contentType: String) async throws {
    _ = try await client.putObject(PutObjectInput(bucket: bucket, key: key, body: bytes, contentType: contentType))
  }

  /// Tries of a write that S3 refuses because another write of the same key is under way.
  private static let attempts = 5

  public func putIfAbsent(key: String, bytes: [UInt8], contentType: String) async throws -> Bool {
    let input = PutObjectInput(bucket: bucket, key: key, body: bytes, contentType: contentType, ifNoneMatch: "*")
    for attempt in 1... {
      do {
        _ = try await client.putObject(input)
        return true
      } catch let error as AWSError where error.code == "PreconditionFailed" || error.httpStatus == 412 {
        return false
      } catch let error as AWSError where error.code == "ConditionalRequestConflict" && attempt < Self.attempts {
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html: to be repeated; who has won is told then.
        continue
      }
    }
    return false
  }

  public func get(key: String) async throws -> [UInt8]? {
    do {
      return try await client.getObject(GetObjectInput(bucket: bucket, key: key)).body
    } catch let error as AWSError where Self.isAbsence(error) {
      return nil
    }
  }

  public func get(key: String, limit: Int) async throws -> LimitedBlob? {
    do {
      // One byte more than may be had tells a larger object, whatever its size.
      let output = try await client.getObject(GetObjectInput(bucket: bucket, key: key, range: "bytes=0-\(limit)"))
      return output.body.count <= limit ? .whole(output.body) : .tooLarge
    } catch let error as AWSError where error.httpStatus == 416 {
      // An object without bytes has no first byte.
      return .whole([])
    } catch let error as AWSError where Self.isAbsence(error) {
      return nil
    }
  }

  private static func isAbsence(_ error: AWSError) -> Bool {
    error.code == "NoSuchKey" || error.httpStatus == 404 && error.code != "NoSuchBucket"
  }

  public func list(prefix: String, limit: Int) async throws -> [BlobSummary] {
    var summaries: [BlobSummary] = []
    let input = ListObjectsV2Input(bucket: bucket, prefix: prefix, maxKeys: min(limit, 1000))
    for try await page in client.objectPages(input) {
      summaries += page.objects.map { BlobSummary(key: $0.key, byteCount: Int($0.size)) }
      if summaries.count >= limit { break }
    }
    return Array(summaries.prefix(limit))
  }

  public func delete(key: String) async throws {
    _ = try await client.deleteObject(DeleteObjectInput(bucket: bucket, key: key))
  }
}
