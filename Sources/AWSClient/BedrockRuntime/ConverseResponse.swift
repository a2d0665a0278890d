public import JSON

/// Why a model stopped; open to additions of the service.
/// Source: Bedrock Runtime API, `StopReason`.
public struct StopReason: Sendable, Hashable, RawRepresentable, CustomStringConvertible {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public static let endTurn = StopReason(rawValue: "end_turn")
  public static let toolUse = StopReason(rawValue: "tool_use")
  public static let maxTokens = StopReason(rawValue: "max_tokens")
  public static let stopSequence = StopReason(rawValue: "stop_sequence")
  public static let guardrailIntervened = StopReason(rawValue: "guardrail_intervened")
  public static let contentFiltered = StopReason(rawValue: "content_filtered")
  public static let malformedModelOutput = StopReason(rawValue: "malformed_model_output")
  public static let malformedToolUse = StopReason(rawValue: "malformed_tool_use")
  public static let modelContextWindowExceeded = StopReason(rawValue: "model_context_window_exceeded")
  public var description: String { rawValue }
}

/// The tokens of one or more model calls.
///
/// Cached tokens are counted beside the input tokens, not among them.
/// Source: Bedrock Runtime API, `TokenUsage`.
public struct TokenUsage: Sendable, Hashable {
  public var inputTokens: Int
  public var outputTokens: Int
  public var totalTokens: Int
  public var cacheReadInputTokens: Int
  public var cacheWriteInputTokens: Int

  /// - Parameter totalTokens: the sum of the others when nil.
  public init(
    inputTokens: Int, outputTokens: Int, totalTokens: Int? = nil, cacheReadInputTokens: Int = 0, cacheWriteInputTokens: Int = 0
  ) {
    self.inputTokens = inputTokens
    self.outputTokens = outputTokens
    self.cacheReadInputTokens = cacheReadInputTokens
    self.cacheWriteInputTokens = cacheWriteInputTokens
    self.totalTokens =
      totalTokens ?? inputTokens.saturatingAdd(outputTokens).saturatingAdd(cacheReadInputTokens).saturatingAdd(cacheWriteInputTokens)
  }

  public static let zero = TokenUsage(inputTokens: 0, outputTokens: 0)

  /// Input tokens with those that were read from and written to the cache.
  public var allInputTokens: Int { inputTokens.saturatingAdd(cacheReadInputTokens).saturatingAdd(cacheWriteInputTokens) }

  /// The sum of two usages; sums that would overflow stay at the largest integer.
  public static func + (left: TokenUsage, right: TokenUsage) -> TokenUsage {
    TokenUsage(
      inputTokens: left.inputTokens.saturatingAdd(right.inputTokens),
      outputTokens: left.outputTokens.saturatingAdd(right.outputTokens),
      totalTokens: left.totalTokens.saturatingAdd(right.totalTokens),
      cacheReadInputTokens: left.cacheReadInputTokens.saturatingAdd(right.cacheReadInputTokens),
      cacheWriteInputTokens: left.cacheWriteInputTokens.saturatingAdd(right.cacheWriteInputTokens))
  }

  public static func += (left: inout TokenUsage, right: TokenUsage) { left = left + right }
}

extension Int {
  fileprivate func saturatingAdd(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }
}

/// The answer of a Converse call.
/// Source: Bedrock Runtime API, `ConverseResponse`.
public struct ConverseResponse: Sendable, Hashable {
  public var message: Message
  public var stopReason: StopReason
  /// All zero when the service reported none; see `reportsUsage`.
  public var usage: TokenUsage
  /// False when the answer carried no usage, which must not be taken for a call that cost nothing.
  public var reportsUsage: Bool
  /// The service's measurements, for example `latencyMs`.
  public var metrics: JSONValue?
  /// Members that this version has no name for (trace, serviceTier).
  public var otherMembers: JSONObject

  public init(
    message: Message, stopReason: StopReason, usage: TokenUsage?, metrics: JSONValue? = nil, otherMembers: JSONObject = [:]
  ) {
    self.message = message
    self.stopReason = stopReason
    self.usage = usage ?? .zero
    reportsUsage = usage != nil
    self.metrics = metrics
    self.otherMembers = otherMembers
  }
}

extension ConverseResponse: JSONDecodable {
  /// Reads an answer; unknown members and blocks are kept.
  /// - Throws: `JSONError` that names what is missing: a message, or a stop reason.
  public init(from reader: inout JSONReader) throws(JSONError) {
    let begin = reader.valueOffset()
    let object = try readObject(&reader, "a Converse answer")
    do throws(JSONError) { try self.init(object) } catch { throw error.at(begin) }
  }

  private init(_ answer: JSONObject) throws(JSONError) {
    var object = answer
    guard let message = object["output"]?["message"]?.objectValue else { throw .missing("output.message", expected: "a message") }
    guard let stopReason = object["stopReason"]?.stringValue else { throw .missing("stopReason", expected: "a stop reason") }
    do throws(JSONError) {
      self.init(
        message: try Message(message), stopReason: StopReason(rawValue: stopReason), usage: object["usage"].flatMap(TokenUsage.init),
        metrics: object["metrics"])
    } catch {
      throw JSONError(
        error.code, byteOffset: nil, expected: error.expected, field: "output.message" + (error.field.map { ".\($0)" } ?? ""))
    }
    for key in ["output", "stopReason", "usage", "metrics"] { object[key] = nil }
    otherMembers = object
  }
}

extension ConverseResponse: JSONEncodable {
  /// Writes the answer, as a server of the protocol does.
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("output")
    writer.beginObject()
    writer.member("message", message)
    writer.endObject()
    writer.member("stopReason", stopReason.rawValue)
    if reportsUsage { writer.member("usage", usage) }
    writer.member(ifPresent: "metrics", metrics)
    for member in otherMembers { writer.member(member.key, member.value) }
    writer.endObject()
  }
}

extension TokenUsage: JSONDecodable, JSONEncodable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    let offset = reader.byteOffset
    guard let usage = TokenUsage(try reader.readValue()) else {
      throw JSONError(.typeMismatch, byteOffset: offset, expected: "an object with inputTokens and outputTokens", field: "usage")
    }
    self = usage
  }

  /// The usage in a JSON tree; nil when it is no object with whole, non-negative counts of input and output tokens.
  public init?(_ value: JSONValue) {
    func count(_ name: String) -> Int? { value[name]?.intValue.flatMap { $0 < 0 ? nil : $0 } }
    guard let input = count("inputTokens"), let output = count("outputTokens") else { return nil }
    self.init(
      inputTokens: input, outputTokens: output, totalTokens: count("totalTokens"),
      cacheReadInputTokens: count("cacheReadInputTokens") ?? 0, cacheWriteInputTokens: count("cacheWriteInputTokens") ?? 0)
  }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("inputTokens", inputTokens)
    writer.member("outputTokens", outputTokens)
    writer.member("totalTokens", totalTokens)
    if cacheReadInputTokens > 0 { writer.member("cacheReadInputTokens", cacheReadInputTokens) }
    if cacheWriteInputTokens > 0 { writer.member("cacheWriteInputTokens", cacheWriteInputTokens) }
    writer.endObject()
  }
}
