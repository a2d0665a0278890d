import AWSClient

/// How a phase ended.
struct PhaseOutcome: Sendable {
  var status: TaskStatus
  var resourceCount: Int?
  var recommendationCount: Int?
  var error: String?

  init(_ status: TaskStatus, resourceCount: Int? = nil, recommendationCount: Int? = nil, error: String? = nil) {
    self.status = status
    self.resourceCount = resourceCount
    self.recommendationCount = recommendationCount
    self.error = error
  }
}

extension Phase {
  /// What a report lacks when the phase fails.
  var consequenceOfFailure: String {
    switch self {
    case .discovery: "No resource could be looked at, and there is no recommendation."
    case .usage: "Recommendations rest on the configuration alone."
    case .analysis, .recommendations: "There is no recommendation."
    case .costEstimation: "The recommendations have no monthly impact."
    case .outputContract: "The report may not have the form that was agreed upon."
    case .storage, .fallbacks: "Files of the report may be missing."
    }
  }
}

/// What an error of the bucket means for the next attempt.
struct StorageFailure {
  let isTransient: Bool

  init(_ error: any Error) {
    isTransient =
      switch error {
      case is CancellationError: false
      case let error as AWSError: error.isRetryable || error.isSureToHaveDoneNothing || error.code == AWSError.deadlineCode
      default: true
      }
  }
}
