import AWSClient
import AWSOperations
import JSON
import Testing

/// Buckets have hosts, regions and answers of their own.
struct BucketTests {
  @Test func aBucketIsAHostAndItsSettingAQuery() async throws {
    let transport = RecordingTransport(
      .xml(
        """
        <?xml version="1.0"?><LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ID>a</ID><Status>Enabled</Status>
        <Expiration><Days>30</Days></Expiration><Transition><Days>1</Days><StorageClass>GLACIER</StorageClass></Transition></Rule>
        </LifecycleConfiguration>
        """))
    let answer = try await AWSOperations(transport.client()).call("s3", "GetBucketLifecycleConfiguration", ["Bucket": "orders"])
    #expect(
      answer == [
        "Rules": [
          ["Expiration": ["Days": 30], "ID": "a", "Status": "Enabled", "Transitions": [["Days": 1, "StorageClass": "GLACIER"]]]
        ]
      ])
    #expect(transport.requests.first?.url == "https://orders.s3.eu-central-1.amazonaws.com/?lifecycle=")
  }

  @Test func atACustomEndpointABucketIsInThePath() async throws {
    let transport = RecordingTransport(.xml("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"))
    let client = transport.client { $0.endpoint = try? Endpoint(url: "http://127.0.0.1:4000") }
    #expect(try await AWSOperations(client).call("s3", "GetBucketVersioning", ["Bucket": "orders"]) == ["Status": "Enabled"])
    #expect(transport.requests.first?.url == "http://127.0.0.1:4000/orders?versioning=")
  }

  @Test func aBucketOfAnotherRegionIsAskedThereAndRemembered() async throws {
    let redirect = "<Error><Code>PermanentRedirect</Code><Message>go</Message></Error>"
    let transport = RecordingTransport(
      .xml(redirect, status: 301, headers: ["x-amz-bucket-region": "us-west-2"]), .xml("<VersioningConfiguration/>"),
      .xml("<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"))
    let operations = AWSOperations(transport.client())
    #expect(try await operations.call("s3", "GetBucketVersioning", ["Bucket": "orders"]) == [:])
    #expect(try await operations.call("s3", "GetBucketTagging", ["Bucket": "orders"]) == ["TagSet": [["Key": "a", "Value": "b"]]])
    #expect(
      transport.requests.map(\.url) == [
        "https://orders.s3.eu-central-1.amazonaws.com/?versioning=", "https://orders.s3.us-west-2.amazonaws.com/?versioning=",
        "https://orders.s3.us-west-2.amazonaws.com/?tagging=",
      ])
    #expect(transport.requests[1].headers["authorization"]?.contains("/us-west-2/s3/aws4_request") == true)
  }

  @Test func aBucketThatNeverIsWhereItSaysEndsInTheError() async throws {
    let redirect = "<Error><Code>PermanentRedirect</Code><Message>go</Message></Error>"
    let transport = RecordingTransport(
      .xml(redirect, status: 301, headers: ["x-amz-bucket-region": "us-west-2"]),
      .xml(redirect, status: 301, headers: ["x-amz-bucket-region": "us-west-1"]))
    let error = await #expect(throws: AWSError.self) {
      try await AWSOperations(transport.client()).call("s3", "GetBucketVersioning", ["Bucket": "orders"])
    }
    #expect(error?.code == "PermanentRedirect")
    #expect(transport.requests.count == 2)
  }

  @Test func theOneAnswerWhoseRootIsTheMember() async throws {
    let transport = RecordingTransport(
      .xml("<LocationConstraint xmlns=\"x\">us-west-2</LocationConstraint>"), .xml("<LocationConstraint/>"))
    let operations = AWSOperations(transport.client())
    #expect(try await operations.call("s3", "GetBucketLocation", ["Bucket": "abc"]) == ["LocationConstraint": "us-west-2"])
    #expect(try await operations.call("s3", "GetBucketLocation", ["Bucket": "abc"]) == [:])
  }

  @Test func aPolicyIsTheBodyAsItIs() async throws {
    let transport = RecordingTransport(.xml("{\"Version\": \"2012-10-17\"}"))
    let answer = try await AWSOperations(transport.client()).call("s3", "GetBucketPolicy", ["Bucket": "abc"])
    #expect(answer == ["Policy": "{\"Version\": \"2012-10-17\"}"])
  }
}
