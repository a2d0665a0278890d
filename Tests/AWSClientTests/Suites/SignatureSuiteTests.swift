import Foundation
import Testing

@testable import AWSClient

/// AWS's public test suite of Signature Version 4, every case of it.
struct SignatureSuiteTests {
  private static let credentials = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
  /// 2015-08-30T12:36:00Z, the time of the suite.
  private static let milliseconds: Int64 = 1_440_938_160_000

  @Test func everyCaseHasTheSuitesSignature() throws {
    let cases = try TestData.files(below: "aws-signature-v4", suffix: ".req")
    #expect(cases.count == 34)
    let signer = RequestSigner()
    for path in cases {
      let base = "aws-signature-v4/" + path.dropLast(4)
      var request = try SuiteRequest(text: try TestData.text(base + ".req"))
      // The suite's headers after the request's own: a token that is part of what is signed stands in the canonical request.
      let canonical = try TestData.text(base + ".creq").components(separatedBy: "\n")
      let token = canonical.first { $0.hasPrefix("x-amz-security-token:") }.map { String($0.dropFirst("x-amz-security-token:".count)) }
      request.headers = request.headers.filter { !["host", "x-amz-date", "x-amz-security-token"].contains($0.name) }
      var headers = HTTPHeaders()
      for (name, value) in request.headers { headers.append(name, value) }
      let toSign = RequestSigner.Request(
        method: request.method, authority: request.host, path: request.path, query: PercentEncoding.query(request.query), headers: headers,
        body: Array(request.body.utf8))
      let scope = RequestSigner.Scope(
        credentials: Credentials(accessKeyID: Self.credentials.0, secretAccessKey: Self.credentials.1, sessionToken: token),
        region: "us-east-1", service: "service")
      let signed = try signer.sign(toSign, scope: scope, milliseconds: Self.milliseconds)
      #expect(try signed["authorization"] == TestData.text(base + ".authz"), "\(path)")
    }
  }

  /// A request as the suite writes it: HTTP with header values over several lines, and paths that are not yet encoded.
  private struct SuiteRequest {
    var method = ""
    var host = ""
    var path = ""
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var body = ""

    init(text: String) throws {
      let parts = text.replacingOccurrences(of: "\r", with: "").components(separatedBy: "\n\n")
      body = parts.dropFirst().joined(separator: "\n\n")
      let lines = parts[0].components(separatedBy: "\n")
      method = String(try #require(lines[0].split(separator: " ").first))
      // A path of the suite has a blank in it.
      let target = lines[0].dropFirst(method.count + 1).dropLast(" HTTP/1.1".count)
      let pathAndQuery = target.split(separator: "?", maxSplits: 1)
      path = String(pathAndQuery[0])
      for pair in pathAndQuery.dropFirst().first?.split(separator: "&") ?? [] {
        let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let decoded = try sides.map { try #require(PercentEncoding.decode($0)) }
        query.append((decoded[0], decoded.count > 1 ? decoded[1] : ""))
      }
      for line in lines.dropFirst() where !line.isEmpty {
        if line.first == " " {
          headers[headers.count - 1].value += line
        } else {
          let sides = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
          headers.append((sides[0].lowercased(), String(sides[1])))
        }
      }
      host = try #require(headers.first { $0.name == "host" }).value
    }
  }
}
