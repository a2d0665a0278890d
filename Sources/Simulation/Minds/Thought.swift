import AWSClient

/// What a model makes of a request.
struct Thought: Equatable {
  enum Reply: Equatable {
    /// The usage in the response is the true one, also when it does not say so: see `response`.
    case says(ConverseResponse, reportsUsage: Bool)
    /// - Parameters:
    ///   - code: the error's name, such as "ThrottlingException".
    ///   - status: of HTTP.
    case fails(code: String, status: Int, message: String)
  }

  let reply: Reply
  /// How long it takes.
  let milliseconds: Int64
  /// The run that the request belongs to; nil when it cannot be told.
  let orchestrationID: String?
  /// The tool use whose agent asks; nil when the Supervisor does.
  let toolUseID: String?
  /// What the call costs whoever pays for the account, in millionths of a US dollar; also when the reply does not say so. Never more than
  /// the caller must set aside.
  let costMicroUSD: Int64

  /// The answer as it goes over the wire; nil when there is none.
  var response: ConverseResponse? {
    guard case .says(let response, let reportsUsage) = reply else { return nil }
    guard !reportsUsage else { return response }
    return ConverseResponse(
      message: response.message, stopReason: response.stopReason, usage: nil, metrics: response.metrics,
      otherMembers: response.otherMembers)
  }
}
