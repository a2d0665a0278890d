import Testing

@testable import AWSClient

/// The checksums that come with objects. The vectors are those that every description of the algorithms gives for "123456789".
struct S3ChecksumTests {
  private static let bytes = Array("123456789".utf8)
  static let checksums = [
    ("crc32", Base64.encode([0xCB, 0xF4, 0x39, 0x26])), ("crc32c", Base64.encode([0xE3, 0x06, 0x92, 0x83])),
    ("crc64nvme", Base64.encode([0xAE, 0x8B, 0x14, 0x86, 0x0A, 0x79, 0x98, 0x88])),
    ("sha1", Base64.encode([UInt8](hexadecimal: "f7c3bc1d808e04732adf679965ccc34ca7ae3441"))),
    ("sha256", Base64.encode([UInt8](hexadecimal: "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"))),
  ]

  private func get(_ answers: [FakeTransport.Answer], range: String? = nil) async throws -> (GetObjectOutput, FakeTransport) {
    let transport = FakeTransport(answers)
    return (try await S3Client(.fake(transport)).getObject(GetObjectInput(bucket: "bucket", key: "k", range: range)), transport)
  }

  private func answer(_ headers: HTTPHeaders, status: Int = 200, body: [UInt8] = bytes) -> FakeTransport.Answer {
    .response(HTTPResponse(status: status, headers: headers, body: body))
  }

  @Test(arguments: checksums)
  func aRightChecksumIsAccepted(algorithm: String, value: String) async throws {
    let (output, transport) = try await get([answer(HTTPHeaders(dictionaryLiteral: ("x-amz-checksum-\(algorithm)", value)))])
    #expect(output.body == S3ChecksumTests.bytes)
    #expect(transport.requests.first?.headers["x-amz-checksum-mode"] == "ENABLED")
  }

  @Test(arguments: checksums)
  func aDamagedObjectIsReadAgain(algorithm: String, value: String) async throws {
    let headers = HTTPHeaders(dictionaryLiteral: ("x-amz-checksum-\(algorithm)", value))
    let (output, transport) = try await get([answer(headers, body: Array("123456788".utf8)), answer(headers)])
    #expect(output.body == S3ChecksumTests.bytes)
    #expect(transport.requests.count == 2)
  }

  @Test func anObjectThatStaysDamagedIsAnError() async {
    let damaged = answer(["x-amz-checksum-crc32": "AAAAAA=="])
    let error = await #expect(throws: AWSError.self) { try await get([damaged, damaged, damaged]) }
    #expect(error?.code == "ChecksumMismatch")
    #expect(error?.isRetryable == true)
    #expect(error?.message == "the answer's bytes do not have the checksum x-amz-checksum-crc32: AAAAAA== that came with them")
  }

  @Test(
    arguments: [
      (["x-amz-checksum-crc32": "AAAAAA==-3"], 200), (["x-amz-checksum-sha256": "AAAA", "x-amz-checksum-type": "COMPOSITE"], 200),
      (["x-amz-checksum-crc32": "AAAAAA=="], 206), (["x-amz-checksum-xxhash3": "AAAA"], 200), ([:], 200),
    ] as [(HTTPHeaders, Int)])
  func whatIsNotTheChecksumOfTheseBytesIsNotCompared(headers: HTTPHeaders, status: Int) async throws {
    let (output, _) = try await get([answer(headers, status: status)], range: status == 206 ? "bytes=0-8" : nil)
    #expect(output.body == S3ChecksumTests.bytes)
  }

  @Test func theHeadOfAnObjectBringsItsChecksumAndNoBytes() async throws {
    let transport = FakeTransport([answer(["x-amz-checksum-crc32": "y/Q5Jg=="], body: [])])
    _ = try await S3Client(.fake(transport)).headObject(HeadObjectInput(bucket: "bucket", key: "k"))
    #expect(transport.requests.first?.headers["x-amz-checksum-mode"] == "ENABLED")
  }
}
