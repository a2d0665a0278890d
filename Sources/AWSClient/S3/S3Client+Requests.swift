extension S3Client {
  /// A request about a bucket.
  func bucketRequest(_ operation: String, _ method: String, _ bucket: String) throws -> ServiceRequest {
    try request(operation, method, bucket: bucket, encodedKey: "")
  }

  /// A request about an object.
  func objectRequest(_ operation: String, _ method: String, _ bucket: String, _ key: String) throws -> ServiceRequest {
    guard !key.isEmpty, key.utf8.count <= 1_024 else {
      throw AWSError.input(
        "the key '\(key.prefix(80))' has \(key.utf8.count) bytes: expected 1 to 1024", service: .s3, operation: operation)
    }
    return try request(operation, method, bucket: bucket, encodedKey: PercentEncoding.encode(key, keepsSlashes: true))
  }

  private func request(_ operation: String, _ method: String, bucket: String, encodedKey: String) throws -> ServiceRequest {
    // Both become part of a host name or a path, so that nothing but a bucket's name may be in them.
    guard (3...63).contains(bucket.utf8.count), bucket.utf8.allSatisfy({ PercentEncoding.isUnreserved($0) && $0 != UInt8(ascii: "~") }),
      !bucket.hasPrefix("."), !bucket.hasSuffix(".")
    else {
      throw AWSError.input(
        "'\(bucket)' is no bucket name: expected 3 to 63 letters, digits, '-', '_' and '.'", service: .s3, operation: operation)
    }
    let configuration = client.configuration
    var endpoint = configuration.endpoint(of: .s3)
    // The wildcard certificate of S3 covers one label only, so a name with dots goes into the path; so does one that is no host label.
    let isHostLabel = Partition.isRegionName(bucket) && bucket == bucket.lowercased()
    var path = "/"
    if configuration.configuredEndpoint(of: .s3) == nil, isHostLabel {
      endpoint = Endpoint(scheme: endpoint.scheme, authority: "\(bucket).\(endpoint.authority)")
    } else {
      path += bucket
      if !encodedKey.isEmpty { path += "/" }
    }
    var request = ServiceRequest(.s3, operation, endpoint: endpoint)
    request.method = method
    request.path = path + encodedKey
    request.errorFormat = .xml
    return request
  }
}

extension S3ObjectHead {
  init(_ headers: HTTPHeaders) {
    self.init(
      eTag: headers["etag"], contentLength: headers["content-length"].flatMap(Int64.init), contentType: headers["content-type"],
      contentEncoding: headers["content-encoding"], lastModified: headers["last-modified"], versionID: headers["x-amz-version-id"])
    let prefix = "x-amz-meta-"
    for field in headers.fields where field.name.hasPrefix(prefix) { metadata[String(field.name.dropFirst(prefix.count))] = field.value }
  }
}

extension ListObjectsV2Output {
  /// Reads the document of a listing whose keys are percent-encoded.
  init(xml bytes: [UInt8]) throws {
    func invalid(_ reason: String) -> AWSError {
      AWSError(
        code: AWSError.invalidResponseCode, message: "the listing could not be read: \(reason)", service: AWSService.s3.serviceID,
        operation: "ListObjectsV2")
    }
    let root: XMLElement
    do { root = try XMLElement(parsing: bytes) } catch { throw invalid("\(error)") }
    guard root.name == "ListBucketResult" else { throw invalid("its root is '\(root.name)', expected 'ListBucketResult'") }
    let isEncoded = root["EncodingType"]?.text == "url"
    func decoded(_ text: String) throws -> String {
      guard isEncoded else { return text }
      guard let decoded = PercentEncoding.decode(text, plusIsBlank: true) else { throw invalid("'\(text)' is not percent-encoded UTF-8") }
      return decoded
    }
    self.init()
    isTruncated = root["IsTruncated"]?.text == "true"
    nextContinuationToken = root["NextContinuationToken"]?.text
    for child in root.children {
      switch child.name {
      case "Contents":
        guard let key = child["Key"]?.text else { throw invalid("an object has no Key") }
        guard let size = child["Size"].flatMap({ Int64($0.text) }) else { throw invalid("the object '\(key)' has no Size") }
        objects.append(S3Object(key: try decoded(key), size: size, eTag: child["ETag"]?.text, lastModified: child["LastModified"]?.text))
      case "CommonPrefixes":
        if let prefix = child["Prefix"]?.text { commonPrefixes.append(try decoded(prefix)) }
      default: break
      }
    }
  }
}
