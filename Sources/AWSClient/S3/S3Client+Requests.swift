extension S3Client {
  /// How long the bytes of an object may stand still.
  private static let idleTimeoutMilliseconds: Int64 = 30_000

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
    let resolved: S3Endpoint
    do throws(AWSError) {
      // Before the name's own rule, which an ARN breaks as well.
      resolved = try S3Endpoint(bucket: bucket, configuration: client.configuration)
    } catch {
      throw error.during(operation, of: .s3)
    }
    // It becomes part of a host name or a path, so that nothing but a bucket's name may be in it; the oldest have up to 255 bytes.
    guard (3...255).contains(bucket.utf8.count), bucket.utf8.allSatisfy({ PercentEncoding.isUnreserved($0) && $0 != UInt8(ascii: "~") }),
      !bucket.hasPrefix("."), !bucket.hasSuffix(".")
    else {
      throw AWSError.input(
        "'\(bucket)' is no bucket name: expected 3 to 255 letters, digits, '-', '_' and '.'", service: .s3, operation: operation)
    }
    var request = ServiceRequest(.s3, operation, endpoint: resolved.endpoint)
    request.method = method
    // The path of a bucket alone has no slash at its end, that of the root has one.
    request.path = resolved.bucketPath.isEmpty || !encodedKey.isEmpty ? "\(resolved.bucketPath)/\(encodedKey)" : resolved.bucketPath
    request.errorFormat = .xml
    request.region = resolved.endpoint.signingRegion ?? client.configuration.region
    if operation == "GetObject" || operation == "PutObject" { request.idleTimeoutMilliseconds = S3Client.idleTimeoutMilliseconds }
    return request
  }
}

extension S3Client {
  /// - Parameter checksums: true to ask for the object's checksum beside its bytes.
  func request(_ input: GetObjectInput, checksums: Bool) throws -> ServiceRequest {
    var request = try objectRequest("GetObject", "GET", input.bucket, input.key)
    if let versionID = input.versionID { request.query.append(("versionId", versionID)) }
    request.header("range", input.range)
    request.header("if-match", input.ifMatch)
    request.header("if-none-match", input.ifNoneMatch)
    if checksums { request.header("x-amz-checksum-mode", "ENABLED") }
    return request
  }

  /// - Parameter checksums: true to send the body's checksum along.
  func request(_ input: PutObjectInput, checksums: Bool) throws -> ServiceRequest {
    var request = try objectRequest("PutObject", "PUT", input.bucket, input.key)
    request.header("content-type", input.contentType ?? "application/octet-stream")
    request.header("content-encoding", input.contentEncoding)
    request.header("cache-control", input.cacheControl)
    request.header("if-none-match", input.ifNoneMatch)
    request.header("if-match", input.ifMatch)
    for (name, value) in input.metadata.inOrder {
      // A line break in it would begin another header field, and S3 refuses a blank as a wrong signature.
      guard HTTPHeaders.isFieldName(name) else {
        throw AWSError.input(
          "the metadata name '\(name)' cannot stand in a header field: expected letters, digits and any of !#$%&'*+-.^_`|~", service: .s3,
          operation: "PutObject")
      }
      request.header("x-amz-meta-" + name.lowercased(), value)
    }
    guard checksums else { return request }
    // S3 compares the checksum with what arrived, so that a damaged upload is refused and not stored.
    request.header("x-amz-checksum-crc32", Base64.encode(CRC32.checksum(input.body).bigEndianBytes))
    request.header("x-amz-sdk-checksum-algorithm", "CRC32")
    request.body = input.body
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
