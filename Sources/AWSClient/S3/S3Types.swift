/// Reads one object.
public struct GetObjectInput: Sendable, Hashable {
  public var bucket: String
  /// 1 to 1024 bytes of UTF-8, any of them.
  public var key: String
  public var versionID: String?
  /// Part of the object as RFC 9110 writes it, such as "bytes=0-99".
  public var range: String?
  public var ifMatch: String?
  public var ifNoneMatch: String?

  public init(
    bucket: String, key: String, versionID: String? = nil, range: String? = nil, ifMatch: String? = nil, ifNoneMatch: String? = nil
  ) {
    self.bucket = bucket
    self.key = key
    self.versionID = versionID
    self.range = range
    self.ifMatch = ifMatch
    self.ifNoneMatch = ifNoneMatch
  }
}

/// What S3 says of an object beside its bytes.
public struct S3ObjectHead: Sendable, Hashable {
  /// The object's entity tag, with its double quotes.
  public var eTag: String?
  public var contentLength: Int64?
  public var contentType: String?
  public var contentEncoding: String?
  /// As RFC 9110 writes dates, such as "Wed, 21 Oct 2015 07:28:00 GMT".
  public var lastModified: String?
  public var versionID: String?
  /// The object's own metadata; names in lower case.
  public var metadata: [String: String]

  public init(
    eTag: String? = nil, contentLength: Int64? = nil, contentType: String? = nil, contentEncoding: String? = nil,
    lastModified: String? = nil, versionID: String? = nil, metadata: [String: String] = [:]
  ) {
    self.eTag = eTag
    self.contentLength = contentLength
    self.contentType = contentType
    self.contentEncoding = contentEncoding
    self.lastModified = lastModified
    self.versionID = versionID
    self.metadata = metadata
  }
}

public struct GetObjectOutput: Sendable, Hashable {
  public var body: [UInt8]
  public var head: S3ObjectHead

  public init(body: [UInt8], head: S3ObjectHead = S3ObjectHead()) {
    self.body = body
    self.head = head
  }
}

/// Writes one object, over one that has the same key unless a condition says otherwise.
public struct PutObjectInput: Sendable, Hashable {
  public var bucket: String
  /// 1 to 1024 bytes of UTF-8, any of them.
  public var key: String
  public var body: [UInt8]
  public var contentType: String?
  public var contentEncoding: String?
  public var cacheControl: String?
  /// "*" writes only when there is no such object; otherwise the error's code is "PreconditionFailed".
  public var ifNoneMatch: String?
  /// The entity tag that the object must have.
  public var ifMatch: String?
  /// Metadata of one's own: ASCII, 2 KB together.
  public var metadata: [String: String]

  public init(
    bucket: String, key: String, body: [UInt8], contentType: String? = nil, contentEncoding: String? = nil, cacheControl: String? = nil,
    ifNoneMatch: String? = nil, ifMatch: String? = nil, metadata: [String: String] = [:]
  ) {
    self.bucket = bucket
    self.key = key
    self.body = body
    self.contentType = contentType
    self.contentEncoding = contentEncoding
    self.cacheControl = cacheControl
    self.ifNoneMatch = ifNoneMatch
    self.ifMatch = ifMatch
    self.metadata = metadata
  }
}

public struct PutObjectOutput: Sendable, Hashable {
  public var eTag: String?
  public var versionID: String?

  public init(eTag: String? = nil, versionID: String? = nil) {
    self.eTag = eTag
    self.versionID = versionID
  }
}

/// Asks what S3 knows of an object; a missing one is an error with HTTP status 404 and code "NotFound".
public struct HeadObjectInput: Sendable, Hashable {
  public var bucket: String
  public var key: String
  public var versionID: String?

  public init(bucket: String, key: String, versionID: String? = nil) {
    self.bucket = bucket
    self.key = key
    self.versionID = versionID
  }
}

public struct HeadObjectOutput: Sendable, Hashable {
  public var head: S3ObjectHead
  public init(head: S3ObjectHead = S3ObjectHead()) { self.head = head }
}

/// Deletes one object; one that does not exist is deleted as well.
public struct DeleteObjectInput: Sendable, Hashable {
  public var bucket: String
  public var key: String
  public var versionID: String?

  public init(bucket: String, key: String, versionID: String? = nil) {
    self.bucket = bucket
    self.key = key
    self.versionID = versionID
  }
}

public struct DeleteObjectOutput: Sendable, Hashable {
  public var isDeleteMarker: Bool
  public var versionID: String?

  public init(isDeleteMarker: Bool = false, versionID: String? = nil) {
    self.isDeleteMarker = isDeleteMarker
    self.versionID = versionID
  }
}
