// Linked as a function is, to see that it still does what the standard library promises: test_linking.py tells what each word is to do.
import Glibc
import Synchronization

struct Failure: Error { let reason: String }
enum Phase: Error { case loading(String) }

func concurrency() {
  let finished = Atomic(false)
  Task.detached {
    let sum = await withTaskGroup(of: Int.self) { group in
      for number in 1...100 { group.addTask { number } }
      return await group.reduce(0, +)
    }
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await Task.sleep(for: .seconds(60)) }
        group.cancelAll()
        try await group.waitForAll()
      }
    } catch { print("cancelled: \(error is CancellationError)") }
    print("sum: \(sum)")
    finished.store(true, ordering: .releasing)
  }
  while !finished.load(ordering: .acquiring) { usleep(1_000) }
}

func unicode() {
  let scalar: Unicode.Scalar = "é"
  print("name: \(scalar.properties.name ?? "none")")
  print("alias: \(Unicode.Scalar(0x0A).properties.nameAlias ?? "none")")
  print("category: \(scalar.properties.generalCategory), \(scalar.properties.isAlphabetic)")
  print("case: \("straße İ".uppercased()) \("ΑΣ".lowercased())")
  print("equal: \("e\u{301}" == "é"), \(Set(["e\u{301}", "é"]).count)")
  print("characters: \("👩‍👩‍👧‍👦🇩🇪e\u{301}".count)")
  print("described: \(Phase.loading("x")) \(Failure(reason: "y")) \(String(reflecting: [1: ["a"]])) \(1.1) \(Float16(0.5)) \(UInt128.max)")
}

func threads() {
  var ended = 0
  for _ in 0..<32 {
    var thread = pthread_t()
    pthread_create(&thread, nil, { _ in UnsafeMutableRawPointer(bitPattern: 7) }, nil)
    var value: UnsafeMutableRawPointer?
    pthread_join(thread, &value)
    if value == UnsafeMutableRawPointer(bitPattern: 7) { ended += 1 }
  }
  print("threads: \(ended)")
}

switch CommandLine.arguments.dropFirst().first {
case "unicode": unicode()
case "concurrency": concurrency()
case "threads": threads()
case "fatal": fatalError("the reason of the end")
case "cast": print([CommandLine.arguments as Any, CommandLine.arguments].randomElement() as! Int)
case "throw": throw Failure(reason: "nobody catches this")
case "memory": print(UnsafeMutableRawPointer.allocate(byteCount: 1 << 50, alignment: 16))
default: print("arguments: \(CommandLine.arguments.count)")
}
