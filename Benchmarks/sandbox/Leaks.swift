import Glibc
import JSON
import Sandbox

/// What this process holds before and after many runs in a row, which come to all the ends that a module can bring about quickly.
enum Leaks {
  static func measure(_ runs: Int) async -> JSONValue {
    var failed = 0
    var unexpected = JSONValue.null
    func run(_ count: Int) async {
      for index in 0..<count {
        guard let outcome = await unexpectedOutcome(index) else { continue }
        failed += 1
        unexpected = .string(outcome)
      }
    }
    // What is made once, and kept, is made by now.
    await run(max(50, runs / 10))
    let before = Possessions().json
    failed = 0
    await run(runs)
    return ["runs": .number(runs), "failed": .number(failed), "unexpected": unexpected, "before": before, "after": Possessions().json]
  }

  private static let ends: [(source: String, code: SandboxFailure.Code)] = [
    ("export default () => { throw new Error('no') }", .threw), ("export default (", .compileError),
    ("export default () => new Promise(() => {})", .neverSettles),
    ("export default async (_, host) => { await Promise.all(Array.from({length: 300}, () => host.callTool('rows', {}))) }", .hostCallLimit),
    ("export default () => 'a'.repeat(20_000)", .outputLimit),
    ("export default () => { const again = () => again() + 1; return again() }", .recursionLimit),
    ("export default () => { const all = []; while (true) all.push(new Array(1_000).fill(0)) }", .memoryLimit),
  ]

  /// They are met soon.
  private static let limits = {
    var limits = SandboxLimits()
    limits.memoryBytes = 2 << 20
    limits.outputBytes = 10_000
    limits.stackBytes = 64 << 10
    return limits
  }()

  /// What a run came to; nil when it is what it had to.
  private static func unexpectedOutcome(_ index: Int) async -> String? {
    let run: SandboxRun
    let code: SandboxFailure.Code?
    // Seven of twenty, and one.
    if index % 20 < ends.count {
      code = ends[index % 20].code
      run = await Workload.run(SandboxModule(name: "end.js", source: Array(ends[index % 20].source.utf8)), limits: limits)
    } else if index % 20 == 19 {
      code = .notStarted
      run = await Workload.run(on: Sandbox(program: SandboxProgram(path: "/nowhere/child")))
    } else {
      code = nil
      run = await Workload.run()
    }
    switch run.outcome {
    case .success(let value): return code == nil && value == Workload.result ? nil : value.text
    case .failure(let failure): return failure.code == code ? nil : failure.description
    }
  }
}

/// What this process holds.
private struct Possessions {
  private var descriptors = 0
  private var threads = 0
  /// Zombies among them.
  private var children = 0
  private var residentBytes = 0

  init() {
    descriptors = Possessions.names("/proc/self/fd").count
    for thread in Possessions.names("/proc/self/task") {
      threads += 1
      children += Possessions.text("/proc/self/task/\(thread)/children").split(separator: " ").count
    }
    let pages = Possessions.text("/proc/self/statm").split(separator: " ")
    residentBytes = (pages.count > 1 ? Int(pages[1]) ?? 0 : 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  var json: JSONValue {
    [
      "descriptors": .number(descriptors), "threads": .number(threads), "children": .number(children),
      "residentBytes": .number(residentBytes),
    ]
  }

  private static func names(_ folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  private static func text(_ path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = fread(&buffer, 1, buffer.count, file)
    return String(decoding: buffer[..<count], as: UTF8.self)
  }
}
