import JSON

/// Secrets Manager, over the AWS JSON protocol 1.1 (API version 2017-10-17).
///
/// Every method throws `AWSError` or, when the task is cancelled, `CancellationError`.
public struct SecretsManagerClient: Sendable {
  private let client: AWSClient

  public init(_ client: AWSClient) { self.client = client }

  /// Reads a secret's value; the error's code is "ResourceNotFoundException" when there is none.
  public func getSecretValue(_ input: GetSecretValueInput) async throws -> GetSecretValueOutput {
    try await client.callJSON(
      .secretsManager, "GetSecretValue", target: "secretsmanager.GetSecretValue", contentType: "application/x-amz-json-1.1", input)
  }
}
