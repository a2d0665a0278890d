import LocalCloud
import Testing

@testable import ArbiterCLI

/// The options by which programs stand for agent runtimes.
struct AgentOptionsTests {
  private func settings(_ arguments: [String], variables: [String: String] = [:]) throws -> AgentSettings {
    try AgentOptions.settings(ParsedArguments(arguments, for: ModelServerCommand.specification, path: "model-server"), variables: variables)
  }

  @Test func anAgentGetsTheLocalCloudAndNothingOfTheCallers() throws {
    let settings = try settings(
      ["--agent", "cost-agent=/bin/sh", "--agent-environment", "A=b=c", "--agent-idle", "5", "--agent-logs", "/tmp/x"],
      variables: ["PATH": "/bin", "AWS_PROFILE": "mine", "AWS_SECRET_ACCESS_KEY": "hunter2", "HTTPS_PROXY": "http://proxy"])
    #expect(settings.programs == [AgentProgram(name: "cost-agent", path: "/bin/sh")])
    #expect(settings.environment["A"] == "b=c" && settings.environment["PATH"] == "/bin")
    #expect(settings.environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566")
    #expect(settings.environment["AWS_SECRET_ACCESS_KEY"] == "test")
    #expect(settings.environment["AWS_PROFILE"] == nil && settings.environment["HTTPS_PROXY"] == nil)
    #expect(settings.idleMilliseconds == 5_000 && settings.logFolder == "/tmp/x")
  }

  @Test(arguments: [
    (["--agent", "cost-agent"], "is not NAME=PROGRAM"), (["--agent", "a=/nowhere/b"], "is not there"),
    (["--agent", "a=/tmp"], "no executable"),
    (["--agent", "a=/etc/passwd"], "no executable"), (["--agent", "a=/bin/sh", "--agent", "a=/bin/sh"], "given twice"),
    (["--agent-idle", "5"], "means nothing without --agent"), (["--agent", "a=/bin/sh", "--agent-environment", "A"], "is not NAME=VALUE"),
    (["--agent", "a=/bin/sh", "--agent-idle", "0"], "not a whole number"),
  ])
  func whatCannotBeUsedIsRefused(arguments: [String], reason: String) throws {
    let error = #expect(throws: CommandError.self) { try settings(arguments) }
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }

  @Test func withoutAgentsThereAreNone() throws { #expect(try settings([]).programs.isEmpty) }
}
