import AWSClient

extension SimulatedBuckets {
  func respond(to request: HTTPRequest, now: Int64) -> HTTPResponse {
    let requestID = requestIDs.next()
    let asked = BucketRequest(request)
    do throws(Refusal) {
      var response = try perform(asked, request, now)
      response.headers.append(lowercased: "x-amz-request-id", requestID)
      if request.method == "HEAD" { response.body = [] }
      return response
    } catch {
      var details: [(name: String, value: String)] = []
      if error.code == "NoSuchBucket" { details.append(("BucketName", asked.bucket)) }
      if error.code == "NoSuchKey" { details.append(("Key", asked.key)) }
      return .xml(error, method: request.method, requestID: requestID, details: details)
    }
  }

  private func perform(_ asked: BucketRequest, _ request: HTTPRequest, _ now: Int64) throws(Refusal) -> HTTPResponse {
    guard let operation = asked.operation else {
      throw Refusal(501, "NotImplemented", "The buckets in memory do not know \(request.method) \(request.url).")
    }
    if chance.occurs(.throttling) { throw Refusal(503, "SlowDown", "Please reduce your request rate.") }
    if chance.occurs(.internalError) {
      throw Refusal(500, "InternalError", "We encountered an internal error. Please try again.")
    }
    guard let bucket = bucket(asked.bucket) else {
      throw Refusal(404, "NoSuchBucket", "The specified bucket does not exist")
    }
    guard asked.key.utf8.count <= 1_024 else { throw Refusal(400, "KeyTooLongError", "Your key is too long") }
    let needed: BucketAccess =
      switch operation {
      case .getObject, .headObject: .read
      case .putObject: .write
      case .deleteObject, .deleteObjects: .delete
      case .listObjectsV2, .headBucket: .list
      }
    guard bucket.access.contains(needed) else { throw Refusal.accessDenied }
    if let version = asked["versionId"], version != "null" {
      throw Refusal(400, "InvalidArgument", "Invalid version id specified")
    }
    switch operation {
    case .getObject, .headObject: return try read(asked.key, of: bucket, request)
    case .putObject: return try write(asked.key, to: bucket, request, now)
    case .deleteObject: return try delete(asked.key, from: bucket, request, now)
    case .deleteObjects: return try deleteObjects(of: bucket, request, now)
    case .listObjectsV2: return try list(bucket, asked)
    case .headBucket: return HTTPResponse(status: 200)
    }
  }

  // MARK: Objects

  private func read(_ key: String, of bucket: StoredBucket, _ request: HTTPRequest) throws(Refusal) -> HTTPResponse {
    guard let object = bucket.object(key) else {
      throw bucket.access.contains(.list) ? Refusal.noSuchKey : Refusal.accessDenied
    }
    if let wanted = request.headers["if-match"], !SimulatedBuckets.names(object.eTag, wanted) { throw Refusal.preconditionFailed }
    if let unwanted = request.headers["if-none-match"], SimulatedBuckets.names(object.eTag, unwanted) {
      throw Refusal(304, "NotModified", "Not Modified")
    }
    var response = HTTPResponse(status: 200)
    response.headers.reserveCapacity(10)
    for field in object.headers { response.headers.append(lowercased: field.name, field.value) }
    response.headers.append(lowercased: "etag", object.eTag)
    response.headers.append(lowercased: "last-modified", HTTPDateText.text(milliseconds: object.modifiedMilliseconds))
    response.headers.append(lowercased: "accept-ranges", "bytes")
    let count = object.bytes.count
    switch ByteRange.parse(request.headers["range"], count: count) {
    case .whole:
      response.body = object.bytes
      if request.headers["x-amz-checksum-mode"] == "ENABLED", let checksum = object.checksum {
        response.headers.append(lowercased: checksum.name, checksum.value)
        response.headers.append(lowercased: "x-amz-checksum-type", "FULL_OBJECT")
      }
      response.headers.append(lowercased: "content-length", String(count))
    case .part(let range):
      response.status = 206
      response.body = Array(object.bytes[range])
      response.headers.append(lowercased: "content-range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(count)")
      response.headers.append(lowercased: "content-length", String(range.count))
    case .unsatisfiable: throw Refusal(416, "InvalidRange", "The requested range is not satisfiable")
    }
    return response
  }

  private func write(
    _ key: String, to bucket: StoredBucket, _ request: HTTPRequest, _ now: Int64
  ) throws(Refusal) -> HTTPResponse {
    guard request.headers["x-amz-copy-source"] == nil else {
      throw Refusal(501, "NotImplemented", "The buckets in memory do not copy objects.")
    }
    let previous = bucket.object(key)
    if let unwanted = request.headers["if-none-match"] {
      guard unwanted == "*" else {
        throw Refusal(501, "NotImplemented", "A header you provided implies functionality that is not implemented")
      }
      if previous != nil { throw Refusal.preconditionFailed }
    }
    if let wanted = request.headers["if-match"] {
      guard let previous else { throw Refusal.noSuchKey }
      guard SimulatedBuckets.names(previous.eTag, wanted) else { throw Refusal.preconditionFailed }
    }
    try SimulatedBuckets.checkDigests(of: request)
    var object = StoredObject(
      key: key, bytes: request.body, eTag: SimulatedBuckets.eTag(of: request.body), modifiedMilliseconds: now)
    try SimulatedBuckets.keepHeaders(of: request, in: &object)
    store(object, in: bucket, now)
    var response = HTTPResponse(status: 200)
    response.headers.append(lowercased: "etag", object.eTag)
    if let checksum = object.checksum {
      response.headers.append(lowercased: checksum.name, checksum.value)
      response.headers.append(lowercased: "x-amz-checksum-type", "FULL_OBJECT")
    }
    return response
  }

  private func delete(
    _ key: String, from bucket: StoredBucket, _ request: HTTPRequest, _ now: Int64
  ) throws(Refusal) -> HTTPResponse {
    if let wanted = request.headers["if-match"] {
      guard let object = bucket.object(key) else { throw Refusal.noSuchKey }
      guard SimulatedBuckets.names(object.eTag, wanted) else { throw Refusal.preconditionFailed }
    }
    remove(key, from: bucket, now)
    return HTTPResponse(status: 204)
  }

  // MARK: Parts

  private static let keptFields: Set<String> = [
    "content-type", "content-encoding", "content-disposition", "content-language", "cache-control", "expires",
  ]
  private static let checksumFields: Set<String> = [
    "x-amz-checksum-crc32", "x-amz-checksum-crc32c", "x-amz-checksum-crc64nvme", "x-amz-checksum-sha1", "x-amz-checksum-sha256",
  ]
  private static let metadataPrefix = "x-amz-meta-"
  private static let maximumMetadataBytes = 2_048

  private static func keepHeaders(of request: HTTPRequest, in object: inout StoredObject) throws(Refusal) {
    var metadataBytes = 0
    for field in request.headers.fields {
      if checksumFields.contains(field.name) { object.checksum = field }
      if field.name.hasPrefix(metadataPrefix) {
        metadataBytes += field.name.utf8.count - metadataPrefix.utf8.count + field.value.utf8.count
        object.headers.append(field)
      } else if keptFields.contains(field.name) {
        object.headers.append(field)
      }
    }
    guard metadataBytes <= maximumMetadataBytes else {
      throw Refusal(400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size")
    }
  }

  /// Checks the checksums that came with a body.
  static func checkDigests(of request: HTTPRequest) throws(Refusal) {
    if let field = S3Checksum.mismatch(of: HTTPResponse(status: 200, headers: request.headers, body: request.body)) {
      let algorithm = field.split(separator: ":")[0].split(separator: "-").last.map { $0.uppercased() } ?? ""
      throw Refusal(400, "BadDigest", "The \(algorithm) you specified did not match the calculated checksum.")
    }
    guard let digest = request.headers["content-md5"] else { return }
    guard let bytes = Base64.decode(digest), bytes.count == 16 else {
      throw Refusal(400, "InvalidDigest", "The Content-MD5 you specified was invalid")
    }
    guard bytes == MD5.hash(request.body) else {
      throw Refusal(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
    }
  }

  /// Whether a list of entity tags in a condition has this one, quoted or not.
  private static func names(_ eTag: String, _ condition: String) -> Bool {
    condition.split(separator: ",").contains { part in
      var tag = part.drop { $0 == " " }
      while tag.last == " " { tag.removeLast() }
      return tag == "*" || tag == eTag || "\"\(tag)\"" == eTag
    }
  }
}

extension Refusal {
  static let accessDenied = Refusal(403, "AccessDenied", "Access Denied")
  static let noSuchKey = Refusal(404, "NoSuchKey", "The specified key does not exist.")
  static let preconditionFailed = Refusal(
    412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
}

/// The part of an object that a request asks for.
enum ByteRange: Equatable {
  case whole
  case part(Range<Int>)
  case unsatisfiable

  /// Reads a Range field with one range (RFC 9110 section 14.1.2); any other counts as none, as for S3.
  static func parse(_ field: String?, count: Int) -> ByteRange {
    guard let field, field.hasPrefix("bytes=") else { return .whole }
    let parts = field.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return .whole }
    guard let first = Int(parts[0]) else {
      guard parts[0].isEmpty, let last = Int(parts[1]), last >= 0 else { return .whole }
      return last == 0 || count == 0 ? .unsatisfiable : .part(max(0, count - last)..<count)
    }
    let last = parts[1].isEmpty ? Int.max - 1 : Int(parts[1])
    guard let last, first <= last else { return .whole }
    return first < count ? .part(first..<min(last + 1, count)) : .unsatisfiable
  }
}
