import AWSClient
import SimulatedAWS
import Testing

@Suite struct BucketsTests {
  private func make(
    _ chance: any ServiceChance = NoFaults(), configure: (inout AWSConfiguration) -> Void = { _ in }
  ) -> (Bench, S3Client, SimulatedBuckets) {
    let buckets = SimulatedBuckets(["blobs", "with.dots"], chance: chance)
    let bench = Bench(buckets, configure: configure)
    return (bench, S3Client(bench.client), buckets)
  }

  @Test(arguments: ["a", "a/b c+d%2F&=é\u{1}", "/", "e\u{301}"])
  func `an object comes back as it went in`(key: String) async throws {
    let (bench, client, buckets) = make()
    let put = try await client.putObject(
      PutObjectInput(
        bucket: "blobs", key: key, body: [1, 2, 3], contentType: "text/x", contentEncoding: "gzip", cacheControl: "no-store",
        metadata: ["owner": "me"]))
    let output = try await client.getObject(GetObjectInput(bucket: "blobs", key: key))
    #expect(output.body == [1, 2, 3])
    #expect(output.head.eTag == put.eTag)
    #expect(output.head.contentType == "text/x")
    #expect(output.head.contentEncoding == "gzip")
    #expect(output.head.metadata == ["owner": "me"])
    #expect(output.head.lastModified == "Sun, 15 Jun 2025 15:06:40 GMT")
    #expect(try await client.headObject(HeadObjectInput(bucket: "blobs", key: key)).head == output.head)
    #expect(buckets.objects(in: "blobs").map(\.key.utf8.count) == [key.utf8.count])
    #expect(buckets.get(key, from: "blobs") == [1, 2, 3])
    #expect(buckets.objects(in: "blobs").map(\.modifiedMilliseconds) == [bench.now])
    _ = try await client.deleteObject(DeleteObjectInput(bucket: "blobs", key: key))
    #expect(buckets.objects(in: "blobs").isEmpty)
  }

  @Test(arguments: ["blobs", "with.dots"], [S3AddressingStyle.automatic, .path, .virtualHost])
  func `a bucket is found in host and path`(bucket: String, style: S3AddressingStyle) async throws {
    let (_, client, buckets) = make { $0.s3AddressingStyle = style }
    _ = try await client.putObject(PutObjectInput(bucket: bucket, key: "s3.x/y", body: [1]))
    #expect(try await client.getObject(GetObjectInput(bucket: bucket, key: "s3.x/y")).body == [1])
    #expect(try await client.listObjectsV2(ListObjectsV2Input(bucket: bucket)).objects.map(\.key) == ["s3.x/y"])
    #expect(buckets.objects(in: bucket).count == 1)
  }

  @Test func `the entity tag is the digest of the bytes`() async throws {
    let (_, client, _) = make()
    let output = try await client.putObject(PutObjectInput(bucket: "blobs", key: "k", body: Array("abc".utf8)))
    // RFC 1321, appendix A.5.
    #expect(output.eTag == "\"900150983cd24fb0d6963f7d28e17f72\"")
  }

  // Digests by Python's hashlib, of lengths around where a block ends.
  @Test(arguments: [
    (0, "d41d8cd98f00b204e9800998ecf8427e"), (1, "93b885adfe0da089cdf634904fd59f71"), (54, "33dd62a2df6538daf1cf821d9cde61f9"),
    (55, "6912ee65fff2d9f9ce2508cddf8bcda0"), (56, "51fdd1acda72405dfdfa03fcb85896d7"), (57, "5320ef4c17ef34a0cf2db763338d25eb"),
    (63, "48a6295221902e8e0938f773a7185e72"), (64, "b2d3f56bc197fd985d5965079b5e7148"), (65, "8bd7053801c768420faf816fadba971c"),
    (119, "1c772251899a7ff007400b888d6b2042"), (120, "b7ba1efc6022e9ed272f00b8831e26e6"), (128, "37eff01866ba3f538421b30b7cbefcac"),
    (1000, "a24f1e3ef66950e1327f210e3997ba2c"),
  ])
  func `entity tags of objects of any length`(count: Int, digest: String) {
    let bytes = (0..<count).map { UInt8($0 % 251) }
    #expect(make().2.put(bytes, as: "k", in: "blobs", nowMilliseconds: 0)?.eTag == "\"\(digest)\"")
  }

  @Test func `keys that only look the same are two objects`() async throws {
    let (_, client, buckets) = make()
    _ = try await client.putObject(PutObjectInput(bucket: "blobs", key: "é", body: [1]))
    _ = try await client.putObject(PutObjectInput(bucket: "blobs", key: "e\u{301}", body: [2]))
    #expect(buckets.objects(in: "blobs").count == 2)
    #expect(try await client.getObject(GetObjectInput(bucket: "blobs", key: "é")).body == [1])
  }

  @Test func `an object's checksum comes back with its bytes and is the right one`() async throws {
    let (bench, client, _) = make()
    _ = try await client.putObject(PutObjectInput(bucket: "blobs", key: "k", body: Array("123456789".utf8)))
    _ = try await client.getObject(GetObjectInput(bucket: "blobs", key: "k"))
    // The check value of CRC-32, CBF43926.
    #expect(bench.transport.exchanges.last?.response.headers["x-amz-checksum-crc32"] == "y/Q5Jg==")
  }

  @Test func `a body that was damaged on its way is refused`() async throws {
    let (bench, client, buckets) = make()
    _ = try await client.putObject(PutObjectInput(bucket: "blobs", key: "k", body: [1, 2, 3]))
    var request = try #require(bench.transport.exchanges.first).request
    request.body = [1, 2, 4]
    let response = buckets.answer(request, nowMilliseconds: bench.now)
    #expect(response.status == 400)
    #expect(String(decoding: response.body, as: UTF8.self).contains("<Code>BadDigest</Code><Message>The CRC32 you"))
    #expect(buckets.get("k", from: "blobs") == [1, 2, 3])
  }

  @Test func `parts of an object`() async throws {
    let (bench, client, _) = make()
    _ = try await client.putObject(PutObjectInput(bucket: "blobs", key: "k", body: Array(0..<10)))
    _ = try await client.putObject(PutObjectInput(bucket: "blobs", key: "empty", body: []))
    func get(_ range: String, of key: String = "k") async throws -> [UInt8] {
      try await client.getObject(GetObjectInput(bucket: "blobs", key: key, range: range)).body
    }
    #expect(try await get("bytes=2-4") == [2, 3, 4])
    #expect(bench.transport.exchanges.last?.response.status == 206)
    #expect(bench.transport.exchanges.last?.response.headers["content-range"] == "bytes 2-4/10")
    #expect(try await get("bytes=8-99") == [8, 9])
    #expect(try await get("bytes=7-") == [7, 8, 9])
    #expect(try await get("bytes=-2") == [8, 9])
    #expect(try await get("bytes=-99") == Array(0..<10))
    #expect(try await get("bytes=4-2") == Array(0..<10))
    #expect(try await get("lines=1-2") == Array(0..<10))
    #expect(await failure { _ = try await get("bytes=10-") }?.code == "InvalidRange")
    #expect(await failure { _ = try await get("bytes=0-9", of: "empty") }?.httpStatus == 416)
  }

  @Test func `conditions`() async throws {
    let (_, client, buckets) = make()
    let first = try await client.putObject(PutObjectInput(bucket: "blobs", key: "k", body: [1], ifNoneMatch: "*"))
    let again = await failure { _ = try await client.putObject(PutObjectInput(bucket: "blobs", key: "k", body: [2], ifNoneMatch: "*")) }
    #expect(again?.code == "PreconditionFailed")
    let other = await failure { _ = try await client.putObject(PutObjectInput(bucket: "blobs", key: "k", body: [2], ifMatch: "\"x\"")) }
    #expect(other?.code == "PreconditionFailed")
    let missing = await failure { _ = try await client.putObject(PutObjectInput(bucket: "blobs", key: "l", body: [2], ifMatch: "\"x\"")) }
    #expect(missing?.code == "NoSuchKey")
    let unmodified = await failure {
      _ = try await client.getObject(GetObjectInput(bucket: "blobs", key: "k", ifNoneMatch: first.eTag))
    }
    #expect(unmodified?.httpStatus == 304)
    #expect(buckets.get("k", from: "blobs") == [1])
    _ = try await client.putObject(PutObjectInput(bucket: "blobs", key: "k", body: [3], ifMatch: first.eTag))
    #expect(buckets.get("k", from: "blobs") == [3])
  }

  @Test func `what is missing, and what is denied`() async throws {
    let (_, client, buckets) = make()
    func get(_ bucket: String) async -> AWSError? {
      await failure { _ = try await client.getObject(GetObjectInput(bucket: bucket, key: "k")) }
    }
    #expect(await get("blobs")?.code == "NoSuchKey")
    #expect(await get("other")?.code == "NoSuchBucket")
    let head = await failure { _ = try await client.headObject(HeadObjectInput(bucket: "blobs", key: "k")) }
    #expect(head?.code == "NotFound")
    _ = try await client.deleteObject(DeleteObjectInput(bucket: "blobs", key: "k"))
    buckets.allow([.read], on: "blobs")
    #expect(await get("blobs")?.code == "AccessDenied")
    let put = await failure { _ = try await client.putObject(PutObjectInput(bucket: "blobs", key: "k", body: [])) }
    #expect(put?.code == "AccessDenied")
    #expect(put?.isRetryable == false)
    let list = await failure { _ = try await client.listObjectsV2(ListObjectsV2Input(bucket: "blobs")) }
    #expect(list?.code == "AccessDenied")
  }

  @Test func `throttling and internal errors leave nothing behind`() async throws {
    let faults = PlannedFaults([.throttling: 3])
    let (_, client, buckets) = make(faults)
    let error = await failure { _ = try await client.putObject(PutObjectInput(bucket: "blobs", key: "k", body: [])) }
    #expect(error?.code == "SlowDown")
    #expect(error?.isThrottling == true)
    #expect(buckets.objects(in: "blobs").isEmpty)
    faults.plan = [.internalError: 2]
    _ = try await client.putObject(PutObjectInput(bucket: "blobs", key: "k", body: []))
    #expect(buckets.objects(in: "blobs").count == 1)
  }

  @Test func `listings come in pages in the order of the keys' bytes`() async throws {
    let (_, client, buckets) = make()
    let keys = ["b/1", "a", "b/2", "é", "Z", "b", "b/3", "\u{10000}", "\u{FFFD}", "b&<c"]
    for key in keys { buckets.put([0], as: key, in: "blobs", nowMilliseconds: 0) }
    let sorted = ["Z", "a", "b", "b&<c", "b/1", "b/2", "b/3", "é", "\u{FFFD}", "\u{10000}"]
    var pages: [[String]] = []
    for try await page in client.objectPages(ListObjectsV2Input(bucket: "blobs", maxKeys: 3)) { pages.append(page.objects.map(\.key)) }
    #expect(pages.map(\.count) == [3, 3, 3, 1])
    #expect(pages.flatMap { $0 } == sorted)
    #expect(buckets.objects(in: "blobs").map(\.key) == sorted)
    #expect(buckets.objects(in: "blobs", prefix: "b/").map(\.key) == ["b/1", "b/2", "b/3"])
    let exact = try await client.listObjectsV2(ListObjectsV2Input(bucket: "blobs", prefix: "b/", maxKeys: 3))
    #expect(!exact.isTruncated)
    let after = try await client.listObjectsV2(ListObjectsV2Input(bucket: "blobs", prefix: "b/", startAfter: "b/1"))
    #expect(after.objects.map(\.key) == ["b/2", "b/3"])
    #expect(after.objects.first?.size == 1)
    #expect(after.objects.first?.lastModified == "1970-01-01T00:00:00.000Z")
    let empty = try await client.listObjectsV2(ListObjectsV2Input(bucket: "blobs", prefix: "nothing"))
    #expect(empty == ListObjectsV2Output())
  }

  @Test func `a page goes on where the last one ended, whatever was deleted meanwhile`() async throws {
    let (_, client, buckets) = make()
    for index in 0..<6 { buckets.put([], as: "k\(index)", in: "blobs", nowMilliseconds: 0) }
    let first = try await client.listObjectsV2(ListObjectsV2Input(bucket: "blobs", maxKeys: 3))
    buckets.delete("k2", from: "blobs", nowMilliseconds: 0)
    buckets.delete("k3", from: "blobs", nowMilliseconds: 0)
    buckets.put([], as: "k1x", in: "blobs", nowMilliseconds: 0)
    let second = try await client.listObjectsV2(
      ListObjectsV2Input(bucket: "blobs", maxKeys: 3, continuationToken: first.nextContinuationToken))
    #expect(second.objects.map(\.key) == ["k4", "k5"])
    let wrong = await failure {
      _ = try await client.listObjectsV2(ListObjectsV2Input(bucket: "blobs", continuationToken: "nonsense"))
    }
    #expect(wrong?.code == "InvalidArgument")
  }

  @Test func `a delimiter rolls keys up, and a rolled up prefix counts once`() async throws {
    let (_, client, buckets) = make()
    for key in ["a/1", "a/2", "b", "c/1", "c/2", "d"] { buckets.put([], as: key, in: "blobs", nowMilliseconds: 0) }
    var found: [[String]] = []
    for try await page in client.objectPages(ListObjectsV2Input(bucket: "blobs", delimiter: "/", maxKeys: 1)) {
      found.append(page.commonPrefixes + page.objects.map(\.key))
    }
    #expect(found == [["a/"], ["b"], ["c/"], ["d"]])
    let inner = try await client.listObjectsV2(ListObjectsV2Input(bucket: "blobs", prefix: "a/", delimiter: "/"))
    #expect(inner.objects.map(\.key) == ["a/1", "a/2"])
  }

  @Test func `many objects are deleted at once`() async throws {
    let faults = PlannedFaults()
    let (_, _, buckets) = make(faults)
    for key in ["a", "b&c", "d"] { buckets.put([], as: key, in: "blobs", nowMilliseconds: 0) }
    func delete(_ body: String, headers: HTTPHeaders = ["content-md5": "y"]) -> HTTPResponse {
      buckets.answer(
        HTTPRequest(
          method: "POST", url: "https://blobs.s3.us-east-1.amazonaws.com/?delete", headers: headers, body: Array(body.utf8)),
        nowMilliseconds: 0)
    }
    let body = "<Delete><Object><Key>a</Key></Object><Object><Key>b&amp;c</Key></Object><Object><Key>none</Key></Object></Delete>"
    #expect(delete(body, headers: [:]).status == 400)
    #expect(delete(body).status == 400)
    faults.plan = [.entryRefused: 1]
    // CRC-32 of the body, as any implementation of zlib's crc32 gives it.
    let response = delete(body, headers: ["x-amz-checksum-crc32": "lZUe0g=="])
    let text = String(decoding: response.body, as: UTF8.self)
    #expect(response.status == 200)
    #expect(text.contains("<Error><Key>a</Key><Code>InternalError</Code>"))
    #expect(text.contains("<Deleted><Key>b&amp;c</Key></Deleted><Deleted><Key>none</Key></Deleted>"))
    #expect(buckets.objects(in: "blobs").map(\.key) == ["a", "d"])
  }

  @Test func `objects expire at the midnight after their days`() {
    let (_, _, buckets) = make()
    var story: [String] = []
    buckets.onChange = { change, now in
      switch change {
      case .put(let bucket, let object): story.append("\(now) put \(bucket)/\(object.key)")
      case .deleted(let bucket, let object): story.append("\(now) deleted \(bucket)/\(object.key)")
      case .expired(let bucket, let object): story.append("\(now) expired \(bucket)/\(object.key)")
      }
    }
    let day: Int64 = 86_400_000
    buckets.setLifecycle([LifecycleRule(prefix: "tmp/", days: 1), LifecycleRule(prefix: "tmp/long", days: 9)], of: "blobs")
    buckets.put([], as: "tmp/a", in: "blobs", nowMilliseconds: 1)
    buckets.put([], as: "tmp/b", in: "blobs", nowMilliseconds: day)
    buckets.put([], as: "kept", in: "blobs", nowMilliseconds: 0)
    #expect(buckets.nextExpiryAt == 2 * day)
    buckets.expire(nowMilliseconds: 2 * day - 1)
    #expect(buckets.objects(in: "blobs").count == 3)
    buckets.expire(nowMilliseconds: 2 * day)
    #expect(buckets.objects(in: "blobs").map(\.key) == ["kept"])
    buckets.delete("kept", from: "blobs", nowMilliseconds: 7)
    #expect(
      story == [
        "1 put blobs/tmp/a", "86400000 put blobs/tmp/b", "0 put blobs/kept", "172800000 expired blobs/tmp/a",
        "172800000 expired blobs/tmp/b", "7 deleted blobs/kept",
      ])
    #expect(buckets.nextExpiryAt == nil)
  }

  @Test func `what is not simulated says so`() {
    let (_, _, buckets) = make()
    let request = HTTPRequest(method: "GET", url: "https://blobs.s3.us-east-1.amazonaws.com/k?tagging")
    #expect(buckets.answer(request, nowMilliseconds: 0).status == 501)
  }
}
