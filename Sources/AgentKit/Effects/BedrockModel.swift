public import AWSClient

/// Models of Amazon Bedrock, or of an endpoint that speaks its protocol.
public struct BedrockModel: Model {
  private let client: BedrockRuntimeClient

  public init(client: BedrockRuntimeClient) { self.client = client }

  public func converse(modelID: String, _ request: ConverseRequest) async throws -> ConverseResponse {
    try await client.converse(modelID: modelID, request)
  }
}
