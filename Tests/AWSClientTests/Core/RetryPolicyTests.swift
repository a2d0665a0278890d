import Testing

@testable import AWSClient

/// The standard mode of 2026, whose constants are those of botocore's `retries/standard.py`.
struct RetryPolicyTests {
  private let transient = RetryPolicy.Failure(isRetryable: true, isThrottling: false)
  private let throttling = RetryPolicy.Failure(isRetryable: true, isThrottling: true)

  @Test func aServiceGetsThreeAttemptsAndDynamoDBFour() {
    for (service, attempts) in [(AWSService.sqs, 3), (.s3, 3), (.dynamoDB, 4)] {
      var policy = RetryPolicy(service: service, operation: "Any")
      var quota = RetryQuota()
      var made = 1
      while case .retry = policy.failed(transient, quota: &quota, fraction: 0) { made += 1 }
      #expect(made == attempts, "\(service.serviceID)")
    }
  }

  @Test func delaysDoubleFromTheServicesBaseUpToTwentySeconds() {
    func delays(_ service: AWSService, _ failure: RetryPolicy.Failure) -> [Int64] {
      var policy = RetryPolicy(service: service, operation: "Any", maximumAttempts: 8)
      var quota = RetryQuota()
      var delays: [Int64] = []
      while case .retry(let delay) = policy.failed(failure, quota: &quota, fraction: 1) { delays.append(delay) }
      return delays
    }
    #expect(delays(.sqs, transient) == [50, 100, 200, 400, 800, 1_600, 3_200])
    #expect(delays(.dynamoDB, transient) == [25, 50, 100, 200, 400, 800, 1_600])
    #expect(delays(.dynamoDB, throttling) == [1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000])
  }

  @Test(arguments: [(0.0, 0), (0.25, 12), (0.5, 25)] as [(Double, Int64)])
  func jitterSpreadsOverTheWholeRange(fraction: Double, expected: Int64) {
    var policy = RetryPolicy(service: .sqs, operation: "Any")
    var quota = RetryQuota()
    #expect(policy.failed(transient, quota: &quota, fraction: fraction) == .retry(afterMilliseconds: expected))
  }

  @Test(arguments: [(10, 25), (1_000, 1_000), (60_000, 5_025), (-1, 25)] as [(Int64, Int64)])
  func retryAfterIsFollowedWithinFiveSeconds(wanted: Int64, expected: Int64) {
    var policy = RetryPolicy(service: .sqs, operation: "Any")
    var quota = RetryQuota()
    var failure = transient
    failure.retryAfterMilliseconds = wanted
    #expect(policy.failed(failure, quota: &quota, fraction: 0.5) == .retry(afterMilliseconds: expected))
  }

  @Test func anErrorThatIsNotRetryableFailsAtOnceAndCostsNothing() {
    var policy = RetryPolicy(service: .sqs, operation: "Any")
    var quota = RetryQuota()
    let failure = RetryPolicy.Failure(isRetryable: false, isThrottling: false)
    #expect(policy.failed(failure, quota: &quota, fraction: 0.5) == .fail(afterMilliseconds: 0))
    #expect(quota.available == 500)
  }

  @Test func quotaPaysForRetriesAndSuccessGivesBackTheLastOne() {
    var quota = RetryQuota()
    var policy = RetryPolicy(service: .sqs, operation: "Any")
    _ = policy.failed(transient, quota: &quota, fraction: 0)
    #expect(quota.available == 486)
    _ = policy.failed(throttling, quota: &quota, fraction: 0)
    #expect(quota.available == 481)
    policy.succeeded(quota: &quota)
    #expect(quota.available == 486)
    var untroubled = RetryPolicy(service: .sqs, operation: "Any")
    untroubled.succeeded(quota: &quota)
    #expect(quota.available == 487)
  }

  @Test func anEmptyQuotaEndsRetriesAndALongPollWaitsFirst() {
    var quota = RetryQuota()
    while quota.take(14) {}
    var ordinary = RetryPolicy(service: .sqs, operation: "SendMessage")
    #expect(ordinary.failed(transient, quota: &quota, fraction: 0.5) == .fail(afterMilliseconds: 0))
    var poll = RetryPolicy(service: .sqs, operation: "ReceiveMessage")
    #expect(poll.failed(transient, quota: &quota, fraction: 0.5) == .fail(afterMilliseconds: 25))
  }

  @Test func quotaNeverExceedsItsCapacity() {
    var quota = RetryQuota()
    quota.giveBack(100)
    #expect(quota.available == 500)
  }
}
