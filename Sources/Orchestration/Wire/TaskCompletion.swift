public import JSON

/// The detail of a `task.completion` event: the original's four fields, extended.
///
/// An agent written for the original sends `orchestration_id`, `data`, `agent_use_id` and `node`; that counts as a success.
public struct TaskCompletion: Sendable, Equatable {
  public static let source = "task.completion"

  public enum Status: String, Sendable { case success, error }

  /// What the agent spent on models.
  public struct Usage: Sendable, Equatable {
    public var inputTokens: Int64
    public var outputTokens: Int64
    /// Millionths of a US dollar; nil when the agent knows its tokens and not their price.
    public var costMicroUSD: Int64?

    public init(inputTokens: Int64 = 0, outputTokens: Int64 = 0, costMicroUSD: Int64? = 0) {
      self.inputTokens = inputTokens
      self.outputTokens = outputTokens
      self.costMicroUSD = costMicroUSD
    }
  }

  /// Which code of an agent of kind code did the work.
  public struct CodeVersion: Sendable, Equatable {
    /// The version that the registry's row named.
    public var version: String
    /// SHA-256 of the module, in hexadecimal digits.
    public var sha256: String
    /// How many tasks in a row had failed by the code's fault when this one began.
    public var failuresBefore: Int

    public init(version: String, sha256: String, failuresBefore: Int = 0) {
      self.version = version
      self.sha256 = sha256
      self.failuresBefore = failuresBefore
    }
  }

  public var orchestrationID: String
  public var toolUseID: String
  public var node: String
  /// The round's tracking record, when the agent echoes it.
  public var requestID: String?
  public var status: Status
  /// The result, or what goes with an error: any JSON, in the original a string.
  public var data: JSONValue
  /// Where the result is when it was too large to travel inside the event; `data` is null then.
  public var dataReference: PayloadReference?
  /// Stable name of what went wrong, such as `agent_not_found`; only with status error.
  public var code: String?
  /// What went wrong and what to do, for the model; only with status error.
  public var message: String?
  /// nil when the agent does not report its spending.
  public var usage: Usage?
  /// nil unless code of an agent has run, or would have.
  public var codeVersion: CodeVersion?
  /// The work changed the registry, so that what was read of it before is out of date.
  public var registryChanged: Bool

  public init(
    orchestrationID: String, toolUseID: String, node: String, requestID: String? = nil, status: Status = .success, data: JSONValue = .null,
    dataReference: PayloadReference? = nil, code: String? = nil, message: String? = nil, usage: Usage? = nil,
    codeVersion: CodeVersion? = nil, registryChanged: Bool = false
  ) {
    self.orchestrationID = orchestrationID
    self.toolUseID = toolUseID
    self.node = node
    self.requestID = requestID
    self.status = status
    self.data = data
    self.dataReference = dataReference
    self.code = code
    self.message = message
    self.usage = usage
    self.codeVersion = codeVersion
    self.registryChanged = registryChanged
  }
}

extension TaskCompletion {
  /// Reads the detail of an event.
  /// - Throws: `WireError` that names the field and the value.
  public init(detail: JSONValue) throws {
    guard let object = detail.objectValue else {
      throw WireError(field: "detail", value: detail.text, expected: "an object")
    }
    func text(_ name: String) throws -> String {
      guard let value = object[name] else { throw WireError(field: "detail.\(name)", value: "absent", expected: "a non-empty string") }
      guard let text = value.stringValue, !text.isEmpty else {
        throw WireError(field: "detail.\(name)", value: value.text, expected: "a non-empty string")
      }
      return text
    }
    var status = Status.success
    if let value = object["status"], !value.isNull {
      guard let known = value.stringValue.flatMap(Status.init(rawValue:)) else {
        throw WireError(field: "detail.status", value: value.text, expected: "\"success\" or \"error\"")
      }
      status = known
    }
    let reference: PayloadReference?
    if let value = object["data_ref"], !value.isNull {
      do { reference = try PayloadReference(json: value.bytes) } catch {
        throw WireError(field: "detail.data_ref", value: value.text, expected: "an object with 'key' and 'bytes'")
      }
    } else {
      reference = nil
    }
    self.init(
      orchestrationID: try text("orchestration_id"), toolUseID: try text("agent_use_id"), node: try text("node"),
      requestID: object["request_id"]?.stringValue, status: status, data: object["data"] ?? .null, dataReference: reference,
      code: object["code"]?.stringValue?.shortened(toByteCount: 100), message: object["message"]?.stringValue,
      usage: object["usage"]?.objectValue.map { usage in
        Usage(
          inputTokens: max(0, usage["input_tokens"]?.int64Value ?? 0), outputTokens: max(0, usage["output_tokens"]?.int64Value ?? 0),
          costMicroUSD: usage["cost_micro_usd"]?.int64Value.map { max(0, $0) })
      },
      codeVersion: object["code_version"].flatMap { code in
        code["sha256"]?.stringValue.map {
          CodeVersion(
            version: code["version"]?.stringValue ?? "", sha256: $0, failuresBefore: max(0, code["failures_before"]?.intValue ?? 0))
        }
      }, registryChanged: object["registry_changed"]?.boolValue ?? false)
  }
}

extension TaskCompletion: JSONEncodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("orchestration_id", orchestrationID)
    writer.member("data", data)
    writer.member("agent_use_id", toolUseID)
    writer.member("node", node)
    writer.member(ifPresent: "request_id", requestID)
    writer.member("status", status.rawValue)
    writer.member(ifPresent: "data_ref", dataReference)
    writer.member(ifPresent: "code", code)
    writer.member(ifPresent: "message", message)
    if let usage {
      writer.key("usage")
      writer.beginObject()
      writer.member("input_tokens", usage.inputTokens)
      writer.member("output_tokens", usage.outputTokens)
      writer.member(ifPresent: "cost_micro_usd", usage.costMicroUSD)
      writer.endObject()
    }
    if let codeVersion {
      writer.key("code_version")
      writer.beginObject()
      writer.member("version", codeVersion.version)
      writer.member("sha256", codeVersion.sha256)
      if codeVersion.failuresBefore > 0 { writer.member("failures_before", codeVersion.failuresBefore) }
      writer.endObject()
    }
    if registryChanged { writer.member("registry_changed", true) }
    writer.endObject()
  }

  /// The event that carries the completion to the Supervisor.
  public func event(traceHeader: String? = nil) -> BusEvent {
    BusEvent(source: Self.source, detailType: Self.source, detail: json, traceHeader: traceHeader)
  }
}
