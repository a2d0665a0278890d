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
    #expect(
      missing?.message.hasPrefix("the file of trusted certificate authorities could not be read (\(server.folder)/missing.pem)") == true)
  }

  @Test func anAuthorityIsFoundWhereverItStandsInTheFile() async throws {
    let server = try TLSServer.start()
    defer { server.stop() }
    let request = HTTPRequest(method: "GET", url: server.url, timeoutMilliseconds: 30_000)
    func file(_ content: String) throws -> String { try server.file(content, named: "bundle.pem") }
    func outcome(_ content: String) async throws -> String {
      do { return try await CurlTransport(certificateAuthorityFile: file(content)).send(request).status == 200 ? "trusted" : "?" } catch let
        error
        as AWSError
      {
        return error.mentions("could not be read") ? "unreadable" : error.code
      }
    }
    let authority = try server.text(of: "authority.pem")
    let namesake = try server.text(of: "namesake.pem")
    let others = try ["Amazon_Root_CA_1", "Amazon_Root_CA_3", "Starfield_Services_Root_Certificate_Authority_-_G2"].map {
      try server.text(of: "/usr/share/ca-certificates/mozilla/\($0).crt")
    }
    #expect(try await outcome(others.joined() + authority) == "trusted")
    #expect(try await outcome("what follows is trusted\n" + authority + "# and so are these\n" + others.joined()) == "trusted")
    // Lines as Windows ends them, and a form of OpenSSL's own.
    #expect(try await outcome(authority.replacing("\n", with: "\r\n")) == "trusted")
    #expect(try await outcome(server.text(of: "trusted.pem")) == "trusted")
    // Two of one name and with different keys, as an authority has them while it changes its key.
    #expect(try await outcome(namesake + authority) == "trusted")
    #expect(try await outcome(authority + namesake) == "trusted")
    #expect(try await outcome(namesake) == "CertificateRefused")
    #expect(try await outcome(others.joined()) == "CertificateRefused")
    // Other things than certificates are left out, but a file without any is refused, and so is a broken one.
    #expect(try await outcome(server.text(of: "server.key") + authority) == "trusted")
    #expect(try await outcome(server.text(of: "server.key")) == "unreadable")
    #expect(try await outcome("") == "unreadable")
    #expect(try await outcome(others.joined() + String(authority.dropLast(authority.count / 2))) == "unreadable")
    #expect(try await outcome(authority.replacing("MII", with: "M!I")) == "unreadable")
    #expect(try await outcome("-----BEGIN CERTIFICATE-----\nMAMBAQA=\n-----END CERTIFICATE-----\n" + authority) == "unreadable")
  }

  @Test func aChainThatDoesNotHoldIsRefused() async throws {
    /// What comes of a server with that certificate, for who trusts the authorities of a file.
    func outcome(_ certificate: String = "server", chain: String? = nil, trusting authority: String = "authority") async throws -> String {
      let server = try TLSServer.start(certificate: certificate, chain: chain)
      defer { server.stop() }
      let transport = CurlTransport(certificateAuthorityFile: "\(server.folder)/\(authority).pem")
      do {
        return "\(try await transport.send(HTTPRequest(method: "GET", url: server.url, timeoutMilliseconds: 30_000)).status)"
      } catch let error as AWSError {
        return "\(error.code)\(error.isRetryable ? ", to be tried again" : "")"
      }
    }
    let refused = "CertificateRefused"
    #expect(try await outcome("expired") == refused)
    #expect(try await outcome("self-signed") == refused)
    #expect(try await outcome("client") == refused)
    #expect(try await outcome("behind-intermediate") == refused)
    #expect(try await outcome("behind-intermediate", chain: "intermediate") == "200")
    #expect(try await outcome("behind-server", chain: "server") == refused)
    #expect(try await outcome("behind-server", trusting: "server") == refused)
    #expect(try await outcome(trusting: "expired-authority") == refused)
    #expect(try await outcome(trusting: "plain-authority") == refused)
    #expect(try await outcome(trusting: "rejected") == refused)
  }

  @Test func anAuthorityThatCannotBeDecodedIsNoReasonToTryAgain() async throws {
    let server = try TLSServer.start()
    defer { server.stop() }
    let lines = try server.text(of: "authority.pem").split(separator: "\n")
    var encoded = try #require(Base64.decode(lines.dropFirst().dropLast().joined()))
    // Broken behind its subject, by which it is found.
    let subject = try #require(encoded.indices.last { encoded[$0...].starts(with: "Test Authority".utf8) })
    encoded[subject + 14] = 0x31
    let file = try server.file("\(lines[0])\n\(Base64.encode(encoded))\n\(lines[lines.count - 1])\n", named: "bundle.pem")
    let request = HTTPRequest(method: "GET", url: server.url, timeoutMilliseconds: 30_000)
    let error = await #expect(throws: AWSError.self) { try await CurlTransport(certificateAuthorityFile: file).send(request) }
    #expect(error?.code == "CertificateRefused")
    #expect(error?.isRetryable == false)
  }

  @Test func theBundleOfAnOperatingSystemIsTakenWhole() async throws {
    let server = try TLSServer.start()
    defer { server.stop() }
    let bundle = try server.text(of: "/etc/ssl/certs/ca-certificates.crt")
    #expect(bundle.split(separator: "BEGIN CERTIFICATE").count > 100)
    let request = HTTPRequest(method: "GET", url: server.url, timeoutMilliseconds: 30_000)
    let file = try server.file(bundle + server.text(of: "authority.pem"), named: "bundle.pem")
    #expect(try await CurlTransport(certificateAuthorityFile: file).send(request).status == 200)
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
