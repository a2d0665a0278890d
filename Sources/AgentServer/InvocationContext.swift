public import Telemetry

/// What the headers of an invocation say.
///
/// Their names are those of AgentCore's HTTP contract and of its SDK for Python.
/// https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-http-protocol-contract.html
public struct InvocationContext: Sendable {
  /// The session that InvokeAgentRuntime was called for; nil when a local caller gave none.
  public var sessionID: String?
  public var requestID: String?
  public var traceHeader: TraceHeader?
  /// The W3C trace of the caller, where there is one.
  public var traceParent: TraceParent?
  public var baggage: String?
  /// Lets the agent ask AgentCore Identity for tokens in the name of its caller.
  public var workloadAccessToken: HeaderSecret?
  /// The caller's own `Authorization`, when the runtime is set up to pass it on.
  public var authorization: HeaderSecret?
  public var oauth2CallbackURL: String?
  /// The caller's own headers, by the name behind `X-Amzn-Bedrock-AgentCore-Runtime-Custom-` in small letters.
  public var custom: [String: String] = [:]

  public init(sessionID: String? = nil, requestID: String? = nil, traceHeader: TraceHeader? = nil) {
    self.sessionID = sessionID
    self.requestID = requestID
    self.traceHeader = traceHeader
  }

  static let sessionHeader = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"
  static let customPrefix = "x-amzn-bedrock-agentcore-runtime-custom-"

  /// Header fields by their names in small letters; of a name that came twice, the first value.
  init(headers: [String: String]) {
    sessionID = headers[Self.sessionHeader.lowercased()].flatMap(Self.nonEmpty)
    requestID = headers["x-amzn-bedrock-agentcore-runtime-request-id"].flatMap(Self.nonEmpty)
    traceHeader = headers["x-amzn-trace-id"].flatMap { TraceHeader(parsing: $0) }
    traceParent = headers["traceparent"].flatMap { TraceParent(parsing: $0) }
    baggage = headers["baggage"]
    workloadAccessToken = (headers["workloadaccesstoken"] ?? headers["x-amz-bedrock-agentcore-identity-wat"]).flatMap(HeaderSecret.init)
    authorization = headers["authorization"].flatMap(HeaderSecret.init)
    oauth2CallbackURL = headers["oauth2callbackurl"]
    for (name, value) in headers where name.utf8.starts(with: Self.customPrefix.utf8) {
      custom[String(name.dropFirst(Self.customPrefix.utf8.count))] = value
    }
  }

  private static func nonEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }
}

extension InvocationContext: CustomStringConvertible, CustomReflectable {
  /// Identifiers, and of what may be a secret only that it is there.
  public var description: String {
    var parts = ["session \(sessionID ?? "none")", "request \(requestID ?? "none")"]
    if let traceHeader { parts.append("trace \(traceHeader.root)") }
    if workloadAccessToken != nil { parts.append("a workload access token") }
    if authorization != nil { parts.append("an authorization") }
    if !custom.isEmpty { parts.append("custom headers \(custom.keys.sorted().joined(separator: ", "))") }
    return "InvocationContext(\(parts.joined(separator: "; ")))"
  }

  public var customMirror: Mirror { Mirror(self, children: ["context": description]) }
}

/// A header's value that nobody may read in a log: it is described as "(redacted)".
public struct HeaderSecret: Sendable, Hashable {
  public let value: String

  /// Nil for an empty value.
  public init?(_ value: String) {
    guard !value.isEmpty else { return nil }
    self.value = value
  }
}

extension HeaderSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { Redaction.replacement }
  public var debugDescription: String { Redaction.replacement }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
