internal import AWSClient
internal import JSON
public import LambdaRuntime
internal import Telemetry

extension SQSRecord {
  /// Runs an operation as the work of this message: its lines carry `message_id`, and its requests go on with the trace that the message was
  /// sent in; where it has none, with that of the invocation.
  public func withTelemetry<Result>(_ operation: () async throws -> Result) async rethrows -> Result {
    try await RequestContext.$traceID.withValue(traceHeader ?? RequestContext.traceID) {
      try await TraceHeader.with(traceHeader.flatMap { TraceHeader(parsing: $0) }) {
        try await Correlation.with(["message_id": .string(messageID)], operation: operation)
      }
    }
  }
}
