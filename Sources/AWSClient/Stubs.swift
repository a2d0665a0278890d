import JSON
final class CurlTransport: HTTPTransport {
  static let shared = CurlTransport()
  func send(_ request: HTTPRequest) async throws -> HTTPResponse { throw AWSError(code: AWSError.connectionCode, message: "no transport yet") }
  func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse { throw AWSError(code: AWSError.connectionCode, message: "no transport yet") }
}
extension AWSClient {
  func perform(_ request: ServiceRequest) async throws -> HTTPResponse { throw AWSError(code: AWSError.connectionCode, message: "no transport yet") }
  func pauseForThrottling(attempt: Int) async throws {}
}
extension AWSConfiguration {
  static func credentialsProvider(_ environment: [String: String]) throws -> any CredentialsProvider {
    StaticCredentialsProvider(Credentials(accessKeyID: environment["AWS_ACCESS_KEY_ID"] ?? "", secretAccessKey: environment["AWS_SECRET_ACCESS_KEY"] ?? "", sessionToken: environment["AWS_SESSION_TOKEN"]))
  }
}
extension S3Client {
  func objectRequest(_ operation: String, _ method: String, _ bucket: String, _ key: String) throws -> ServiceRequest { try bucketRequest(operation, method, bucket) }
  func bucketRequest(_ operation: String, _ method: String, _ bucket: String) throws -> ServiceRequest { ServiceRequest(.s3, operation, endpoint: client.configuration.endpoint(of: .s3)) }
}
extension S3ObjectHead { init(_ headers: HTTPHeaders) { self.init() } }
extension ListObjectsV2Output { init(xml: [UInt8]) throws { self.init() } }
