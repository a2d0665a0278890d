public import AWSClient

/// Asks Amazon Bedrock, with the credentials of whoever runs the server: functions of the local cloud never see them.
public final class BedrockBackEnd: ModelBackEnd {
  private let client: AWSClient
  private let models: ModelMap

  public init(client: AWSClient, models: ModelMap) {
    self.client = client
    self.models = models
  }

  public var summary: String { "bedrock: \(client.configuration.region)" + (models.summary.isEmpty ? "" : ", \(models.summary)") }

  public func answer(_ call: ConverseCall) throws -> ModelAnswer {
    let runtime = BedrockRuntimeClient(client)
    let model = models[call.modelId]
    do {
      return .response(try Blocking.wait { try await runtime.converse(modelID: model, call.request) })
    } catch let error as AWSError {
      throw ModelFailure(status: error.httpStatus ?? 503, type: Self.type(error), message: error.message, cause: .upstream)
    }
  }

  /// The service's own error, or the one that a server without an answer would give.
  private static func type(_ error: AWSError) -> String {
    if error.httpStatus != nil { return error.code }
    return error.code == AWSError.timeoutCode ? "ModelTimeoutException" : "ServiceUnavailableException"
  }
}
