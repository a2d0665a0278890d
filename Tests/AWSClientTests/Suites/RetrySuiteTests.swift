import JSON
import Testing

@testable import AWSClient

/// The tables of botocore's tests of the standard retry mode of 2026.
struct RetrySuiteTests {
  private let suite: JSONValue

  init() throws { suite = try TestData.json("aws-retries/cases.json") }

  private let transient = RetryPolicy.Failure(isRetryable: true, isThrottling: false)
  private let throttling = RetryPolicy.Failure(isRetryable: true, isThrottling: true)

  private func milliseconds(_ seconds: JSONValue?) throws -> Int64 { Int64((try #require(seconds?.doubleValue) * 1_000).rounded()) }

  @Test func delaysGrowAsInTheSuite() throws {
    let expected = try #require(suite["delaysAtFullJitter"]?.arrayValue).map { try milliseconds($0) }
    #expect(expected.count == 11)
    var policy = RetryPolicy(service: .sqs, operation: "Any", maximumAttempts: 100)
    var quota = RetryQuota()
    for delay in expected { #expect(policy.failed(transient, quota: &quota, fraction: 1) == .retry(afterMilliseconds: delay)) }
  }

  @Test func dynamoDBHasItsOwnDelaysAndAttempts() throws {
    var policy = RetryPolicy(service: .dynamoDB, operation: "GetItem")
    var quota = RetryQuota()
    let cases = try #require(suite["dynamoDB"]?.arrayValue)
    #expect(cases.count == 3)
    for test in cases {
      #expect(policy.attempt == test["attempt"]?.intValue)
      #expect(policy.failed(transient, quota: &quota, fraction: 1) == .retry(afterMilliseconds: try milliseconds(test["delay"])))
      #expect(quota.available == test["capacity"]?.intValue)
    }
    #expect(policy.failed(transient, quota: &quota, fraction: 1) == .fail(afterMilliseconds: 0))
    #expect(quota.available == 458)
  }

  @Test func retryAfterIsHonoured() throws {
    let cases = try #require(suite["retryAfter"]?.arrayValue)
    #expect(cases.count == 5)
    for test in cases {
      var policy = RetryPolicy(service: .sqs, operation: "Any")
      var quota = RetryQuota()
      var failure = transient
      failure.retryAfterMilliseconds = test["header"]?.stringValue.flatMap(Int64.init)
      #expect(policy.failed(failure, quota: &quota, fraction: 1) == .retry(afterMilliseconds: try milliseconds(test["delay"])))
      #expect(quota.available == test["capacityAfterFailure"]?.intValue)
      policy.succeeded(quota: &quota)
      #expect(quota.available == test["capacityAfterSuccess"]?.intValue)
    }
  }

  @Test func theQuotaPaysAsInTheSuite() throws {
    func numbers(_ name: String) throws -> [Int] { try #require(suite["quota"]?[name]?.arrayValue).compactMap(\.intValue) }
    #expect(suite["quota"]?.objectValue?.count == 6)
    for (name, failure) in [
      ("test_can_acquire_quota_for_throttling_error", throttling), ("test_can_acquire_quota_non_timeout_error", transient),
      ("test_can_acquire_quota_for_timeout_error", transient),
    ] {
      var policy = RetryPolicy(service: .sqs, operation: "Any")
      var quota = RetryQuota()
      _ = policy.failed(failure, quota: &quota, fraction: 0)
      #expect([RetryQuota.capacity - quota.available] == (try numbers(name)), "\(name)")
    }
    for (name, failure) in [
      ("test_can_release_quota_based_on_context_value_on_success", transient),
      ("test_can_release_quota_when_succeed_after_throttling_error", throttling),
    ] {
      var policy = RetryPolicy(service: .sqs, operation: "Any")
      var quota = RetryQuota()
      _ = policy.failed(failure, quota: &quota, fraction: 0)
      #expect(quota.available == (try numbers(name)).first, "\(name)")
      policy.succeeded(quota: &quota)
      #expect(quota.available == (try numbers(name))[1], "\(name)")
    }
    var quota = RetryQuota()
    var failed = RetryPolicy(service: .sqs, operation: "Any")
    _ = failed.failed(transient, quota: &quota, fraction: 0)
    var untroubled = RetryPolicy(service: .sqs, operation: "Any")
    untroubled.succeeded(quota: &quota)
    #expect([486, quota.available] == (try numbers("test_can_release_default_quota_if_not_in_context")))
  }
}
