import CSandboxProcess

/// What protects this process from its children, which run as the same user, and from growing with them.
enum ParentMemory {
  /// Whether other processes of the user may neither trace this one nor read its memory, environment and descriptors. It becomes so when
  /// this is asked for the first time, before the first child, and stays so: debuggers can no longer attach, and there are no core dumps.
  static let isClosed = {
    sandbox_give_memory_back()
    return sandbox_make_undumpable()
  }()
}
