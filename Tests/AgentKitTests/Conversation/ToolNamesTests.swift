import AgentKit
import Testing

@Suite("Tool names")
struct ToolNamesTests {
  @Test("A valid name stays as it is", arguments: ["fabricator", "a", "Sales-Agent_2", String(repeating: "x", count: 64)])
  func validNames(name: String) {
    let names = ToolNames([name])
    #expect(names.toolName(for: name) == name)
    #expect(names.name(forToolName: name) == name)
  }

  @Test(
    "Any other name becomes a valid one and comes back",
    arguments: ["", "sales agent", "Größe", "a.b", "日本語", String(repeating: "x", count: 65), "a-x0123456789abcdef", "emoji 🦀"])
  func otherNames(name: String) throws {
    let names = ToolNames([name])
    let toolName = try #require(names.toolName(for: name))
    #expect(toolName != name)
    #expect(ToolNames.isValid(toolName))
    #expect(names.name(forToolName: toolName) == name)
  }

  @Test("Names that look alike do not collide, in any order")
  func noCollisions() throws {
    let all = ["a b", "a_b", "a.b", "a  b", "a/b", String(repeating: "y", count: 70), String(repeating: "y", count: 71)]
    let names = ToolNames(all)
    let toolNames = try all.map { try #require(names.toolName(for: $0)) }
    #expect(Set(toolNames).count == all.count)
    #expect(ToolNames(all.reversed()) == names)
    #expect(names.toolName(for: "a_b") == "a_b")
  }

  @Test("A name that imitates the generated form does not take its place")
  func imitation() throws {
    let generated = try #require(ToolNames(["a b"]).toolName(for: "a b"))
    let names = ToolNames(["a b", generated])
    #expect(names.toolName(for: "a b") == generated)
    #expect(names.name(forToolName: generated) == "a b")
    let other = try #require(names.toolName(for: generated))
    #expect(other != generated && names.name(forToolName: other) == generated)
  }

  @Test("Unknown names are unknown")
  func unknown() {
    let names = ToolNames(["a"])
    #expect(names.toolName(for: "b") == nil)
    #expect(names.name(forToolName: "b") == nil)
  }
}
