/// What the work in hand says about every request it makes; carried by the task, not by each call.
public enum RequestContext {
  /// When the caller must be done, in milliseconds since the Unix epoch; no attempt starts, waits or runs past it. Nil for no limit.
  @TaskLocal public static var deadlineMilliseconds: Int64?
  /// The value of the `X-Amzn-Trace-Id` header; nil for none.
  @TaskLocal public static var traceID: String?
}
