import Glibc
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

  /// In /tmp, somebody else can have made a report's folder before, with links in it.
  @Test func aPrivateFolderIsNobodyElses() throws {
    let root = "/tmp/arbiter-files-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    defer { Files.removeTree(root) }
    try Files.makePrivateDirectory(root)
    try Files.makePrivateDirectory(root)
    var status = stat()
    #expect(stat(root, &status) == 0 && status.st_mode & 0o777 == 0o700)

    #expect(symlink(root, "\(root)/link") == 0 && mkdir("\(root)/open", 0o700) == 0 && chmod("\(root)/open", 0o777) == 0)
    for name in ["link", "open"] {
      let error = #expect(throws: CommandError.self) { try Files.makePrivateDirectory("\(root)/\(name)") }
      #expect(error?.message == "\(root)/\(name) is no folder of yours alone: remove it, or set TMPDIR to a folder of your own")
    }
  }
}
