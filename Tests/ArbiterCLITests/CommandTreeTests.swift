import Testing

@testable import ArbiterCLI

struct CommandTreeTests {
  private let tree = CommandTree(
    root: CommandSpecification(
      name: "arbiter", summary: "Root.",
      subcommands: [
        CommandSpecification(
          name: "local", summary: "Groups.",
          subcommands: [
            CommandSpecification(name: "up", summary: "Fails when it is run.") { _ in throw CommandError("it was run") }
          ])
      ]))

  @Test(arguments: [
    ([], ExitCode.success), (["help"], .success), (["--help"], .success), (["help", "local", "up"], .success),
    (["local", "up", "--help"], .success), (["local", "--help"], .success),
    (["local"], .usage), (["bogus"], .usage), (["help", "bogus"], .usage), (["bogus", "--help"], .usage), (["local", "bogus"], .usage),
    (["local", "up"], .failure),
  ])
  func helpSucceedsAndWhatIsUnknownDoesNot(_ arguments: [String], _ expected: ExitCode) async {
    #expect(await tree.run(arguments) == expected)
  }
}
