/// An object of a bucket, without its bytes.
public struct ObjectSummary: Sendable, Hashable {
  public let key: String
  public let byteCount: Int
  /// In its double quotes.
  public let eTag: String
  /// When it was written, in milliseconds since the Unix epoch.
  public let modifiedMilliseconds: Int64
}

/// What happened to an object.
public enum BucketChange: Sendable, Hashable {
  case put(bucket: String, ObjectSummary)
  case deleted(bucket: String, ObjectSummary)
  /// Deleted by a rule of the bucket's lifecycle.
  case expired(bucket: String, ObjectSummary)
}

/// What the callers of requests may do with a bucket.
public struct BucketAccess: OptionSet, Sendable, Hashable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }
  public static let read = BucketAccess(rawValue: 1)
  public static let write = BucketAccess(rawValue: 2)
  public static let delete = BucketAccess(rawValue: 4)
  /// Without it, a missing key is answered with AccessDenied and not with NoSuchKey.
  public static let list = BucketAccess(rawValue: 8)
  public static let all: BucketAccess = [.read, .write, .delete, .list]
}

/// A rule of a bucket's lifecycle: objects are deleted some days after they were written.
public struct LifecycleRule: Sendable, Hashable {
  /// What the keys begin with; empty for all.
  public var prefix: String
  /// 1 or more.
  public var days: Int

  public init(prefix: String, days: Int) {
    self.prefix = prefix
    self.days = days
  }

  private static let dayMilliseconds: Int64 = 86_400_000

  /// When an object expires: that many days after it was written, at the next midnight in UTC.
  /// Source: S3 user guide, "Expiring objects".
  public func expirationMilliseconds(modifiedMilliseconds: Int64) -> Int64 {
    let due = modifiedMilliseconds + Int64(days) * LifecycleRule.dayMilliseconds
    return (due + LifecycleRule.dayMilliseconds - 1) / LifecycleRule.dayMilliseconds * LifecycleRule.dayMilliseconds
  }
}
