public import AWSClient
public import Orchestration
public import Sandbox

/// How code is run when neither the agent's row nor the tool's says otherwise.
public struct CodeAgentsConfiguration: Sendable, Equatable {
  /// What happens when a lock of the sandbox cannot be applied.
  public var lockPolicy = LockPolicy.required
  public var limits = SandboxLimits()
  /// The most that any row can give a module, in bytes: the child's memory is a part of the function's.
  public var maximumMemoryBytes = CodeLimits.memoryBytes.upperBound
  /// How long one call of a tool may take, in milliseconds.
  public var toolTimeoutMilliseconds: Int64 = 60_000
  /// How deep tools that are modules may call each other.
  public var toolDepth = 3
  /// How often in a row an agent may fail by its own fault before it is quarantined; 0 for as often as it likes.
  public var quarantineFailures = 3
  public var modules = ModuleLoader.Options()

  public init() {}

  /// - Parameter environment: optionally SANDBOX_LOCKS (required or available), SANDBOX_CPU_MS, SANDBOX_MEMORY_BYTES,
  ///   SANDBOX_MAX_MEMORY_BYTES (without it half of AWS_LAMBDA_FUNCTION_MEMORY_SIZE), SANDBOX_OUTPUT_BYTES, SANDBOX_HOST_CALLS,
  ///   SANDBOX_HOST_CALL_BYTES, SANDBOX_STACK_BYTES, TOOL_TIMEOUT_SECONDS, AGENT_QUARANTINE_FAILURES, CODE_CACHE_BYTES.
  /// - Throws: `EnvironmentError` that names the variable and the value.
  public init(environment: Environment) throws(EnvironmentError) {
    let reader = EnvironmentReader(variables: environment)
    if let text = reader.text("SANDBOX_LOCKS") {
      guard let policy = LockPolicy(rawValue: text) else {
        throw EnvironmentError(WireError(field: "SANDBOX_LOCKS", value: text, expected: "required or available"))
      }
      lockPolicy = policy
    }
    limits.cpuMilliseconds = try reader.integer("SANDBOX_CPU_MS", limits.cpuMilliseconds, in: CodeLimits.cpuMilliseconds)
    limits.memoryBytes = try reader.integer("SANDBOX_MEMORY_BYTES", limits.memoryBytes, in: CodeLimits.memoryBytes)
    limits.outputBytes = try reader.integer("SANDBOX_OUTPUT_BYTES", limits.outputBytes, in: CodeLimits.outputBytes)
    limits.hostCalls = try reader.integer("SANDBOX_HOST_CALLS", limits.hostCalls, in: CodeLimits.hostCalls)
    limits.hostCallBytes = try reader.integer("SANDBOX_HOST_CALL_BYTES", limits.hostCallBytes, in: CodeLimits.hostCallBytes)
    limits.stackBytes = try reader.integer("SANDBOX_STACK_BYTES", limits.stackBytes, in: CodeLimits.stackBytes)
    if let megabytes = reader.text("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").flatMap({ Int($0) }), (1...65_536).contains(megabytes) {
      maximumMemoryBytes = min(maximumMemoryBytes, max(limits.memoryBytes, megabytes << 19))
    }
    maximumMemoryBytes = try reader.integer("SANDBOX_MAX_MEMORY_BYTES", maximumMemoryBytes, in: CodeLimits.memoryBytes)
    toolTimeoutMilliseconds =
      Int64(
        try reader.integer("TOOL_TIMEOUT_SECONDS", Int(toolTimeoutMilliseconds / 1_000), in: 1...900)) * 1_000
    quarantineFailures = try reader.integer("AGENT_QUARANTINE_FAILURES", quarantineFailures, in: 0...1_000)
    modules.cacheBytes = try reader.integer("CODE_CACHE_BYTES", modules.cacheBytes, in: 0...1_000_000_000)
  }

  /// The limits of a run: those of the row, the deployment's where it says nothing.
  public func limits(of row: AgentConfiguration.Limits) -> SandboxLimits {
    var limits = limits
    if let value = row.cpuMilliseconds { limits.cpuMilliseconds = value }
    if let value = row.memoryBytes { limits.memoryBytes = value }
    limits.memoryBytes = min(limits.memoryBytes, maximumMemoryBytes)
    if let value = row.outputBytes { limits.outputBytes = value }
    if let value = row.hostCalls { limits.hostCalls = value }
    if let value = row.hostCallBytes { limits.hostCallBytes = value }
    if let value = row.stackBytes { limits.stackBytes = value }
    return limits
  }
}
