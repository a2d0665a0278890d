/// What is to be seen of a child from outside; nil is what is not.
struct ProcessStatus: Equatable {
  /// Whether it waits for something.
  var isSleeping: Bool?
  /// 2 is a filter.
  var seccompMode: Int?
  var hasNoNewPrivileges: Bool?

  /// How a child's list of its locks differs from what is to be seen; nil when it does not.
  func contradiction(of held: [SandboxLock]) -> String? {
    if held.contains(.systemCalls), let seccompMode, seccompMode != 2 { return "says that its system calls are filtered, and they are not" }
    if held.contains(.privileges), hasNoNewPrivileges == false { return "says that it can have no new privileges, and it can" }
    return nil
  }
}
