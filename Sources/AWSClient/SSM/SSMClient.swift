import JSON

/// The parameter store of Systems Manager, over the AWS JSON protocol 1.1 (API version 2014-11-06).
///
/// Every method throws `AWSError` or, when the task is cancelled, `CancellationError`.
public struct SSMClient: Sendable {
  private let client: AWSClient

  public init(_ client: AWSClient) { self.client = client }

  /// Reads one parameter; the error's code is "ParameterNotFound" when there is none.
  public func getParameter(_ input: GetParameterInput) async throws -> GetParameterOutput { try await call("GetParameter", input) }

  /// Reads 1 to 10 parameters; look at `invalidParameters`, the call succeeds even when it finds none of them.
  public func getParameters(_ input: GetParametersInput) async throws -> GetParametersOutput { try await call("GetParameters", input) }

  /// One page of the parameters below a path; `parameterPages` goes on by itself.
  public func getParametersByPath(_ input: GetParametersByPathInput) async throws -> GetParametersByPathOutput {
    try await call("GetParametersByPath", input)
  }

  /// The pages of the parameters below a path, fetched as they are asked for; a page may be empty and have others after it.
  public func parameterPages(_ input: GetParametersByPathInput) -> PageSequence<GetParametersByPathOutput> {
    PageSequence { [self] (last: GetParametersByPathOutput?) in
      var input = input
      if let last {
        guard let token = last.nextToken, !token.isEmpty else { return nil }
        input.nextToken = token
      }
      return try await getParametersByPath(input)
    }
  }

  private func call<Input: JSONEncodable, Output: JSONDecodable>(_ operation: String, _ input: Input) async throws -> Output {
    try await client.callJSON(.ssm, operation, target: "AmazonSSM.\(operation)", contentType: "application/x-amz-json-1.1", input)
  }
}
