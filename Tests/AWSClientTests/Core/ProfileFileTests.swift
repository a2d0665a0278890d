import Testing

@testable import AWSClient

struct ProfileFileTests {
  private func sections(_ text: String) throws -> [String: ProfileFile.Section] { try ProfileFile(parsing: Array(text.utf8)).sections }

  @Test func settingsCommentsAndBlanks() throws {
    let text = """
      # of the team
      [default]
      region=us-east-1
        ; not a setting, and no continuation either
      Output : json
      token = a = b # not a comment
      empty =
      \t
      [profile  two]\t
        indented = yes
      """
    let sections = try sections(text)
    #expect(
      sections["default"] == [
        "region": .text("us-east-1"), "output": .text("json"), "token": .text("a = b # not a comment"), "empty": .text(""),
      ])
    #expect(sections["profile  two"] == ["indented": .text("yes")])
  }

  @Test func deeperLinesBelongToTheValueAbove() throws {
    let sections = try sections("[a]\nlong = one\n  two\n\n   three\n\nnext = 1\ns3 =\n  Max = 10\n\n  url = http://x/?a=b\nlast = 2\n")
    #expect(sections["a"]?["long"] == .text("one\ntwo\n\nthree"))
    #expect(sections["a"]?["next"] == .text("1"))
    #expect(sections["a"]?["s3"] == .nested(["Max": "10", "url": "http://x/?a=b"]))
    #expect(sections["a"]?["last"] == .text("2"))
  }

  @Test func linesEndInAnyWay() throws {
    let bytes: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("[a]\r\nb = c\rd = e\n\r\nf = g".utf8)
    #expect(try ProfileFile(parsing: bytes).sections == ["a": ["b": .text("c"), "d": .text("e"), "f": .text("g")]])
  }

  @Test func whatStandsInTheDefaultsStandsEverywhere() throws {
    let sections = try sections("[DEFAULT]\nregion = a\noutput = json\n[one]\nregion = b\n")
    #expect(sections == ["one": ["region": .text("b"), "output": .text("json")]])
  }

  @Test(
    arguments: [
      ("region = x\n", 1, "in front of the first section"), ("[a]\n\n[b]\n[a]\n", 4, "begins a second time"),
      ("[a]\nb = 1\nB = 2\n", 3, "a second time"), ("[a]\nvery secret\n", 2, "neither"), ("[a]\n= x\n", 2, "without a name"),
      ("[a]\ns3 =\n  very secret\n", 2, "below 's3'"), ("[]\n", 1, "first section"),
    ]) func aLineThatCannotBeReadIsNumbered(text: String, line: Int, reason: String)
  {
    let error = #expect(throws: ProfileFile.ParsingError.self) { try ProfileFile(parsing: Array(text.utf8)) }
    #expect(error?.line == line)
    #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
    #expect(error?.reason.contains("very secret") == false)
  }

  @Test func bytesThatAreNoTextAreAnError() {
    let error = #expect(throws: ProfileFile.ParsingError.self) { try ProfileFile(parsing: Array("[a]\nb = ".utf8) + [0xFF, 0x0A]) }
    #expect(error?.line == 2)
  }

  /// Whatever the bytes, the parser ends without a crash, and what it takes twice is the same.
  @Test func anyBytesAreReadOrRefused() {
    var state: UInt64 = 42
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let alphabet = Array("[]=:#; \t\r\nab\\\"'\u{e9}".utf8) + [0xFF, 0x00]
    for _ in 0..<2_000 {
      let bytes = (0..<next(40)).map { _ in alphabet[next(alphabet.count)] }
      let once = try? ProfileFile(parsing: bytes)
      #expect(once == (try? ProfileFile(parsing: bytes)))
      _ = try? ShellWords.split(String(decoding: bytes, as: UTF8.self))
    }
  }

  @Test func sectionsAreSortedByTheirHeaders() throws {
    let config = try ProfileFile(
      parsing: Array(
        "[default]\na = 1\n[profile x]\na = 2\n[profile \"with blank\"]\na = 3\n[y]\na = 4\n[sso-session s]\na = 5\n[services v]\na = 6\n[profile]\na = 7\n"
          .utf8))
    let credentials = try ProfileFile(parsing: Array("[x]\nb = 8\na = 9\n[only here]\na = 10\n".utf8))
    let shared = SharedConfiguration(config: config, credentials: credentials)
    #expect(Set(shared.configProfiles.keys) == ["default", "x", "with blank"])
    #expect(shared.profile("x") == ["a": .text("9"), "b": .text("8")])
    #expect(shared.profile("only here") == ["a": .text("10")])
    #expect(shared.profile("y") == nil)
    #expect(shared.ssoSessions == ["s": ["a": .text("5")]])
    #expect(shared.services == ["v": ["a": .text("6")]])
  }

  @Test(
    arguments: [
      ("a b  c", ["a", "b", "c"]), ("'a b' \"c d\"", ["a b", "c d"]), ("a\\ b", ["a b"]), ("\"a\\\"b\\c\"", ["a\"b\\c"]), ("''", [""]),
      ("a'b'\"c\"", ["abc"]), ("", []), (" \t\n", []), ("'a\\b'", ["a\\b"]),
      ("/bin/x --url=http://h/?a=1&b=2", ["/bin/x", "--url=http://h/?a=1&b=2"]),
    ] as [(String, [String])]) func wordsAreSplitAsAShellSplitsThem(text: String, words: [String]) throws
  {
    #expect(try ShellWords.split(text) == words)
  }

  @Test func openQuotesAreErrors() {
    for text in ["'a", "\"a", "\"a\\"] { #expect(throws: ShellWords.Failure.openQuote) { try ShellWords.split(text) } }
    #expect(throws: ShellWords.Failure.trailingBackslash) { try ShellWords.split("a\\") }
  }

  @Test func pathsAreThoseOfTheUser() {
    let environment: Environment = ["HOME": "/home/me", "X": "/x", "EMPTY": ""]
    #expect(UserPath.expand("~/a", environment) == "/home/me/a")
    #expect(UserPath.expand("$X/b/${X}$NONE${NONE}$", environment) == "/x/b//x$NONE${NONE}$")
    #expect(UserPath.expand("$EMPTY/a", environment) == "/a")
    #expect(UserPath.expand("/a~", environment) == "/a~")
    #expect(UserPath.expand("~/a", [:]) == nil)
  }
}
