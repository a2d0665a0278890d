import RuntimeAPI
import Testing

@Suite struct HTTPIntegrationPreludeTests {
  private static let stream = Array(#"{"statusCode":201}"#.utf8) + [UInt8](repeating: 0, count: 8) + Array("body".utf8)

  @Test(arguments: [1, 3, 20, 100]) func thePreludeComesOffHoweverItIsSplit(pieces: Int) {
    var prelude = HTTPIntegrationPrelude()
    var body: [UInt8] = []
    var rest = Self.stream[...]
    while !rest.isEmpty {
      body += prelude.body(of: Array(rest.prefix(pieces)))
      rest = rest.dropFirst(pieces)
    }
    prelude.end()
    #expect(prelude.text == #"{"statusCode":201}"#)
    #expect(prelude.problem == nil)
    #expect(body == Array("body".utf8))
  }

  @Test func whatIsNoPreludeIsSaidSo() {
    var cut = HTTPIntegrationPrelude()
    #expect(cut.body(of: Array("{}".utf8)).isEmpty)
    cut.end()
    #expect(cut.problem?.contains("eight null bytes") == true)
    var list = HTTPIntegrationPrelude()
    _ = list.body(of: Array("[]".utf8) + [UInt8](repeating: 0, count: 8))
    #expect(list.problem == "the prelude is no JSON object")
  }
}
