import AgentKit
import Foundation
import JSON
import Orchestration
import Testing

@testable import CodeAgents

/// The module that `docs/sandbox.md` begins with.
@Suite struct GuideExampleTests {
  @Test func `the example of the sandbox's guide does what it says, with the grants that it names`() async throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let guide = try String(contentsOf: root.appending(path: "docs/sandbox.md"), encoding: .utf8)
    let begin = try #require(guide.range(of: "```js\n")?.upperBound)
    let end = try #require(guide[begin...].range(of: "```")?.lowerBound)
    let world = try CodeWorld()
    try await world.blobs.put(key: "workspaces/shared/a.csv", bytes: Array("a,b\n1,2\n3,4\n".utf8), contentType: "text/csv")
    try await world.register(module: String(guide[begin..<end]), config: ["tools": ["query_table"], "capabilities": ["log"]])
    let answer = try await world.answer("use-1", ["path": "shared/a.csv"])
    #expect(answer.data == ["count": 2, "columns": ["a", "b"]], "\(answer.message ?? "")")
  }
}
