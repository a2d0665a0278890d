import Foundation
import JSON
import Testing

@testable import AWSClient

/// What this client and botocore make of the same generated cases. Scripts/test-contract.sh has Tests/Contract/differential.py write them and
/// sets ARBITER_DIFFERENTIAL.
@Suite(.enabled(if: Environment.current["ARBITER_DIFFERENTIAL"] != nil))
struct DifferentialTests {
  private let cases: [JSONValue]

  init() throws {
    let data = try Data(contentsOf: URL(filePath: try #require(Environment.current["ARBITER_DIFFERENTIAL"])))
    cases = try data.split(separator: UInt8(ascii: "\n")).map { try JSONValue(parsing: Array($0)) }
  }

  private func cases(_ kind: String) -> [JSONValue] { cases.filter { $0["kind"]?.stringValue == kind } }

  @Test func signaturesAreBotocores() throws {
    let found = cases("signed")
    #expect(found.count == 3_000)
    let signer = RequestSigner()
    for test in found {
      let (request, scope, query) = try request(test)
      var signed = request
      signed.query = PercentEncoding.query(query)
      let headers = try signer.sign(signed, scope: scope, milliseconds: try #require(test["milliseconds"]?.int64Value))
      #expect(headers["authorization"] == test["expected"]?.stringValue, "\(test)")
    }
  }

  @Test func signedURLsAreBotocores() throws {
    let found = cases("presigned")
    #expect(found.count == 500)
    let signer = RequestSigner()
    for test in found {
      let (request, scope, query) = try request(test)
      let url = try signer.presign(
        request, query: query, scope: scope, milliseconds: try #require(test["milliseconds"]?.int64Value),
        expiresInSeconds: try #require(test["expires"]?.intValue))
      #expect(url.hasSuffix("&X-Amz-Signature=\(test["expected"]?.stringValue ?? "")"), "\(test)")
    }
  }

  private func request(_ test: JSONValue) throws -> (RequestSigner.Request, RequestSigner.Scope, [(name: String, value: String)]) {
    func text(_ name: String) throws -> String { try #require(test[name]?.stringValue) }
    func pairs(_ name: String) -> [(name: String, value: String)] {
      (test[name]?.arrayValue ?? []).map { ($0.arrayValue?.first?.stringValue ?? "", $0.arrayValue?.last?.stringValue ?? "") }
    }
    var headers = HTTPHeaders()
    for (name, value) in pairs("headers") { headers.append(name, value) }
    let body = try #require(Base64.decode(try text("body")))
    let request = RequestSigner.Request(
      method: try text("method"), authority: try text("host"), path: try text("path"), query: "", headers: headers, body: body)
    let credentials = Credentials(
      accessKeyID: try text("accessKeyID"), secretAccessKey: try text("secretAccessKey"), sessionToken: test["sessionToken"]?.stringValue)
    return (
      request, RequestSigner.Scope(credentials: credentials, region: try text("region"), service: try text("service")), pairs("query")
    )
  }

  @Test func endpointsAreBotocores() throws {
    let found = cases("endpoint")
    #expect(found.count > 3_000)
    for test in found {
      let region = try #require(test["region"]?.stringValue)
      let prefix = try #require(test["prefix"]?.stringValue)
      let configuration = AWSConfiguration(
        region: region, credentials: StaticCredentialsProvider(Credentials(accessKeyID: "a", secretAccessKey: "b")),
        usesFIPS: test["fips"]?.boolValue ?? false, usesDualStack: test["dualStack"]?.boolValue ?? false)
      let service = AWSService.all.first { $0.endpointPrefix == prefix } ?? AWSService(serviceID: prefix, endpointPrefix: prefix)
      guard let url = test["url"]?.stringValue else {
        #expect(throws: AWSError.self, "\(test)") { try configuration.endpoint(of: service) }
        continue
      }
      let endpoint = try configuration.endpoint(of: service)
      #expect(endpoint.url == url, "\(test)")
      #expect(endpoint.signingRegion ?? region == test["signingRegion"]?.stringValue, "\(test)")
    }
  }

  @Test func retriesAreBotocores() throws {
    let found = cases("retries")
    #expect(found.count == 500)
    for test in found {
      let service = AWSService.all.first { $0.endpointPrefix == test["service"]?.stringValue } ?? .sqs
      var quota = RetryQuota()
      _ = quota.take(RetryQuota.capacity - (test["start"]?.intValue ?? 0))
      var policy = RetryPolicy(service: service, operation: "Any", maximumAttempts: test["attempts"]?.intValue)
      for step in test["steps"]?.arrayValue ?? [] {
        let code = step["code"]?.stringValue
        let body = code.map { "{\"__type\":\"\($0)\"}" } ?? ""
        let request = ServiceRequest(service, "Any", endpoint: Endpoint(authority: "x"))
        let error = ServiceErrorParser.error(
          from: HTTPResponse(status: step["status"]?.intValue ?? 0, body: Array(body.utf8)), of: request)
        let failure = RetryPolicy.Failure(
          isRetryable: error.isRetryable, isThrottling: error.isThrottling,
          retryAfterMilliseconds: step["retryAfter"]?.stringValue.flatMap(Int64.init))
        let decision = policy.failed(failure, quota: &quota, fraction: step["fraction"]?.doubleValue ?? 0)
        switch (decision, step["delay"]?.doubleValue) {
        // Whole milliseconds here, fractions there.
        case (.retry(let delay), let expected?): #expect(abs(Double(delay) - expected) < 1, "\(test)")
        case (.fail, nil): break
        default: Issue.record("\(decision) for \(step) of \(test)")
        }
        #expect(quota.available == step["capacity"]?.intValue, "\(test)")
      }
    }
  }
}
