import AgentKit
import JSON
import Testing

@Suite("The workspace tools")
struct WorkspaceToolsTests {
  private let blobs = InMemoryBlobStore([
    "workspaces/shared/in.txt": Array("shared text".utf8), "workspaces/run-1/own.txt": Array("own text".utf8),
    "workspaces/run-2/secret.txt": Array("secret".utf8), "agents/code.js": Array("code".utf8),
  ])

  private func run(_ name: String, _ input: JSONValue, orchestrationID: String = "run-1") async throws -> JSONValue {
    let tools = try BuiltInTools.tools(
      named: [name], workspace: Workspace(blobs: blobs, orchestrationID: orchestrationID), clock: ManualClock())
    return try await tools[0].run(input, ToolContext(orchestrationID: orchestrationID, taskID: "t"))
  }

  @Test("An agent reads its own files and the shared ones")
  func read() async throws {
    #expect(try await run("read_object", ["path": "own.txt"])["text"] == "own text")
    #expect(
      try await run("read_object", ["path": "shared/in.txt"]) == [
        "path": "shared/in.txt", "byte_count": 11, "offset": 0, "text": "shared text",
      ])
  }

  @Test(
    "No path leads out of the workspace",
    arguments: [
      "../run-2/secret.txt", "/run-2/secret.txt", "a/../../run-2/secret.txt", "", "a//b", "./own.txt", "a\\..\\b", "a\u{0}b",
      "shared/../run-2/secret.txt",
    ])
  func escapes(path: String) async throws {
    for name in ["read_object", "write_object"] {
      let error = await #expect(throws: ToolError.self) { try await run(name, ["path": .string(path), "content": "x"]) }
      #expect(error?.code == "invalid_path")
    }
    #expect(blobs.keys.count == 4)
  }

  @Test("A file of another run is not found")
  func otherRun() async throws {
    let error = await #expect(throws: ToolError.self) { try await run("read_object", ["path": "secret.txt"]) }
    #expect(error?.code == "not_found")
  }

  @Test("An agent writes into its own workspace only")
  func write() async throws {
    #expect(
      try await run("write_object", ["path": "reports/a.md", "content": "# Ä"])
        == ["path": "reports/a.md", "byte_count": 4])
    #expect(try await run("read_object", ["path": "reports/a.md"])["text"] == "# Ä")
    let error = await #expect(throws: ToolError.self) { try await run("write_object", ["path": "shared/in.txt", "content": "x"]) }
    #expect(error?.code == "read_only")
    #expect(try await blobs.get(key: "workspaces/shared/in.txt") == Array("shared text".utf8))
  }

  @Test("An orchestration named 'shared' cannot write what all may read")
  func sharedOrchestration() async throws {
    let error = await #expect(throws: ToolError.self) {
      try await run("write_object", ["path": "in.txt", "content": "x"], orchestrationID: "shared")
    }
    #expect(error?.code == "no_workspace")
    #expect(try await run("read_object", ["path": "shared/in.txt"], orchestrationID: "shared")["text"] == "shared text")
  }

  @Test("A long text comes in parts that fit together, also between the bytes of a character", arguments: [1, 3, 7])
  func parts(length: Int) async throws {
    let text = String(repeating: "aä€🦀", count: 50)
    try await blobs.put(key: "workspaces/run-1/long.txt", bytes: Array(text.utf8), contentType: "")
    var read = ""
    var offset: Int? = 0
    while let next = offset {
      let part = try await run("read_object", ["path": "long.txt", "offset": .number(next), "length": .number(length)])
      read += part["text"]?.stringValue ?? ""
      offset = part["next_offset"]?.intValue
      if let offset { try #require(offset > next) }
    }
    #expect(read == text)
    let error = await #expect(throws: ToolError.self) { try await run("read_object", ["path": "long.txt", "offset": 9_999]) }
    #expect(error?.code == "invalid_offset")
  }

  @Test("What is no text is refused")
  func binary() async throws {
    try await blobs.put(key: "workspaces/run-1/x.bin", bytes: [0xFF, 0xFE, 0x00], contentType: "")
    let error = await #expect(throws: ToolError.self) { try await run("read_object", ["path": "x.bin"]) }
    #expect(error?.code == "not_text")
  }

  @Test(
    "Listings show the shared files and one's own",
    arguments: [
      ("", ["shared/in.txt", "own.txt"]), ("sha", ["shared/in.txt"]), ("shared/", ["shared/in.txt"]), ("shared/i", ["shared/in.txt"]),
      ("ow", ["own.txt"]), ("none", []),
    ])
  func list(prefix: String, paths: [String]) async throws {
    let output = try await run("list_objects", ["prefix": .string(prefix)])
    #expect(output["objects"]?.arrayValue?.compactMap { $0["path"]?.stringValue } == paths)
    #expect(output["truncated"] == false)
  }

  @Test("A listing cannot leave the workspace", arguments: ["../", "/", "a/../../run-2/"])
  func listEscapes(prefix: String) async throws {
    await #expect(throws: ToolError.self) { try await run("list_objects", ["prefix": .string(prefix)]) }
  }

  @Test("The time is the clock's")
  func time() async throws {
    #expect(try await run("current_time", [:]) == ["utc": "2023-11-14T22:13:20.000Z", "epoch_milliseconds": 1_700_000_000_000])
  }

  @Test("A tool that there is not is named, with those that there are")
  func unknownTool() {
    let error = #expect(throws: BuiltInTools.UnknownTool.self) {
      try BuiltInTools.tools(named: ["shell"], workspace: Workspace(blobs: blobs, orchestrationID: "o"), clock: ManualClock())
    }
    #expect(
      error?.description
        == "there is no tool 'shell'; there are calculate, converse, current_time, http_get, list_objects, query_table, read_object, write_object"
    )
  }
}
