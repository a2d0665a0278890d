import Glibc

// The commands that serve wait for SIGINT and SIGTERM; all threads must have them blocked from the start.
if CommandLine.arguments.dropFirst().first == "model-server" { TerminationSignals.block() }

let exitCode = await CommandTree(root: ArbiterCommand.specification).run(Array(CommandLine.arguments.dropFirst()))
exit(exitCode.rawValue)
