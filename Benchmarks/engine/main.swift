// What one round costs in the engine itself: orchestrations of many rounds on in-memory stores, with a model, agents and queues that take no time.
//
//   EngineBenchmark [--runs N]
//
// Prints, as JSON for Benchmarks/engine/measure.py, the processor time of each round by the number of agents in the registry: medians over the runs.

import AWSClient
import AgentKit
import Glibc
import JSON
import Orchestration

let arguments = CommandLine.arguments
func option(_ name: String) -> String? {
  arguments.firstIndex(of: name).flatMap { arguments.indices.contains($0 + 1) ? arguments[$0 + 1] : nil }
}
let runs = option("--runs").flatMap { Int($0) }.map { max($0, 1) } ?? 41

let rounds = 50
let tasks = 4
let agentCounts = [1, 10, 100, 500]

let worlds = agentCounts.map { World(agents: $0, tasks: tasks, rounds: rounds) }
/// Nanoseconds by world, round and run.
var figures = agentCounts.map { _ in Array(repeating: [Int64](), count: rounds) }

// The first run of each world warms it up and shows that what is measured is right.
for world in worlds {
  let run = try await world.run("warm-up")
  guard run.answer == World.answer, run.messagesOfLastRequest == 1 + 2 * rounds, run.conversationBytes > rounds * tasks * 200 else {
    print("EngineBenchmark: the run ended otherwise than it should: \(run)")
    exit(1)
  }
}
// Worlds take turns, so that a change of the machine's speed hits all of them.
for run in 0..<runs {
  for (place, world) in worlds.enumerated() {
    for (round, nanoseconds) in try await world.run("run-\(run)").nanoseconds.enumerated() { figures[place][round].append(nanoseconds) }
  }
}

var directories = agentCounts.map { _ in [Int64]() }
for _ in 0..<min(runs, 15) {
  for (place, agents) in agentCounts.enumerated() { directories[place].append(try await World.directoryNanoseconds(agents: agents)) }
}

func median(_ values: [Int64]) -> JSONValue { .number(values.sorted()[values.count / 2]) }

let report: JSONValue = [
  "runs": .number(runs), "tasks": .number(tasks),
  "agents": .array(
    agentCounts.indices.map { place in
      [
        "agents": .number(agentCounts[place]), "nanoseconds": .array(figures[place].map(median)),
        "directoryNanoseconds": median(directories[place]),
      ]
    }),
]
print(report.text)
