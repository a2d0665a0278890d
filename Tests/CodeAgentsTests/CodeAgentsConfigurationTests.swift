import AWSClient
import Orchestration
import Sandbox
import Testing

@testable import CodeAgents

/// What the environment of a worker says about code.
@Suite struct CodeAgentsConfigurationTests {
  @Test func `every variable has its place, and none is needed`() throws {
    #expect(try CodeAgentsConfiguration(environment: [:]) == CodeAgentsConfiguration())
    let configuration = try CodeAgentsConfiguration(environment: [
      "SANDBOX_LOCKS": "available", "SANDBOX_CPU_MS": "5", "SANDBOX_MEMORY_BYTES": "2000000", "SANDBOX_OUTPUT_BYTES": "7",
      "SANDBOX_HOST_CALLS": "8", "SANDBOX_HOST_CALL_BYTES": "9", "SANDBOX_STACK_BYTES": "100000", "SANDBOX_MAX_MEMORY_BYTES": "3000000",
      "TOOL_TIMEOUT_SECONDS": "10", "AGENT_QUARANTINE_FAILURES": "0", "CODE_CACHE_BYTES": "11",
    ])
    #expect(configuration.lockPolicy == .available && configuration.limits.cpuMilliseconds == 5)
    #expect(configuration.limits.memoryBytes == 2_000_000 && configuration.limits.outputBytes == 7 && configuration.limits.hostCalls == 8)
    #expect(configuration.limits.hostCallBytes == 9 && configuration.limits.stackBytes == 100_000)
    #expect(configuration.maximumMemoryBytes == 3_000_000 && configuration.toolTimeoutMilliseconds == 10_000)
    #expect(configuration.quarantineFailures == 0 && configuration.modules.cacheBytes == 11)
  }

  @Test func `the sandbox takes every limit that rows and variables may name`() {
    let ranges: [(WritableKeyPath<SandboxLimits, Int>, ClosedRange<Int>)] = [
      (\.cpuMilliseconds, CodeLimits.cpuMilliseconds), (\.memoryBytes, CodeLimits.memoryBytes), (\.outputBytes, CodeLimits.outputBytes),
      (\.hostCalls, CodeLimits.hostCalls), (\.hostCallBytes, CodeLimits.hostCallBytes), (\.stackBytes, CodeLimits.stackBytes),
    ]
    for (limit, range) in ranges {
      for bound in [range.lowerBound, range.upperBound] {
        var limits = SandboxLimits()
        limits[keyPath: limit] = bound
        #expect(limits.problem == nil)
      }
    }
  }

  @Test(
    arguments: [
      ("SANDBOX_LOCKS", "some"), ("SANDBOX_CPU_MS", "0"), ("SANDBOX_CPU_MS", "600001"), ("SANDBOX_MEMORY_BYTES", "1"),
      ("SANDBOX_OUTPUT_BYTES", "-1"), ("SANDBOX_HOST_CALLS", "many"), ("SANDBOX_HOST_CALL_BYTES", "0"), ("SANDBOX_STACK_BYTES", "1"),
      ("SANDBOX_MAX_MEMORY_BYTES", "9999999999"), ("TOOL_TIMEOUT_SECONDS", "901"), ("AGENT_QUARANTINE_FAILURES", "-1"),
      ("CODE_CACHE_BYTES", "x"),
    ])
  func `a value out of range is refused with its name`(name: String, value: String) {
    let error = #expect(throws: EnvironmentError.self) { try CodeAgentsConfiguration(environment: [name: value]) }
    #expect(error?.problem.field == name && error?.problem.value == value)
  }

  @Test func `a row's limits count, but no module has more memory than the function can spare`() throws {
    let configuration = try CodeAgentsConfiguration(environment: ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512"])
    var row = AgentConfiguration.Limits()
    #expect(configuration.limits(of: row) == SandboxLimits())
    (row.cpuMilliseconds, row.memoryBytes, row.outputBytes, row.hostCalls, row.hostCallBytes, row.stackBytes) = (
      1, 1 << 30, 2, 3, 4, 65_536
    )
    let limits = configuration.limits(of: row)
    #expect(limits.cpuMilliseconds == 1 && limits.outputBytes == 2 && limits.hostCalls == 3 && limits.hostCallBytes == 4)
    #expect(limits.stackBytes == 65_536 && limits.memoryBytes == 256 << 20)
  }
}
