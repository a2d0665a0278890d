/// Lists up to 1000 objects in the order of their keys' bytes.
public struct ListObjectsV2Input: Sendable, Hashable {
  public var bucket: String
  public var prefix: String?
  /// Keys that have it after the prefix are rolled up into `commonPrefixes`.
  public var delimiter: String?
  /// 1 to 1000; nil for 1000.
  public var maxKeys: Int?
  /// Where to go on: the last page's `nextContinuationToken`.
  public var continuationToken: String?
  /// A key; the listing begins with the first one after it.
  public var startAfter: String?

  public init(
    bucket: String, prefix: String? = nil, delimiter: String? = nil, maxKeys: Int? = nil, continuationToken: String? = nil,
    startAfter: String? = nil
  ) {
    self.bucket = bucket
    self.prefix = prefix
    self.delimiter = delimiter
    self.maxKeys = maxKeys
    self.continuationToken = continuationToken
    self.startAfter = startAfter
  }
}

/// One page of a listing.
public struct ListObjectsV2Output: Sendable, Hashable {
  public var objects: [S3Object]
  public var commonPrefixes: [String]
  public var isTruncated: Bool
  /// Where the next page begins; nil on the last page.
  public var nextContinuationToken: String?

  public init(objects: [S3Object] = [], commonPrefixes: [String] = [], isTruncated: Bool = false, nextContinuationToken: String? = nil) {
    self.objects = objects
    self.commonPrefixes = commonPrefixes
    self.isTruncated = isTruncated
    self.nextContinuationToken = nextContinuationToken
  }
}

/// An object in a listing.
public struct S3Object: Sendable, Hashable {
  public var key: String
  /// Bytes.
  public var size: Int64
  /// The object's entity tag, with its double quotes.
  public var eTag: String?
  /// ISO 8601 text.
  public var lastModified: String?

  public init(key: String, size: Int64, eTag: String? = nil, lastModified: String? = nil) {
    self.key = key
    self.size = size
    self.eTag = eTag
    self.lastModified = lastModified
  }
}
