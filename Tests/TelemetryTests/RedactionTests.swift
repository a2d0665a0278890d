import JSON
import Telemetry
import Testing

/// Secrets by name and by form, and values of any size and depth.
@Suite struct RedactionTests {
  let lines = Lines()

  func logged(_ fields: JSONObject, _ redaction: Redaction = .standard) throws -> JSONValue {
    Logger(LoggerSettings(redaction: redaction), nowMilliseconds: { 0 }, output: lines.take).info("m", fields)
    return try #require(try lines.objects().last)
  }

  @Test(arguments: [
    ("key AKIAIOSFODNN7EXAMPLE was refused", "key (redacted) was refused"),
    ("(ASIAIOSFODNN7EXAMPLE)", "((redacted))"),
    ("Authorization: Bearer abcdef0123456789-._~+/==", "Authorization: Bearer (redacted)"),
    ("token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl!", "token=(redacted)!"),
    (
      "eyJ-eyJ-eyJ-eyJ-eyJ-eyJ-eyJ-eyJ-eyJ-eyJ- eyJ-hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
      String(repeating: "eyJ-", count: 10) + " (redacted)"
    ),
    ("postgres://ada:hunter2@db:5432/x?a=1 down", "postgres://(redacted)@db:5432/x?a=1 down"),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nrest", "(redacted)\nrest"),
    ("-----BEGIN PRIVATE KEY-----\nMIIE cut off", "(redacted)"),
    ("https://b/k?X-Amz-Security-Token=abc&x=1 AKIAIOSFODNN7EXAMPLE", "https://b/k?(redacted) (redacted)"),
    ("é AKIAIOSFODNN7EXAMPLE 語", "é (redacted) 語"),
  ])
  func secretsAreToldByTheirForm(text: String, expected: String) throws {
    #expect(try logged(["text": .string(text)])["text"]?.stringValue == expected)
    #expect(try logged(["deep": [["er": .string(text)]]])["deep"]?[0]?["er"]?.stringValue == expected)
  }

  @Test(arguments: [
    "XAKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLES", "akiaiosfodnn7example", "the bearer of bad news", "Bearer short", "eyJ.no.token",
    "http://host/a:b@c", "http://user@host/", "mailto:ada@example.com", "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
    String(repeating: "eyJ-", count: 4_000),
    "https://b/k?a=1&b=2", "why???? because", "arn:aws:iam::123456789012:role/x", "????????????????????????????????",
  ])
  func otherTextsAreLeftAsTheyAre(text: String) throws {
    #expect(try logged(["text": .string(text)])["text"]?.stringValue == text)
  }

  @Test func aFunctionHidesAndShowsMore() throws {
    let redaction = Redaction(hiding: ["IBAN", "date_of_birth"], showing: ["passwordPolicy"]) { text in
      text.hasPrefix("acct-") ? "acct-(redacted)" : text
    }
    let line = try logged(
      ["iban": "DE02", "dateOfBirth": 1815, "PasswordPolicy": "long", "password": "x", "note": "acct-12", "deep": ["IBAN": "DE03"]],
      redaction)
    #expect(line["iban"] == "(redacted)")
    #expect(line["dateOfBirth"] == "(redacted)")
    #expect(line["PasswordPolicy"] == "long")
    #expect(line["password"] == "(redacted)")
    #expect(line["note"] == "acct-(redacted)")
    #expect(line["deep"]?["IBAN"] == "(redacted)")
  }

  @Test func errorsAreCleanedToo() throws {
    struct Refused: Error, CustomStringConvertible { let description = "GET https://b/k?X-Amz-Signature=abc failed" }
    Logger(nowMilliseconds: { 0 }, output: lines.take).error("x", error: Refused())
    #expect(try lines.objects().last?["errorMessage"] == "GET https://b/k?(redacted) failed")
  }

  // MARK: Size

  @Test func noLineIsLongerThanCloudWatchTakes() throws {
    let control = String(repeating: "\u{1}", count: 100_000)
    let cases: [JSONObject] = [
      JSONObject((0..<50_000).map { ("field\($0)", .number($0)) }),
      JSONObject((0..<50).map { ("field\($0)", .string(control)) }),
      ["array": .array(Array(repeating: .string(control), count: 50))],
      ["array": .array(Array(repeating: .null, count: 500_000))],
      ["object": .object(JSONObject((0..<1_000).map { ("\($0)", .array([.string(control)])) }))],
      ["first": .array(Array(repeating: .null, count: 26_000)), "second": .array(Array(repeating: .string(control), count: 50))],
      [String(repeating: control, count: 3): 1],
      [control: 1, "number": try JSONValue(parsing: String(repeating: "9", count: 500_000))],
    ]
    for fields in cases {
      _ = try logged(fields)
      Logger(format: .text, nowMilliseconds: { 0 }, output: lines.take).info(control, fields)
      for line in lines.all { #expect(line.utf8.count < 256 << 10) }
      lines.removeAll()
    }
  }

  @Test func whatIsLeftOutIsCounted() throws {
    let line = try logged(["list": .array((0..<50_000).map(JSONValue.number)), "after": 1, "more": 2])
    let list = try #require(line["list"]?.arrayValue)
    #expect(list.last == .string("(\(50_000 - list.count + 1) more)"))
    #expect(line["fields_left_out"] == 2)
  }

  @Test func deepValuesAreCut() throws {
    var value: JSONValue = "bottom"
    for _ in 0..<10_000 { value = [value] }
    _ = try logged(["deep": value])
    #expect(lines.all.last?.contains("nested too deeply") == true)
  }

  @Test func aNameTwiceIsOneFieldWithTheLastValue() throws {
    _ = try logged(JSONObject([("a", 1), ("b", 2), ("a", 3), ("message", 4), ("message_", 5)]))
    #expect(lines.all.last?.contains(#""a":3,"b":2,"message_":5}"#) == true)
  }

  @Test func aCutTextEndsWithAWholeCharacter() throws {
    let text = String(repeating: "語", count: 6_000)
    let line = try logged(["text": .string(text)])
    #expect(line["text"]?.stringValue == String(repeating: "語", count: 5_461) + "... (1617 bytes more)")
  }
}
