import Testing

@testable import AWSClient

/// TLS against a server whose certificate an authority made for the test has signed.
@Suite(.serialized, .timeLimit(.minutes(2))) struct CertificateTests {
  @Test func onlyAServerWhoseAuthorityIsTrustedIsSpokenTo() async throws {
    let server = try TLSServer.start()
    defer { server.stop() }
    let trusting = CurlTransport(certificateAuthorityFile: server.authorityFile)
    let request = HTTPRequest(method: "GET", url: server.url, timeoutMilliseconds: 30_000)
    #expect(try await trusting.send(request).status == 200)

    let refusal = await #expect(throws: AWSError.self) { try await CurlTransport().send(request) }
    #expect(refusal?.code == "CertificateRefused")
    #expect(refusal?.isRetryable == false)
    #expect(refusal?.message.hasPrefix("the certificate of https://127.0.0.1:\(server.port) could not be trusted (") == true)
    #expect(refusal?.mentions("AWS_CA_BUNDLE") == true)

    // The certificate is for the address and not for the name.
    let named = HTTPRequest(method: "GET", url: "https://localhost:\(server.port)/", timeoutMilliseconds: 30_000)
    let other = await #expect(throws: AWSError.self) { try await trusting.send(named) }
    #expect(other?.code == "CertificateRefused")

    let unreadable = CurlTransport(certificateAuthorityFile: "\(server.folder)/missing.pem")
    let missing = await #expect(throws: AWSError.self) { try await unreadable.send(request) }
    #expect(missing?.code == "CertificateRefused")
    #expect(missing?.message.hasPrefix("the file of trusted certificate authorities could not be read") == true)
  }

  @Test func theEnvironmentNamesTheTrustedAuthorities() async throws {
    let server = try TLSServer.start()
    defer { server.stop() }
    var environment = [
      "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_ENDPOINT_URL": server.url,
    ]
    func getObject() async throws -> GetObjectOutput {
      let client = AWSClient(configuration: try .fromEnvironment(Environment(environment)))
      return try await S3Client(client).getObject(GetObjectInput(bucket: "bucket", key: "k"))
    }
    let refusal = await #expect(throws: AWSError.self) { try await getObject() }
    #expect(refusal?.code == "CertificateRefused")
    environment["AWS_CA_BUNDLE"] = server.authorityFile
    // What the server says of itself to whoever asks.
    #expect(String(decoding: try await getObject().body, as: UTF8.self).contains("s_server"))
  }
}
