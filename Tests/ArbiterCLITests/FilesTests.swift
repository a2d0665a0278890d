import Testing

@testable import ArbiterCLI

struct FilesTests {
  @Test(arguments: [
    ("", "file.json:1:1:"), ("[1 2]", "file.json:1:4:"), ("{\n  \"a\": 1,\n  \"b\" 2\n}", "file.json:3:7:"),
    ("[1]\nmore", "file.json:2:1:"),
  ])
  func anErrorInJSONIsSaidByLineAndColumn(_ text: String, _ place: String) {
    let error = #expect(throws: CommandError.self) { try Files.parseJSON(Array(text.utf8), of: "file.json") }
    #expect(error?.message.hasPrefix(place) ?? false, "\(error?.message ?? "")")
  }
}
