import AWSClient

/// An object with its bytes.
struct StoredObject {
  let key: String
  var bytes: [UInt8]
  var eTag: String
  var modifiedMilliseconds: Int64
  /// The header fields that came with it and go out with it: content type, encoding, cache control, metadata.
  var headers: [HTTPHeaders.Field] = []
  /// The checksum that came with it, by its header field; nil when none did.
  var checksum: HTTPHeaders.Field?

  var summary: ObjectSummary {
    ObjectSummary(key: key, byteCount: bytes.count, eTag: eTag, modifiedMilliseconds: modifiedMilliseconds)
  }
}

/// The objects of one bucket, by the bytes of their keys.
final class StoredBucket {
  let name: String
  var access = BucketAccess.all
  var rules: [LifecycleRule] = []
  private(set) var objects: [StoredObject] = []

  init(name: String) { self.name = name }

  /// Where the first object stands whose key is not before this one.
  func position(of key: some Collection<UInt8>) -> Int {
    var low = 0
    var high = objects.count
    while low < high {
      let middle = (low + high) / 2
      if objects[middle].key.utf8.lexicographicallyPrecedes(key) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func object(_ key: String) -> StoredObject? {
    let position = position(of: key.utf8)
    return position < objects.count && objects[position].key.utf8.elementsEqual(key.utf8) ? objects[position] : nil
  }

  func put(_ object: StoredObject) {
    let position = position(of: object.key.utf8)
    if position < objects.count, objects[position].key.utf8.elementsEqual(object.key.utf8) {
      objects[position] = object
    } else {
      objects.insert(object, at: position)
    }
  }

  func remove(_ key: String) -> StoredObject? {
    let position = position(of: key.utf8)
    guard position < objects.count, objects[position].key.utf8.elementsEqual(key.utf8) else { return nil }
    return objects.remove(at: position)
  }

  /// When an object expires; nil when no rule is about it.
  func expiration(of object: StoredObject) -> Int64? {
    rules.filter { object.key.utf8.starts(with: $0.prefix.utf8) }
      .map { $0.expirationMilliseconds(modifiedMilliseconds: object.modifiedMilliseconds) }.min()
  }
}
