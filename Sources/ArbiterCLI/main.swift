import Glibc

// These commands wait for SIGINT and SIGTERM, or tidy up before they end by them; all threads must have them blocked from the start.
if ["model-server", "local", "invoke"].contains(CommandLine.arguments.dropFirst().first) { TerminationSignals.block() }

let exitCode = await CommandTree(root: ArbiterCommand.specification).run(Array(CommandLine.arguments.dropFirst()))
exit(exitCode.rawValue)
