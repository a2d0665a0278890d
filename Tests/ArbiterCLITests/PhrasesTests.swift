import JSON
import Testing

@testable import ArbiterCLI

struct PhrasesTests {
  @Test(arguments: [
    (0, "0.0 s"), (940, "0.9 s"), (9_999, "9.9 s"), (12_000, "12 s"), (60_000, "1 min"), (200_000, "3 min 20 s"), (7_500_000, "2 h 5 min"),
    (273_600_000, "3 d 4 h"), (-5, "0.0 s"),
  ])
  func durations(_ milliseconds: Int64, _ expected: String) { #expect(Phrases.duration(milliseconds) == expected) }

  @Test(arguments: [
    (0, "$0.0000"), (12_300, "$0.0123"), (999, "$0.000999"), (1_234_567, "$1.2346"), (5_000_000, "$5.0000"), (-200_000, "-$0.2000"),
  ])
  func costs(_ microUSD: Int64, _ expected: String) { #expect(Phrases.cost(microUSD) == expected) }

  @Test func countsAreGrouped() {
    #expect(Phrases.count(1_234_567) == "1,234,567")
    #expect(Phrases.count(-12) == "-12")
    #expect(Phrases.count(1, "task") == "1 task")
    #expect(Phrases.count(0, "task") == "0 tasks")
  }

  @Test func textsAreFlattenedAndCut() {
    #expect(Phrases.line("a\n  b\tc", 80) == "a b c")
    #expect(Phrases.line("abcdef", 4) == "abc…")
    #expect(Phrases.line(JSONValue.object(["a": 1]), 80) == #"{"a":1}"#)
  }

  @Test func timesSayHowFarAwayTheyAre() {
    #expect(Phrases.time(1_795_159_140_000, nowMilliseconds: 1_795_159_080_000) == "2026-11-20 07:19:00 UTC, in 1 min")
    #expect(Phrases.time(1_795_159_140_000, nowMilliseconds: 1_795_159_143_000) == "2026-11-20 07:19:00 UTC, 3.0 s ago")
  }
}
