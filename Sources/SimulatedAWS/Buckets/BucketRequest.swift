import AWSClient

/// Which operation of S3 a request is, on what.
struct BucketRequest {
  enum Operation: String {
    case getObject = "GetObject"
    case putObject = "PutObject"
    case headObject = "HeadObject"
    case deleteObject = "DeleteObject"
    case deleteObjects = "DeleteObjects"
    case listObjectsV2 = "ListObjectsV2"
    case headBucket = "HeadBucket"
  }

  /// Empty for a request about no bucket.
  let bucket: String
  /// Empty for a request about a bucket.
  let key: String
  let query: [(name: String, value: String)]
  /// Nil for what is not simulated.
  let operation: Operation?

  init(_ request: HTTPRequest) {
    let target = RequestTarget(request.url)
    var path = target.path.dropFirst()
    if let bucket = BucketRequest.bucket(ofHost: target.authority) {
      self.bucket = bucket
    } else {
      let slash = path.utf8.firstIndex(of: UInt8(ascii: "/"))
      let name = String(path[..<(slash ?? path.endIndex)])
      bucket = PercentEncoding.decode(name) ?? name
      path = slash.map { path[path.utf8.index(after: $0)...] } ?? ""
    }
    let key = String(path)
    self.key = key.utf8.contains(UInt8(ascii: "%")) ? PercentEncoding.decode(key) ?? key : key
    query = target.query
    operation = BucketRequest.operation(request.method, hasKey: !self.key.isEmpty, query)
  }

  subscript(name: String) -> String? { query.first { $0.name == name }?.value }

  /// The bucket in front of a host of S3's: "{bucket}.s3.{region}.amazonaws.com"; nil where the bucket is in the path.
  private static func bucket(ofHost authority: String) -> String? {
    guard let end = authority.firstRange(of: ".s3.") ?? authority.firstRange(of: ".s3-fips.") else { return nil }
    return String(authority[..<end.lowerBound])
  }

  private static func operation(_ method: String, hasKey: Bool, _ query: [(name: String, value: String)]) -> Operation? {
    // Subresources such as "?tagging" make other operations of the same methods.
    func asks(_ names: String...) -> Bool {
      query.allSatisfy { names.contains($0.name) || $0.name.hasPrefix("X-Amz-") || $0.name == "x-id" }
    }
    switch (method, hasKey) {
    case ("GET", true): return asks("versionId", "partNumber") ? .getObject : nil
    case ("PUT", true): return asks() ? .putObject : nil
    case ("HEAD", true): return asks("versionId", "partNumber") ? .headObject : nil
    case ("DELETE", true): return asks("versionId") ? .deleteObject : nil
    case ("GET", false): return query.contains { $0.name == "list-type" && $0.value == "2" } ? .listObjectsV2 : nil
    case ("HEAD", false): return .headBucket
    case ("POST", false): return query.contains { $0.name == "delete" } ? .deleteObjects : nil
    default: return nil
    }
  }
}
