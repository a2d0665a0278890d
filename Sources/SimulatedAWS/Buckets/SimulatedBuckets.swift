public import AWSClient

/// S3 in memory: general purpose buckets without versions, strongly consistent as S3 is.
public final class SimulatedBuckets: SimulatedService {
  /// Sees each change as it happens, with its time in milliseconds since the Unix epoch.
  public var onChange: ((BucketChange, Int64) -> Void)?

  let chance: any ServiceChance
  /// By name; never gone through where the order would show.
  private var buckets: [String: StoredBucket] = [:]
  var requestIDs = IdentifierSequence(salt: 0x53)

  public init(_ names: [String] = [], chance: any ServiceChance = NoFaults()) {
    self.chance = chance
    for name in names { make(name) }
  }

  public func answer(_ request: HTTPRequest, nowMilliseconds: Int64) -> HTTPResponse { respond(to: request, now: nowMilliseconds) }

  // MARK: An operator's console

  /// The buckets' names, sorted.
  public var names: [String] { buckets.keys.sorted() }

  /// Makes a bucket, unless there is one of that name.
  public func make(_ name: String) { if buckets[name] == nil { buckets[name] = StoredBucket(name: name) } }

  /// What the callers of requests may do with a bucket; everything, until this is called.
  public func allow(_ access: BucketAccess, on name: String) { buckets[name]?.access = access }

  /// Sets the rules of a bucket's lifecycle.
  public func setLifecycle(_ rules: [LifecycleRule], of name: String) { buckets[name]?.rules = rules }

  /// All objects of a bucket, or those whose keys begin so, in the order of the keys' bytes.
  public func objects(in name: String, prefix: String = "") -> [ObjectSummary] {
    guard let bucket = buckets[name] else { return [] }
    return bucket.objects[bucket.position(of: prefix.utf8)...].prefix { $0.key.utf8.starts(with: prefix.utf8) }.map(\.summary)
  }

  /// The bytes of an object; nil when there is no such object or bucket.
  public func get(_ key: String, from name: String) -> [UInt8]? { buckets[name]?.object(key)?.bytes }

  /// Writes an object without a request.
  /// - Returns: nil when there is no such bucket.
  @discardableResult public func put(
    _ bytes: [UInt8], as key: String, in name: String, contentType: String = "application/octet-stream", nowMilliseconds now: Int64
  ) -> ObjectSummary? {
    guard let bucket = buckets[name] else { return nil }
    var object = StoredObject(key: key, bytes: bytes, eTag: SimulatedBuckets.eTag(of: bytes), modifiedMilliseconds: now)
    object.headers = [HTTPHeaders.Field(name: "content-type", value: contentType)]
    store(object, in: bucket, now)
    return object.summary
  }

  /// Deletes an object without a request.
  /// - Returns: false when there was none.
  @discardableResult public func delete(_ key: String, from name: String, nowMilliseconds now: Int64) -> Bool {
    buckets[name].map { remove(key, from: $0, now) } ?? false
  }

  /// When the next object of any bucket expires by a rule; nil when none does.
  public var nextExpiryAt: Int64? {
    buckets.values.compactMap { bucket in bucket.objects.compactMap { bucket.expiration(of: $0) }.min() }.min()
  }

  /// Deletes what has expired; S3 does it some time after the objects' hour, and until then they are there.
  public func expire(nowMilliseconds now: Int64) {
    for bucket in names.compactMap({ buckets[$0] }) where !bucket.rules.isEmpty {
      for object in bucket.objects where bucket.expiration(of: object).map({ $0 <= now }) ?? false {
        guard let removed = bucket.remove(object.key) else { continue }
        onChange?(.expired(bucket: bucket.name, removed.summary), now)
      }
    }
  }

  // MARK: Parts

  func bucket(_ name: String) -> StoredBucket? { buckets[name] }

  func store(_ object: StoredObject, in bucket: StoredBucket, _ now: Int64) {
    bucket.put(object)
    onChange?(.put(bucket: bucket.name, object.summary), now)
  }

  @discardableResult func remove(_ key: String, from bucket: StoredBucket, _ now: Int64) -> Bool {
    guard let removed = bucket.remove(key) else { return false }
    onChange?(.deleted(bucket: bucket.name, removed.summary), now)
    return true
  }

  static func eTag(of bytes: [UInt8]) -> String { "\"\(MD5.hexadecimal(bytes))\"" }
}
