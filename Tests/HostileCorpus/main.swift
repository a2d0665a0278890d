import Glibc
import JSON
import Sandbox
import SandboxChild

// Runs the modules of a folder, as the worker would, and prints a line of JSON for each: its name, its outcome's code, and where it was not
// contained. It is a process of its own, so that what the runs leave behind can be counted.
//
//   HostileCorpus FOLDER [NAME ...]
SandboxChild.runIfAsked()

func observe(_ hostile: HostileCase, in sandbox: Sandbox) async -> (seen: Containment.Observation, record: RunRecord) {
  let host = HostileHost()
  let run = await sandbox.run(
    hostile.module, input: hostile.input, capabilities: hostile.capabilities, limits: hostile.limits,
    deadlineMilliseconds: HostileHost.nowMilliseconds + hostile.deadlineMilliseconds, host: host)
  return (Containment.Observation(outcome: run.outcome, calls: host.calls, logs: host.logs, locks: run.record.locks), run.record)
}

/// Runs a module again from its record, which has been written and read in between; says where that differs.
func replay(_ record: RunRecord, in sandbox: Sandbox) async -> String? {
  let read: RunRecord
  do throws(JSONError) {
    read = try RunRecord(parsing: record.json)
  } catch {
    return "left a record that cannot be read: \(error)"
  }
  if read != record { return "left a record that reads otherwise than it was written" }
  switch await sandbox.replay(read) {
  case .same, .sameUntilEnded: return nil
  case .departed(let departure): return "\(departure)"
  case .notRun(let failure): return "could not be run from its record: \(failure)"
  }
}

func line(of hostile: HostileCase, in sandbox: Sandbox) async -> JSONValue {
  let start = ContinuousClock.now
  let (seen, record) = await observe(hostile, in: sandbox)
  var breaches = hostile.containment.breaches(seen, input: hostile.input)
  if hostile.isRunTwice {
    let again = await observe(hostile, in: sandbox).seen
    if again.outcome != seen.outcome { breaches.append("a second run came to \(again.outcome), the first to \(seen.outcome)") }
  }
  let code: String
  switch seen.outcome {
  case .success: code = "result"
  case .failure(let failure): code = failure.code.rawValue
  }
  // What ran into a limit of time would take as long again.
  let isReplayed = code != "cpu_limit" && code != "deadline_exceeded"
  if isReplayed, let difference = await replay(record, in: sandbox) { breaches.append(difference) }
  let elapsed = (ContinuousClock.now - start) / .milliseconds(1)
  return [
    "name": .string(hostile.name), "code": .string(code), "milliseconds": .number(Int(elapsed)),
    "breaches": .array(breaches.map { JSONValue.string(String($0.prefix(2_000))) }),
  ]
}

func report(_ line: JSONValue) {
  let bytes = line.bytes + [UInt8(ascii: "\n")]
  var offset = 0
  while offset < bytes.count {
    let count = bytes.withUnsafeBytes { buffer in buffer.baseAddress.map { write(1, $0 + offset, bytes.count - offset) } ?? -1 }
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { exit(1) }
    offset += count
  }
}

func runCorpus(_ cases: [HostileCase]) async {
  let sandbox = Sandbox()
  // What is made once, such as threads and caches, is there before the counting begins.
  if let control = cases.first(where: { $0.name == "benign-control" }) {
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 { group.addTask { _ = await line(of: control, in: sandbox) } }
    }
  }
  let before = ProcessState()
  await withTaskGroup(of: JSONValue.self) { group in
    var waiting = cases[...]
    for _ in 0..<4 {
      if let next = waiting.popFirst() { group.addTask { await line(of: next, in: sandbox) } }
    }
    while let finished = await group.next() {
      report(finished)
      if let next = waiting.popFirst() { group.addTask { await line(of: next, in: sandbox) } }
    }
  }
  report(["before": before.json, "after": ProcessState().json])
}

let arguments = CommandLine.arguments
guard arguments.count > 1 else {
  print("usage: HostileCorpus FOLDER [NAME ...]")
  exit(2)
}
Task.detached {
  do {
    let chosen = Set(arguments.dropFirst(2))
    await runCorpus(try HostileCase.all(in: arguments[1]).filter { chosen.isEmpty || chosen.contains($0.name) })
    exit(0)
  } catch {
    print("\(error)")
    exit(1)
  }
}
while true { pause() }
