internal import AgentKit
internal import JSON

extension Discovery {
  /// Age at which an unfinished upload counts as forgotten.
  static let staleUploadMilliseconds: Int64 = 7 * 86_400_000
  /// Pages of a bucket's unfinished uploads that are read: 1,000 uploads each.
  private static let uploadPages = 10

  /// The buckets of the region, with five calls each; buckets of other regions are left to an analysis there.
  func buckets() async -> [BucketFacts] {
    let list = AccountCall(
      "s3", "ListBuckets", ["MaxBuckets": 1000, "BucketRegion": .string(region)], subject: "S3",
      consequence: "Buckets are missing from this report.")
    var found: [BucketFacts] = []
    await calls.resources(.s3, list, PageToken("ContinuationToken", "ContinuationToken")) { page in
      for item in page["Buckets"]?.arrayValue ?? [] {
        guard let name = item["Name"]?.stringValue else { continue }
        var bucket = BucketFacts(reference: ResourceReference(.s3, name: name, arn: "arn:\(partition):s3:::\(name)"))
        bucket.region = item["BucketRegion"]?.stringValue
        bucket.createdMilliseconds = item["CreationDate"].flatMap(AccountTime.milliseconds)
        if bucket.region == nil || bucket.region == region { found.append(bucket) }
      }
    }
    return await found.sortedByARN(\.reference).mapBounded(limit: parallelism) { await detailed($0) }.compactMap { $0 }
  }

  /// nil for a bucket that turns out to be in another region.
  private func detailed(_ bucket: BucketFacts) async -> BucketFacts? {
    var bucket = bucket
    let name = bucket.reference.name
    func call(_ operation: String, _ consequence: String, absentCodes: [String] = []) -> AccountCall {
      AccountCall(
        "s3", operation, ["Bucket": .string(name)], of: name, subject: "S3", consequence: consequence, absentCodes: absentCodes)
    }

    if bucket.region == nil {
      let location = await calls.value(call("GetBucketLocation", "Buckets of other regions may be in this report."))
      if let location { bucket.region = Self.region(location["LocationConstraint"]?.stringValue) }
      if let found = bucket.region, found != region { return nil }
    }

    if let versioning = await calls.value(call("GetBucketVersioning", "Whether these buckets keep versions is not known.")) {
      bucket.versioning = versioning["Status"]?.stringValue ?? "Off"
    }

    switch await calls.ask(
      call(
        "GetBucketLifecycleConfiguration", "No advice on lifecycle rules of these buckets.", absentCodes: ["NoSuchLifecycleConfiguration"]))
    {
    case .value(let answer): Self.readLifecycle(answer["Rules"]?.arrayValue ?? [], into: &bucket)
    case .absent: Self.readLifecycle([], into: &bucket)
    case .failed: break
    }

    switch await calls.ask(
      call(
        "GetBucketReplication", "Whether these buckets are replicated is not known.",
        absentCodes: ["ReplicationConfigurationNotFoundError"]))
    {
    case .value(let answer):
      let rules = answer["ReplicationConfiguration"]?["Rules"]?.arrayValue ?? []
      bucket.hasReplication = rules.contains { $0["Status"]?.stringValue == "Enabled" }
    case .absent: bucket.hasReplication = false
    case .failed: break
    }

    let tiering = call(
      "ListBucketIntelligentTieringConfigurations", "Whether these buckets tier their objects is not known.",
      absentCodes: ["NoSuchConfiguration"])
    switch await calls.ask(tiering) {
    case .value(let answer): bucket.hasIntelligentTiering = answer["IntelligentTieringConfigurationList"]?.arrayValue?.isEmpty == false
    case .absent: bucket.hasIntelligentTiering = false
    case .failed: break
    }

    await readUploads(call("ListMultipartUploads", "No advice on unfinished uploads of these buckets."), into: &bucket)
    return bucket
  }

  /// A region by S3's old names: none is us-east-1, "EU" is eu-west-1.
  static func region(_ locationConstraint: String?) -> String {
    switch locationConstraint {
    case nil, "": "us-east-1"
    case "EU": "eu-west-1"
    case let region?: region
    }
  }

  static func readLifecycle(_ rules: [JSONValue], into bucket: inout BucketFacts) {
    let enabled = rules.filter { $0["Status"]?.stringValue == "Enabled" }
    bucket.hasLifecycle = !enabled.isEmpty
    bucket.abortsIncompleteUploads = enabled.contains { $0["AbortIncompleteMultipartUpload"] != nil }
    bucket.expiresNoncurrentVersions = enabled.contains {
      $0["NoncurrentVersionExpiration"] != nil || $0["NoncurrentVersionTransitions"]?.arrayValue?.isEmpty == false
    }
  }

  private func readUploads(_ call: AccountCall, into bucket: inout BucketFacts) async {
    let latest = clock.nowMilliseconds - Self.staleUploadMilliseconds
    var count = 0
    var oldest: Int64?
    var hasPage = false
    let token = PageToken([("NextKeyMarker", "KeyMarker"), ("NextUploadIdMarker", "UploadIdMarker")], flag: "IsTruncated")
    await calls.pages(call, token, limit: Self.uploadPages) { page in
      hasPage = true
      for upload in page["Uploads"]?.arrayValue ?? [] {
        guard let begun = upload["Initiated"].flatMap(AccountTime.milliseconds), begun < latest else { continue }
        count += 1
        oldest = min(oldest ?? begun, begun)
      }
    }
    guard hasPage else { return }
    bucket.staleUploadCount = count
    bucket.oldestUploadMilliseconds = oldest
  }
}
