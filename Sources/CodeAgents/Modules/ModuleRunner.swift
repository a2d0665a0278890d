public import JSON
public import Sandbox

/// Runs modules: the sandbox.
public protocol ModuleRunner: Sendable {
  func run(
    _ module: SandboxModule, input: JSONValue, capabilities: Capabilities, limits: SandboxLimits, deadlineMilliseconds: Int64,
    host: any SandboxHost
  ) async -> SandboxRun

  /// Why a module cannot be run: it does not compile, or has no handler; nil when it can.
  func check(_ module: SandboxModule, limits: SandboxLimits) async -> SandboxFailure?
}

extension Sandbox: ModuleRunner {}
