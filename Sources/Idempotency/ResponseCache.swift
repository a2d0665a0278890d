/// Records of completed work that were used last, up to a number and a size.
struct ResponseCache {
  let capacity: Int
  let largestBytes: Int
  private var records: [String: (record: IdempotencyRecord, lastUse: UInt64)] = [:]
  private var bytes = 0
  private var uses: UInt64 = 0

  init(capacity: Int, largestBytes: Int) {
    self.capacity = capacity
    self.largestBytes = largestBytes
  }

  mutating func record(_ key: String, nowMilliseconds: Int64) -> IdempotencyRecord? {
    guard let (record, _) = records[key] else { return nil }
    guard !record.isReplaceable(atMilliseconds: nowMilliseconds) else {
      remove(key)
      return nil
    }
    uses += 1
    records[key] = (record, uses)
    return record
  }

  mutating func insert(_ record: IdempotencyRecord) {
    let size = Self.size(record)
    guard capacity > 0, size <= largestBytes else { return }
    remove(record.key)
    uses += 1
    records[record.key] = (record, uses)
    bytes += size
    while records.count > capacity || bytes > largestBytes, let oldest = records.min(by: { $0.value.lastUse < $1.value.lastUse })?.key {
      remove(oldest)
    }
  }

  private mutating func remove(_ key: String) {
    guard let (record, _) = records.removeValue(forKey: key) else { return }
    bytes -= Self.size(record)
  }

  private static func size(_ record: IdempotencyRecord) -> Int { record.key.utf8.count + (record.response?.count ?? 0) + 200 }
}
