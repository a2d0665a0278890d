public import JSON

/// What a custom resource tells CloudFormation when it has done what was asked.
public struct CustomResourceResult: Sendable, Equatable {
  /// 1 to 1024 bytes; nil keeps the id, or on Create makes a stable one. Another id than before makes CloudFormation delete the old resource.
  public var physicalResourceID: String?
  /// What `Fn::GetAtt` finds; the whole answer may have 4096 bytes.
  public var data: JSONObject
  /// True hides `data` in the console.
  public var hidesData: Bool

  public init(physicalResourceID: String? = nil, data: JSONObject = [:], hidesData: Bool = false) {
    self.physicalResourceID = physicalResourceID
    self.data = data
    self.hidesData = hidesData
  }
}

/// The answer's text.
struct CustomResourceResponse {
  /// Bytes that CloudFormation takes.
  /// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
  static let largest = 4096

  let envelope: CustomResourceEnvelope

  func success(_ result: CustomResourceResult) -> [UInt8] {
    if let id = result.physicalResourceID, id.isEmpty || id.utf8.count > 1024 {
      return failure("the handler gave a PhysicalResourceId of \(id.utf8.count) bytes; expected 1 to 1024")
    }
    let text = body(
      status: "SUCCESS", reason: nil, physicalResourceID: result.physicalResourceID ?? envelope.stablePhysicalResourceID, result: result)
    guard text.count <= Self.largest else {
      return failure("the handler's answer has \(text.count) bytes with its Data; CloudFormation takes at most \(Self.largest)")
    }
    return text
  }

  /// The reason is cut to what fits; the log has it whole.
  func failure(_ reason: String) -> [UInt8] {
    let id = envelope.stablePhysicalResourceID
    let text = body(status: "FAILED", reason: reason, physicalResourceID: id, result: nil)
    if text.count <= Self.largest { return text }
    var room = Self.largest - body(status: "FAILED", reason: "...", physicalResourceID: id, result: nil).count
    var kept = String.UnicodeScalarView()
    for scalar in reason.unicodeScalars {
      room -= scalar.value < 0x20 ? 6 : scalar == "\"" || scalar == "\\" ? 2 : UTF8.width(scalar)
      if room < 0 { break }
      kept.append(scalar)
    }
    return body(status: "FAILED", reason: String(kept) + "...", physicalResourceID: id, result: nil)
  }

  private func body(status: String, reason: String?, physicalResourceID: String, result: CustomResourceResult?) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("Status", status)
    writer.member(ifPresent: "Reason", reason)
    writer.member("PhysicalResourceId", physicalResourceID)
    writer.member("StackId", envelope.stackID)
    writer.member("RequestId", envelope.requestID)
    writer.member("LogicalResourceId", envelope.logicalResourceID)
    if let result {
      if result.hidesData { writer.member("NoEcho", true) }
      if !result.data.isEmpty { writer.member("Data", .object(result.data)) }
    }
    writer.endObject()
    return writer.bytes
  }
}
