/// One event for a function, and what Lambda says of it.
public struct Invocation: Sendable {
  public let requestID: String
  public let event: [UInt8]
  /// The X-Ray trace header; nil leaves the field out.
  public var traceHeader: String?
  /// JSON that a mobile client sent along.
  public var clientContext: String?
  /// JSON that names the caller of a mobile client.
  public var cognitoIdentity: String?
  /// The tenant, for functions in tenant isolation mode.
  public var tenantID: String?
  /// False when only the size of the response matters, as in a measurement.
  public var keepsResponse = true

  public init(requestID: String, event: [UInt8]) {
    self.requestID = requestID
    self.event = event
  }
}

/// What an invocation came to, as its caller would learn it.
public enum Outcome: Sendable, Equatable {
  case response(FunctionResponse)
  case failure(FunctionFailure)
}

public struct FunctionResponse: Sendable, Equatable {
  /// Empty when the invocation does not keep it, or when it was streamed.
  public var body: [UInt8] = []
  public var byteCount = 0
  public var contentType: String?
  /// Sent in parts, each of which its caller had at once.
  public var isStreamed = false
}

/// An invocation that failed: an error of the function's own, or Lambda's word for what it did.
public struct FunctionFailure: Sendable, Equatable {
  public enum Kind: String, Sendable {
    /// The function answered with an error.
    case function
    /// The runtime said that it cannot start.
    case initialization
    /// The program ended before it answered.
    case exit
    /// The program cannot be run at all.
    case entrypoint
    case timeout
    case responseTooLarge
    /// The response ended before its announced end, or has a mode that there is not.
    case invalidResponse
    /// A streamed response said at its end that it had failed.
    case brokenStream
    case eventTooLarge
  }

  public let kind: Kind
  /// "Category.Reason".
  public let type: String
  /// JSON with errorType and errorMessage, unless the function wrote something else.
  public let body: [UInt8]
}

/// How a process ended.
public enum ProcessEnd: Sendable, Equatable {
  case exited(Int32)
  case signalled(Int32)

  /// As Lambda words it; exit status 0 is no reason that it could name.
  var reason: String {
    switch self {
    case .exited(0): "Runtime exited without providing a reason"
    case .exited(let status): "Runtime exited with error: exit status \(status)"
    case .signalled(let signal): "Runtime exited with error: signal: \(Self.name(of: signal))"
    }
  }

  private static func name(of signal: Int32) -> String {
    switch signal {
    case 4: "illegal instruction"
    case 5: "trace/breakpoint trap"
    case 6: "aborted"
    case 7: "bus error"
    case 8: "floating point exception"
    case 9: "killed"
    case 11: "segmentation fault"
    case 15: "terminated"
    case let other: "signal \(other)"
    }
  }
}

/// What Lambda's REPORT line tells of an invocation, but for the memory.
public struct InvocationReport: Sendable, Equatable {
  public enum Status: String, Sendable {
    case success
    case error
    case timeout
  }

  public let requestID: String
  /// From the event's delivery until the runtime was done with it; with an initialization in between, from before that.
  public let durationNanoseconds: Int64
  /// Of the process's start, in the first report after it, when it was over before an event came.
  public let initializationNanoseconds: Int64?
  public let status: Status
  /// Why the status is not success.
  public let errorType: String?
  public let traceHeader: String?

  /// What would be paid for: whole milliseconds, the initialization included.
  public var billedMilliseconds: Int64 { (durationNanoseconds + (initializationNanoseconds ?? 0) + 999_999) / 1_000_000 }
}

/// The function whose environment is played.
public struct FunctionConfiguration: Sendable {
  public enum LogFormat: Sendable, Equatable {
    case text
    case json
  }

  public var name: String
  public var version = "$LATEST"
  public var handler = "bootstrap"
  public var accountID = "123456789012"
  public var region = "us-east-1"
  /// What the function is said to have; nothing enforces it.
  public var memoryMegabytes = 128
  /// What an invocation may take, in milliseconds.
  public var timeoutMilliseconds = 3_000
  /// What the first start may take before it is given up and tried again with the first event, in milliseconds.
  public var initializationTimeoutMilliseconds = 10_000
  /// More than one, as on Lambda Managed Instances, hands out events while others are being worked on.
  public var maximumConcurrency = 1
  public var logFormat = LogFormat.text
  /// Names of extensions that are programs of their own; every other one is internal, a part of the runtime.
  public var externalExtensions: Set<String> = []

  public init(name: String) { self.name = name }

  public var arn: String { "arn:aws:lambda:\(region):\(accountID):function:\(name)" }
}
