internal import Glibc

/// The environment variable _X_AMZN_TRACE_ID, where tracing libraries look for the trace of the current invocation.
///
/// glibc's setenv keeps every value it was ever given, which would leak memory with each invocation; so the variable is a buffer that is
/// written over. Used by the loop's thread only, between invocations.
struct TraceVariable: ~Copyable {
  private static let prefix = "_X_AMZN_TRACE_ID="
  /// Room for the variable with its name; a trace header has about 100 bytes, 500 with lineage.
  private static let capacity = 2048
  private let entry = UnsafeMutablePointer<CChar>.allocate(capacity: capacity)
  private var isSet = false

  /// The last byte stays 0, whoever reads the variable while it is written.
  init() { entry.initialize(repeating: 0, count: Self.capacity) }

  /// Sets the variable; nil, or a value beyond all measure, removes it.
  mutating func set(_ value: String?) {
    guard let value, value.utf8.count + Self.prefix.utf8.count < Self.capacity, !value.utf8.contains(0) else {
      if isSet { unsetenv("_X_AMZN_TRACE_ID") }
      isSet = false
      return
    }
    var position = 0
    if !isSet {
      for byte in Self.prefix.utf8 {
        entry[position] = CChar(bitPattern: byte)
        position += 1
      }
    }
    position = Self.prefix.utf8.count
    for byte in value.utf8 {
      entry[position] = CChar(bitPattern: byte)
      position += 1
    }
    entry[position] = 0
    if !isSet { putenv(entry) }
    isSet = true
  }

  // The buffer is never freed: the environment points to it.
}
