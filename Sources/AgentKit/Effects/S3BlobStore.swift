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

  public func get(key: String) async throws -> [UInt8]? {
    do {
      return try await client.getObject(GetObjectInput(bucket: bucket, key: key)).body
    } catch let error as AWSError where error.code == "NoSuchKey" || error.httpStatus == 404 && error.code != "NoSuchBucket" {
      return nil
    }
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
