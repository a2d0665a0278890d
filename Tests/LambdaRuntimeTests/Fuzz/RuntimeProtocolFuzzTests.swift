import Glibc
import Testing

@testable import LambdaRuntime

/// Thousands of lives of the loop, always the same ones. FUZZ_SEEDS asks for more: `FUZZ_SEEDS=2000000 swift test --filter Fuzz`.
/// Scripts/fuzz.sh looks for others, guided by coverage.
@Suite struct RuntimeProtocolFuzzTests {
  static let seeds = getenv("FUZZ_SEEDS").flatMap { Int(String(cString: $0)) } ?? 10_000

  @Test func noLifeBreaksARule() throws {
    var invocations = 0
    for seed in 0..<UInt64(Self.seeds) {
      var fuzzer = RuntimeProtocolFuzzer(SeededDecisions(seed: seed))
      do { try fuzzer.run(steps: 200) } catch { Issue.record("seed \(seed): \(error)") }
      invocations += fuzzer.invocations
    }
    // The lives are long enough to mean something.
    #expect(invocations > Self.seeds)
  }

  @Test func everySeedOfTheCorpusEndsLawfullyWhereverItIsCut() throws {
    for text in RuntimeAPICorpus.events + RuntimeAPICorpus.acceptances {
      let bytes = Array(text.utf8)
      for end in 0...bytes.count {
        var machine = RuntimeProtocolTests().machineWaitingForAnEvent()
        let action = Array(bytes[..<end]).withUnsafeBytes { machine.bytesReceived($0) }
        switch action {
        case .receive, .stop: break
        case .invoke(let invocation): #expect(invocation.event.count <= bytes.count)
        default: Issue.record("\(action) after \(end) bytes of \(text.debugDescription)")
        }
      }
    }
  }

  @Test func decisionsOfBytesEndWhenTheBytesDo() throws {
    for length in 0..<300 {
      var fuzzer = RuntimeProtocolFuzzer(ByteDecisions((0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37) }))
      try fuzzer.run(steps: 200)
    }
  }
}
