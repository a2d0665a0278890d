import Glibc
import SandboxChild

// This program again, as the child that a module runs in: it must not read arguments or touch anything else before it is locked.
SandboxChild.runIfAsked()

let command = CommandLine.arguments.dropFirst().first ?? ""
// These say something at Ctrl-C, and end by it.
let subcommand = CommandLine.arguments.dropFirst(2).first ?? ""
let saysFarewell = ["submit", "follow"].contains(command) || (command == "cost" && ["start", "follow"].contains(subcommand))
// These wait for a signal, or tidy up before they end by it.
let tidiesUp = ["model-server", "local", "invoke", "simulate"].contains(command)
// Before there is another thread: threads inherit the mask.
if saysFarewell || tidiesUp { TerminationSignals.block() }

// Not on this thread: one that waits for the task's end would let every signal through.
Task.detached {
  exit(await CommandTree(root: ArbiterCommand.specification).run(Array(CommandLine.arguments.dropFirst())).rawValue)
}
if saysFarewell { TerminationSignals.endOnSignal() }
while true { pause() }
