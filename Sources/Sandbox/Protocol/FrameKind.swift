/// What parent and child say to each other: frames of 4 bytes of length of the payload (little-endian), 1 byte of kind, 4 bytes of call
/// id (little-endian, 0 where there is none), and the payload, UTF-8.
///
/// The parent begins with `begin`, `module`, `input`. The child answers `locked` before it compiles anything, then says `call` and `log` as
/// the module does, and ends with one `result` or `failure`. Call ids are 1, 2, 3, …; each call gets one `answer` or `refusal`. The child
/// reads one frame at a time, and only when the module has nothing left to do without it (or waits for `now`), so that what a module does
/// follows from the frames it was given and their order alone.
public enum FrameKind: UInt8, Sendable {
  // Parent to child.
  /// JSON of `BeginFrame`.
  case begin = 0x42  // B
  /// The module's source.
  case module = 0x4D  // M
  /// The handler's input, JSON.
  case input = 0x49  // I
  /// JSON: what the call's promise resolves to.
  case answer = 0x41  // A
  /// JSON of `HostCallError`: what the call's promise is rejected with.
  case refusal = 0x58  // X

  // Child to parent.
  /// JSON of `LockedFrame`.
  case locked = 0x4C  // L
  /// JSON of `CallFrame`.
  case call = 0x43  // C
  /// JSON of `LogFrame`; no answer.
  case log = 0x47  // G
  /// JSON: what the handler returned; `null` for undefined.
  case result = 0x52  // R
  /// JSON of `SandboxFailure`.
  case failure = 0x46  // F
}
