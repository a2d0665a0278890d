import Testing

@testable import Idempotency

@Suite struct ResponseCacheTests {
  func record(_ key: String, bytes: Int = 10, expires: Int64 = 1_000) -> IdempotencyRecord {
    IdempotencyRecord(
      key: key, status: .completed, owner: "a", expiryMilliseconds: expires, inProgressExpiryMilliseconds: 0,
      response: Array(repeating: 0, count: bytes))
  }

  @Test func whatWasUsedLongestAgoGoesFirst() {
    var cache = ResponseCache(capacity: 2, largestBytes: 10_000)
    cache.insert(record("a"))
    cache.insert(record("b"))
    _ = cache.record("a", nowMilliseconds: 0)
    cache.insert(record("c"))
    #expect(cache.record("a", nowMilliseconds: 0) != nil)
    #expect(cache.record("b", nowMilliseconds: 0) == nil)
    #expect(cache.record("c", nowMilliseconds: 0) != nil)
  }

  @Test func theSizeIsBoundedAndWhatNeverFitsIsNotKept() {
    var cache = ResponseCache(capacity: 100, largestBytes: 1_000)
    cache.insert(record("a", bytes: 500))
    cache.insert(record("b", bytes: 500))
    #expect(cache.record("a", nowMilliseconds: 0) == nil)
    #expect(cache.record("b", nowMilliseconds: 0) != nil)
    cache.insert(record("c", bytes: 5_000))
    #expect(cache.record("c", nowMilliseconds: 0) == nil)
    #expect(cache.record("b", nowMilliseconds: 0) != nil)
    for _ in 0..<100 { cache.insert(record("b", bytes: 500)) }
    #expect(cache.record("b", nowMilliseconds: 0) != nil)
  }

  @Test func whatHasExpiredIsForgotten() {
    var cache = ResponseCache(capacity: 2, largestBytes: 10_000)
    cache.insert(record("a", expires: 1_000))
    #expect(cache.record("a", nowMilliseconds: 999) != nil)
    #expect(cache.record("a", nowMilliseconds: 1_000) == nil)
  }

  @Test func aCacheOfNothingKeepsNothing() {
    var cache = ResponseCache(capacity: 0, largestBytes: 10_000)
    cache.insert(record("a"))
    #expect(cache.record("a", nowMilliseconds: 0) == nil)
  }
}
