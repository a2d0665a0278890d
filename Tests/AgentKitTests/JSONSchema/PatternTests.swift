import JSON
import Testing

@testable import AgentKit

@Suite("Patterns")
struct PatternTests {
  @Test(
    "Texts that match and texts that do not",
    arguments: [
      ("abc", ["abc", "xabcx"], ["ab", ""]), ("^abc$", ["abc"], ["xabc", "abcx", "abc\n"]), ("a|bc|", ["", "a", "zzz"], []),
      ("^(a|bc)+$", ["a", "abcbca"], ["", "ab"]), ("^a{2,3}$", ["aa", "aaa"], ["a", "aaaa"]), ("^a{2}$", ["aa"], ["a", "aaa"]),
      ("^a{2,}$", ["aa", "aaaaaa"], ["a"]), ("^a?b*c+$", ["c", "abbcc"], ["ab", "aac"]), ("^.+$", ["x"], ["", "\n"]),
      ("^[a-cx-]+$", ["abc-x"], ["d"]), ("^[^a-c]+$", ["xyz", "é"], ["xa"]), (#"^\d{3}-\d{4}$"#, ["555-1234"], ["555-123", "٣٣٣-١٢٣٤"]),
      (#"^\w+\s\W$"#, ["ab_1 !", "a\u{A0}-"], ["é !"]), (#"^[\w.]+@[\w.]+$"#, ["a.b@c.d"], ["a@", "@"]),
      (#"\bcat\b"#, ["a cat!"], ["cats"]),
      (#"^\Bx"#, [], ["x"]), (#"^\u0041\x42\u{43}\t$"#, ["ABC\t"], ["abc"]), (#"^\p{Lu}\P{L}$"#, ["É1"], ["é1", "ÉA"]),
      (#"^[\d\-x]+$"#, ["1-x"], ["y"]), (#"^[^\D]$"#, ["5"], ["a"]), (#"^[\S]$"#, ["a"], [" "]), ("^(?:ab)*$", ["", "abab"], ["aba"]),
      ("^(?<year>[0-9]{4})$", ["2026"], ["26"]), ("^a+?$", ["aaa"], [""]), ("^(a*)*$", ["", "aaa"], ["b"]), ("^🦀{2}$", ["🦀🦀"], ["🦀"]),
      ("[]", [], ["", "a"]), ("[^]", ["a", "\n"], [""]), (#"^\/a\.b$"#, ["/a.b"], ["/axb"]), ("^[a\\]]+$", ["a]"], ["b"]),
      (#"^\cC\0$"#, ["\u{3}\u{0}"], ["C0"]), (##"^\#$"##, ["#"], [""]),
    ] as [(String, [String], [String])])
  func matching(pattern: String, matching: [String], other: [String]) throws {
    let pattern = try Pattern(pattern)
    for text in matching { #expect(pattern.matches(text), "'\(pattern.text)' should match '\(text)'") }
    for text in other { #expect(!pattern.matches(text), "'\(pattern.text)' should not match '\(text)'") }
  }

  @Test(
    "Broken and unsupported patterns say so",
    arguments: [
      ("(", "'(' without ')'"), (")", "')' without '('"), ("[a", "'[' without ']'"), ("a**", "nothing to repeat"),
      ("+", "nothing to repeat"),
      ("^*", "nothing to repeat"), ("a{3,2}", "out of order"), ("a{x}", "followed by a number"), ("[z-a]", "out of order"),
      (#"(a)\1"#, "backreferences"), (#"\k<a>"#, "backreferences"), ("(?!a)", "look-ahead"), ("(?<=a)", "look-behind"),
      ("(?i)a", "unknown kind"),
      (#"\Z"#, "no escape"), (#"\a"#, "no escape"), (#"\p{Script=Greek}"#, "Unicode property"), (#"[\d-z]"#, "end of a range"),
      ("\\", "at the end"),
      (#"\x4"#, "hexadecimal"), ("a{99999}", "repetitions"), ("((a{1000}){1000}){1000}", "steps"), (#"\07"#, "octal"),
      ("}", "must be written"),
    ])
  func refused(pattern: String, message: String) {
    let error = #expect(throws: PatternError.self) { try Pattern(pattern) }
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
  }

  @Test("Too many nested groups are refused, not a crash")
  func nesting() {
    #expect(throws: PatternError.self) { try Pattern(String(repeating: "(", count: 5_000) + String(repeating: ")", count: 5_000)) }
  }

  @Test("Patterns that make backtracking matchers explode take linear time")
  func linearTime() throws {
    // A backtracking matcher needs 2^5000 steps here.
    let text = String(repeating: "a", count: 5_000) + "!"
    #expect(try !Pattern("^(a+)+$").matches(text))
    #expect(try !Pattern("^(a|a)*$").matches(text))
    #expect(try Pattern("^(a?){50}a{50}").matches(text))
  }

  @Test(
    "Repetitions of nothing take no work when a pattern is compiled",
    arguments: ["((){999}){999}", "((a{0}){999}|){999}", "(((){9})*){999}"])
  func emptyRepetitions(text: String) throws {
    let builder = try PatternBuilder(text)
    #expect(builder.additions < 10_000)
    #expect(builder.steps.count < 5_000)
    #expect(try Pattern(text).matches("a"))
  }

  @Test("The work of compiling a pattern is bounded by the steps that it makes")
  func boundedCompilation() throws {
    // Each repetition has a thousand empty groups beside its one step.
    let builder = try PatternBuilder("(a\(String(repeating: "()", count: 1_000))){5000}")
    #expect(builder.steps.count == 5_001)
    #expect(builder.additions < 3 * builder.steps.count)
    // Counted out, these are 10^12 repetitions.
    #expect(try Pattern("(((){9999}){9999}){9999}").steps == [.match])
  }

  @Test("A match ends when its work is used up")
  func boundedMatching() throws {
    let pattern = try Pattern("^(a?){500}b$")
    let text = String(repeating: "a", count: 400)
    var work = 1_000
    #expect(pattern.matches(text, work: &work) == nil)
    #expect((-2_000..<0).contains(work))
    work = 1_000_000
    #expect(pattern.matches(text, work: &work) == false)
    #expect(work > 0)
  }
}
