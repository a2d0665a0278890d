import AWSClient
import AgentKit
import Testing

/// What each error of a model call means for whoever pays for it.
@Suite("Kinds of model errors")
struct ModelErrorKindTests {
  @Test(
    "A call that may have been made may have cost something",
    arguments: [
      AWSError(code: AWSError.lostCode, message: "lost", isRetryable: true),
      AWSError(code: AWSError.timeoutCode, message: "no whole answer", isRetryable: true),
      AWSError(code: "InternalServerException", message: "oops", httpStatus: 500, isRetryable: true),
      AWSError(code: "HTTP502", message: "", httpStatus: 502, isRetryable: true),
      AWSError(code: AWSError.invalidResponseCode, message: "no JSON", httpStatus: 200),
    ])
  func unclear(error: AWSError) {
    #expect(ModelErrorKind(error) == .unclear)
    #expect(ModelErrorKind(error).mayHaveCost)
    #expect(ModelErrorKind(error).isTransient)
  }

  @Test(
    "A call that was not made cost nothing and may be made again",
    arguments: [
      AWSError(code: AWSError.connectionCode, message: "refused", isRetryable: true),
      AWSError(code: "ThrottlingException", message: "slow down", httpStatus: 429, isRetryable: true, isThrottling: true),
      AWSError(code: "ThrottlingException", message: "slow down"),
      AWSError(code: "ServiceUnavailableException", message: "busy", httpStatus: 503, isRetryable: true),
      AWSError(code: "HTTP503", message: "", httpStatus: 503, isRetryable: true),
      AWSError(code: "ModelNotReadyException", message: "wait", httpStatus: 429, isRetryable: true),
    ])
  func transient(error: AWSError) {
    #expect(ModelErrorKind(error) == .transient)
    #expect(!ModelErrorKind(error).mayHaveCost)
    #expect(ModelErrorKind(error).isTransient)
  }

  @Test(
    "What will be refused again is not asked again",
    arguments: [
      "AccessDeniedException", "ValidationException", AWSError.credentialsCode, AWSError.certificateCode, AWSError.invalidInputCode,
    ])
  func refused(code: String) {
    let kind = ModelErrorKind(AWSError(code: code, message: "no"))
    #expect(kind == .refused)
    #expect(!kind.mayHaveCost && !kind.isTransient)
  }

  @Test("The end of the time and a cancellation may have cost something")
  func cutOff() {
    let late = ModelErrorKind(AWSError(code: AWSError.deadlineCode, message: "no time"))
    #expect(late == .timedOut && late.mayHaveCost)
    let cancelled = ModelErrorKind(CancellationError())
    #expect(cancelled == .cancelled && cancelled.mayHaveCost)
  }
}
