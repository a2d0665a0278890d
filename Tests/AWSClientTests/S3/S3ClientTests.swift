import Testing

@testable import AWSClient

struct S3ClientTests {
  private let done = FakeTransport.Answer.json("")

  @Test(arguments: [
    ("bucket", "a b/é+.txt", "https://bucket.s3.us-east-1.amazonaws.com/a%20b/%C3%A9%2B.txt"),
    ("bucket", "../x//y", "https://bucket.s3.us-east-1.amazonaws.com/../x//y"),
    ("my.bucket", "k", "https://s3.us-east-1.amazonaws.com/my.bucket/k"),
    ("Old_Bucket", "k", "https://s3.us-east-1.amazonaws.com/Old_Bucket/k"),
  ])
  func theBucketIsPartOfTheHostWhereItCanBe(bucket: String, key: String, url: String) async throws {
    let transport = FakeTransport([done])
    _ = try await S3Client(.fake(transport)).getObject(GetObjectInput(bucket: bucket, key: key))
    #expect(transport.requests.first?.url == url)
    #expect(transport.requests.first?.method == "GET")
  }

  @Test func aConfiguredEndpointTakesTheBucketIntoThePath() async throws {
    let transport = FakeTransport([done])
    let endpoint = try Endpoint(url: "http://127.0.0.1:4566/base")
    _ = try await S3Client(.fake(transport) { $0.endpoint = endpoint }).deleteObject(
      DeleteObjectInput(bucket: "bucket", key: "k", versionID: "a=b&c"))
    #expect(transport.requests.first?.url == "http://127.0.0.1:4566/base/bucket/k?versionId=a%3Db%26c")
    #expect(transport.requests.first?.method == "DELETE")
  }

  @Test(arguments: ["", "ab", "bucket/../other", "bucket?x", "a b c", "bücket", ".bucket", String(repeating: "a", count: 256)])
  func whatIsNoBucketNameIsRefused(bucket: String) async {
    let transport = FakeTransport([done])
    let error = await #expect(throws: AWSError.self) {
      try await S3Client(.fake(transport)).getObject(GetObjectInput(bucket: bucket, key: "k"))
    }
    #expect(error?.code == "InvalidInput")
    #expect(error?.message.hasPrefix("'\(bucket)'") == true)
    #expect(transport.requests.isEmpty)
  }

  @Test(arguments: [
    (".", "/."), ("..", "/.."), ("/", "//"), ("//a", "///a"), ("a/../b", "/a/../b"), ("a//", "/a//"), ("%2F+", "/%252F%2B"),
    ("\u{1}\u{7F}", "/%01%7F"),
    ("\r\n\t", "/%0D%0A%09"), ("?#&=", "/%3F%23%26%3D"), ("a b~-._", "/a%20b~-._"), ("語", "/%E8%AA%9E"),
  ])
  func aKeyIsSentByteForByte(key: String, path: String) async throws {
    let transport = FakeTransport([done, done, done, done])
    let client = S3Client(.fake(transport))
    _ = try await client.getObject(GetObjectInput(bucket: "bucket", key: key))
    _ = try await client.putObject(PutObjectInput(bucket: "bucket", key: key, body: []))
    _ = try await client.headObject(HeadObjectInput(bucket: "bucket", key: key))
    _ = try await client.deleteObject(DeleteObjectInput(bucket: "bucket", key: key))
    #expect(Set(transport.requests.map(\.url)) == ["https://bucket.s3.us-east-1.amazonaws.com" + path])
  }

  @Test(arguments: ["", String(repeating: "k", count: 1_025)])
  func aKeyHasOneToAThousandBytes(key: String) async {
    let client = S3Client(.fake(FakeTransport([done])))
    let error = await #expect(throws: AWSError.self) { try await client.headObject(HeadObjectInput(bucket: "bucket", key: key)) }
    #expect(error?.code == "InvalidInput")
  }

  @Test func aWriteIsConditionalAndChecked() async throws {
    let transport = FakeTransport([.json("", headers: ["ETag": "\"e\"", "x-amz-version-id": "v"])])
    let output = try await S3Client(.fake(transport)).putObject(
      PutObjectInput(
        bucket: "bucket", key: "k", body: Array("123456789".utf8), contentType: "text/plain", ifNoneMatch: "*", metadata: ["Owner": "me"]))
    #expect(output == PutObjectOutput(eTag: "\"e\"", versionID: "v"))
    let headers = try #require(transport.requests.first).headers
    #expect(headers["if-none-match"] == "*")
    #expect(headers["content-type"] == "text/plain")
    #expect(headers["x-amz-meta-owner"] == "me")
    // The CRC-32 that every description gives for these nine digits is CBF43926.
    #expect(headers["x-amz-checksum-crc32"] == "y/Q5Jg==")
    #expect(headers["x-amz-content-sha256"] == "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225")
  }

  @Test(arguments: ["line\nbreak", "é", "\u{7F}"])
  func aHeaderTakesNothingButASCII(value: String) async {
    let transport = FakeTransport([done])
    let error = await #expect(throws: AWSError.self) {
      try await S3Client(.fake(transport)).putObject(PutObjectInput(bucket: "bucket", key: "k", body: [], metadata: ["a": value]))
    }
    #expect(error?.code == "InvalidInput")
    #expect(error?.mentions("x-amz-meta-a") == true)
    #expect(transport.requests.isEmpty)
  }

  @Test(arguments: ["a\r\nx-evil: 1\r\nb", "my key", "", "é", "a:b"])
  func aMetadataNameIsAToken(name: String) async {
    let transport = FakeTransport([done])
    let error = await #expect(throws: AWSError.self) {
      try await S3Client(.fake(transport)).putObject(PutObjectInput(bucket: "bucket", key: "k", body: [], metadata: [name: "v"]))
    }
    #expect(error?.code == "InvalidInput")
    #expect(error?.message.hasPrefix("the metadata name '\(name)'") == true)
    #expect(transport.requests.isEmpty)
  }

  @Test func aListingThatGoesOnWithoutATokenIsAnError() async throws {
    let page = "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"
    var pages = S3Client(.fake(FakeTransport([.json(page)]))).objectPages(ListObjectsV2Input(bucket: "bucket")).makeAsyncIterator()
    #expect(try await pages.next()?.isTruncated == true)
    let error = await #expect(throws: AWSError.self) { try await pages.next() }
    #expect(error?.code == "InvalidResponse")
  }

  @Test func theHeadersOfAnObjectAreRead() async throws {
    let headers: HTTPHeaders = [
      "ETag": "\"e\"", "Content-Length": "5368709120", "Content-Type": "text/csv", "Last-Modified": "Wed, 21 Oct 2015 07:28:00 GMT",
      "X-Amz-Meta-Owner": "me", "x-amz-version-id": "v",
    ]
    let transport = FakeTransport([.response(HTTPResponse(status: 200, headers: headers))])
    let head = try await S3Client(.fake(transport)).headObject(HeadObjectInput(bucket: "bucket", key: "k")).head
    #expect(
      head
        == S3ObjectHead(
          eTag: "\"e\"", contentLength: 5_368_709_120, contentType: "text/csv", lastModified: "Wed, 21 Oct 2015 07:28:00 GMT",
          versionID: "v",
          metadata: ["owner": "me"]))
  }

  @Test func aListingIsReadPageByPage() async throws {
    func page(_ keys: [String], next: String?) -> FakeTransport.Answer {
      let contents = keys.map { "<Contents><Key>\($0)</Key><Size>7</Size><ETag>&quot;e&quot;</ETag></Contents>" }.joined()
      let token = next.map { "<NextContinuationToken>\($0)</NextContinuationToken>" } ?? ""
      return .json(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><EncodingType>url</EncodingType>\
        <IsTruncated>\(next != nil)</IsTruncated>\(token)\(contents)<CommonPrefixes><Prefix>a%2Fb/</Prefix></CommonPrefixes></ListBucketResult>
        """)
    }
    let transport = FakeTransport([page(["a+b", "%01%E8%AA%9E"], next: "t+/="), page(["&amp;"], next: nil)])
    var objects: [S3Object] = []
    for try await page in S3Client(.fake(transport)).objectPages(ListObjectsV2Input(bucket: "bucket", prefix: "a b")) {
      objects += page.objects
      #expect(page.commonPrefixes == ["a/b/"])
    }
    #expect(objects.map(\.key) == ["a b", "\u{1}語", "&"])
    #expect(objects.first?.eTag == "\"e\"")
    #expect(
      transport.requests.map(\.url) == [
        "https://bucket.s3.us-east-1.amazonaws.com/?encoding-type=url&list-type=2&prefix=a%20b",
        "https://bucket.s3.us-east-1.amazonaws.com/?continuation-token=t%2B%2F%3D&encoding-type=url&list-type=2&prefix=a%20b",
      ])
  }

  @Test(arguments: ["", "<ListBucketResult>", "<Other/>", "<ListBucketResult><Contents><Size>1</Size></Contents></ListBucketResult>"])
  func aListingThatCannotBeReadIsAnError(body: String) async {
    let client = S3Client(.fake(FakeTransport([.json(body)])))
    let error = await #expect(throws: AWSError.self) { try await client.listObjectsV2(ListObjectsV2Input(bucket: "bucket")) }
    #expect(error?.code == "InvalidResponse")
  }
}
