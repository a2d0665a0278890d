import AgentKit

extension RuleContext {
  /// S3: storage that is seldom read, unfinished uploads, versions that nobody expires.
  func judge(_ bucket: BucketFacts, _ usage: BucketUsage, _ judgement: inout Judgement) {
    judgement.begin(bucket.reference)
    do {
      try judgeStorageClass(bucket, usage, &judgement)
      judgeUploads(bucket, &judgement)
      judgeVersioning(bucket, &judgement)
    } catch {
      judgement.cannotJudge("the bucket", because: Self.outOfRange)
    }
    judgement.end(otherwise: "Its storage class, uploads and versions cost no more than they must.")
  }

  private func judgeStorageClass(_ bucket: BucketFacts, _ usage: BucketUsage, _ judgement: inout Judgement) throws(DecimalError) {
    guard let objects = usage.objectCount else {
      judgement.cannotJudge("storage class", because: "NumberOfObjects could not be read")
      return
    }
    guard !objects.isZero else { return }
    guard let bytes = usage.bytesByClass["StandardStorage"] else {
      if usage.bytesByClass.isEmpty { judgement.cannotJudge("storage class", because: "BucketSizeBytes could not be read") }
      return
    }
    guard !bytes.isZero else { return }
    switch bucket.hasIntelligentTiering {
    case true?: return
    case nil:
      judgement.cannotJudge("storage class", because: "The configuration of Intelligent-Tiering could not be read")
      return
    case false?: break
    }
    let smallest = try objects.multiplied(by: ExactDecimal(Int64(settings.minimumObjectBytes)))
    // The count is of objects in all classes, so their average is at least this.
    guard bytes >= smallest else {
      judgement.remark(
        "Its objects are smaller than \(settings.minimumObjectBytes / 1_024) KB on average: to watch them would cost more than a colder tier saves."
      )
      return
    }
    guard let reads = usage.getRequests else {
      judgement.cannotJudge("storage class", because: "Request metrics are not switched on, so nothing tells how often objects are read")
      return
    }
    guard try Amount.isBelow(reads, percent: settings.rareReadPercent, of: objects) else { return }
    guard isOlderThanWindow(bucket.createdMilliseconds) else {
      judgement.cannotJudge("storage class", because: tooYoung)
      return
    }
    let name = bucket.reference.name
    judgement.add(
      Finding(
        .bucketRarelyRead, [bucket.reference], title: "\(name) is rarely read, and all in Standard",
        evidence: [
          metric("Standard storage", FigureText.gigabytes(bytes), "AWS/S3 BucketSizeBytes, latest day"),
          metric("Objects", FigureText.number(objects), "AWS/S3 NumberOfObjects, latest day"),
          metric("GET requests", FigureText.number(reads), "AWS/S3 GetRequests, sum"),
        ],
        action:
          "Move the objects of Standard to Intelligent-Tiering by a lifecycle rule; a colder class where the owner knows that nothing is read.",
        change: .storageClass(bytes: bytes, from: "STANDARD", to: "INTELLIGENT_TIERING"), risk: .low,
        "Each object is charged once for its transition, and monthly for its monitoring. Reading costs nothing more in Intelligent-Tiering; colder classes charge it.",
        steps: [
          "Look: aws s3api get-bucket-lifecycle-configuration --bucket \(name).",
          "To change: aws s3api put-bucket-lifecycle-configuration --bucket \(name) with a transition to INTELLIGENT_TIERING after 0 days, beside the rules that are there.",
        ],
        validation: "BucketSizeBytes of IntelligentTieringIAStorage grows after \(days) days, and latency of reads stays as it was."))
  }

  private func judgeUploads(_ bucket: BucketFacts, _ judgement: inout Judgement) {
    guard let stale = bucket.staleUploadCount else {
      judgement.cannotJudge("unfinished uploads", because: "Multipart uploads could not be listed")
      return
    }
    guard stale > 0 else { return }
    switch bucket.abortsIncompleteUploads {
    case true?:
      judgement.remark("A lifecycle rule ends its unfinished uploads.")
      return
    case nil:
      judgement.cannotJudge("unfinished uploads", because: "The lifecycle rules could not be read")
      return
    case false?: break
    }
    let name = bucket.reference.name
    let limit = settings.staleUploadDays
    var evidence = [configuration("Uploads unfinished for more than \(limit) days", FigureText.number(stale))]
    if let oldest = bucket.oldestUploadMilliseconds { evidence.append(configuration("The oldest began", Self.day(oldest))) }
    judgement.add(
      Finding(
        .bucketStaleUploads, [bucket.reference], title: "\(name) keeps parts of unfinished uploads", evidence: evidence,
        action: "Add a lifecycle rule that aborts incomplete multipart uploads after \(limit) days.", risk: .low,
        "An upload that takes longer than \(limit) days would be ended. How much its parts cost is not told: S3 lists their number, not their size.",
        steps: [
          "Look: aws s3api list-multipart-uploads --bucket \(name).",
          "To change: aws s3api put-bucket-lifecycle-configuration --bucket \(name) with AbortIncompleteMultipartUpload DaysAfterInitiation=\(limit), beside the rules that are there.",
        ],
        validation: "aws s3api list-multipart-uploads shows no upload older than \(limit) days."))
  }

  private func judgeVersioning(_ bucket: BucketFacts, _ judgement: inout Judgement) {
    guard let versioning = bucket.versioning else {
      judgement.cannotJudge("versions", because: "Versioning could not be read")
      return
    }
    guard versioning == "Enabled" else { return }
    guard let expires = bucket.expiresNoncurrentVersions else {
      judgement.cannotJudge("versions", because: "The lifecycle rules could not be read")
      return
    }
    guard !expires else { return }
    let name = bucket.reference.name
    judgement.add(
      Finding(
        .bucketVersions, [bucket.reference], title: "\(name) keeps every version for ever",
        evidence: [configuration("Versioning", versioning), configuration("Rule for noncurrent versions", "none")],
        action: "Add a lifecycle rule that expires noncurrent versions once they are no longer needed to restore.", risk: .medium,
        "An expired version cannot be restored: the owner has to say for how long it must be. How much old versions take is not told by metrics.",
        steps: [
          "Look: aws s3api get-bucket-versioning --bucket \(name); aws s3api list-object-versions --bucket \(name) --max-items 100.",
          "To change: aws s3api put-bucket-lifecycle-configuration --bucket \(name) with NoncurrentVersionExpiration, beside the rules that are there.",
        ],
        validation: "BucketSizeBytes falls, and no restore within the time agreed fails."))
  }
}
