import AWSClient

/// Finds the command that arguments name, shows help, and runs it.
struct CommandTree: Sendable {
  let root: CommandSpecification

  /// Runs the command and tells how it ended; errors are written to standard error.
  func run(_ arguments: [String]) async -> ExitCode {
    var path: [CommandSpecification] = [root]
    // `arbiter help local up` is `arbiter local up --help`.
    var rest = (arguments.first == "help" ? Array(arguments.dropFirst()) + ["--help"] : arguments)[...]
    while let name = rest.first, let next = path[path.count - 1].subcommands.first(where: { $0.name == name }) {
      path.append(next)
      rest = rest.dropFirst()
    }
    let command = path[path.count - 1]
    let words = path.dropFirst().map(\.name).joined(separator: " ")
    let asksForHelp = rest.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
    if asksForHelp, command.action != nil || rest.first?.hasPrefix("-") == true {
      Terminal.standard.print(help(command, words: words))
      return .success
    }
    guard let action = command.action else {
      if rest.isEmpty {
        Terminal.standard.print(help(command, words: words))
        return words.isEmpty ? .success : .usage
      }
      let known = command.subcommands.map(\.name).joined(separator: ", ")
      Terminal.error.print("arbiter: unknown command '\((words.isEmpty ? "" : words + " ") + (rest.first ?? ""))': use one of \(known)")
      return .usage
    }
    do {
      return try await action(try ParsedArguments(rest, for: command, path: words))
    } catch let error as CommandError {
      Terminal.error.print("arbiter: \(error.message)")
      return error.exitCode
    } catch let error as AWSError where error.code == "ResourceNotFoundException" || error.code == "NoSuchBucket" {
      // An emptied local cloud, or a stack that was deleted: the names that were written at the deployment lead nowhere.
      Terminal.error.print("arbiter: \(error)")
      Terminal.error.print(
        "What was deployed is gone, or is in another region: deploy it with 'make deploy' (ENVIRONMENT=NAME for another than local), or "
          + "name its region with --region.")
      return .notFound
    } catch {
      Terminal.error.print("arbiter: \(error)")
      return .failure
    }
  }

  private func help(_ command: CommandSpecification, words: String) -> String {
    var usage = words.isEmpty ? "arbiter" : "arbiter \(words)"
    if command.action == nil { usage += " COMMAND" }
    for positional in command.positionals { usage += positional.isRequired ? " \(positional.name)" : " [\(positional.name)]" }
    if !command.options.isEmpty { usage += " [options]" }
    var text = "\(command.summary)\n\nUsage: \(usage)\n"
    if !command.discussion.isEmpty { text += "\n\(command.discussion)\n" }
    text += section("Commands", command.subcommands.map { ($0.name, $0.summary) })
    text += section("Arguments", command.positionals.map { ($0.name, $0.help) })
    var options = command.options.map { option in
      (option.value.map { "--\(option.name) \($0)" } ?? "--\(option.name)", option.help)
    }
    options.append(("--help", "show this help"))
    text += section("Options", options)
    if words.isEmpty { text += "\nExit codes:\n\(ExitCode.table)\n" }
    if words.isEmpty { text += "\n'arbiter COMMAND --help' tells more about a command." } else { text.removeLast() }
    return text
  }

  private func section(_ title: String, _ rows: [(String, String)]) -> String {
    guard !rows.isEmpty else { return "" }
    let width = rows.map(\.0.count).max() ?? 0
    return "\n\(title):\n"
      + rows.map { row in
        let lines = row.1.split(separator: "\n", omittingEmptySubsequences: false)
        let indent = "\n" + String(repeating: " ", count: width + 4)
        return "  " + row.0 + String(repeating: " ", count: width - row.0.count) + "  " + lines.joined(separator: indent) + "\n"
      }.joined()
  }
}
