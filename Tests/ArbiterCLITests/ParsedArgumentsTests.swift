import Testing

@testable import ArbiterCLI

struct ParsedArgumentsTests {
  private let command = CommandSpecification(
    name: "run", summary: "Runs.", positionals: [.init(name: "TASK", help: "what"), .init(name: "FILE", help: "where", isRequired: false)],
    options: [.flag("json", "JSON"), .value("limit", "N", "how many"), .value("set", "PAIR", "pairs", isRepeatable: true)])

  private func parse(_ arguments: String...) throws -> ParsedArguments { try ParsedArguments(arguments, for: command, path: "run") }

  @Test func optionsMayStandAnywhere() throws {
    let parsed = try parse("--json", "task", "--limit", "3", "--set=a=b", "file", "--set", "c=d")
    #expect(parsed.has("json"))
    #expect(parsed.required("TASK") == "task")
    #expect(parsed.argument("FILE") == "file")
    #expect(try parsed.integer("limit", in: 1...5) == 3)
    #expect(parsed.all("set") == ["a=b", "c=d"])
  }

  @Test func twoDashesEndTheOptions() throws {
    #expect(try parse("--", "--json").required("TASK") == "--json")
    #expect(try parse("-").required("TASK") == "-")
  }

  @Test(arguments: [
    (["task", "--limits", "3"], "unknown option '--limits'"),
    (["task", "--limit"], "'--limit' needs a value, N"),
    (["task", "--limit", "1", "--limit", "2"], "'--limit' is given twice"),
    (["task", "--json=yes"], "'--json' takes no value"),
    (["task", "-j"], "options begin with two dashes"),
    (["task", "file", "more"], "unexpected argument 'more'"),
    ([], "the argument TASK is missing"),
  ])
  func wrongUsageNamesTheArgument(_ arguments: [String], _ expected: String) {
    let error = #expect(throws: CommandError.self) { try ParsedArguments(arguments, for: command, path: "run") }
    #expect(error?.exitCode == .usage)
    #expect(error?.message.contains(expected) ?? false, "\(error?.message ?? "")")
    #expect(error?.message.contains("arbiter run --help") ?? false)
  }

  @Test func numbersHaveBounds() throws {
    let parsed = try parse("task", "--limit", "9")
    let error = #expect(throws: CommandError.self) { try parsed.integer("limit", in: 1...5) }
    #expect(error?.message == "--limit '9' is not a whole number from 1 to 5")
  }

  @Test func everyCommandHasASummaryAndEveryOptionAHelp() {
    var commands = [ArbiterCommand.specification]
    while let command = commands.popLast() {
      #expect(!command.summary.isEmpty)
      #expect(command.action != nil || !command.subcommands.isEmpty, "\(command.name) does nothing")
      #expect(Set(command.options.map(\.name)).count == command.options.count, "\(command.name) has an option twice")
      for option in command.options { #expect(!option.help.isEmpty, "\(command.name) --\(option.name)") }
      commands += command.subcommands
    }
  }
}
