import JSON
import Testing

@testable import AgentKit

@Suite("The calculate tool")
struct ExpressionTests {
  private func calculate(_ expression: String, _ variables: JSONValue = [:]) async throws -> JSONValue {
    try await CalculateTool().run(
      ["expression": .string(expression), "variables": variables], ToolContext(orchestrationID: "o", taskID: "t"))
  }

  @Test(
    "Arithmetic",
    arguments: [
      ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("0.1 + 0.2", "0.3"), ("-2^2", "-4"), ("2^3^2", "512"), ("2^-1", "0.5"), ("7 % 3", "1"),
      ("-7 % 3", "-1"), ("10 / 4", "2.5"), ("1e3 - 1", "999"), ("--1", "1"), ("2 * -3", "-6"), ("abs(-1.5)", "1.5"), ("min(3, 1, 2)", "1"),
      ("max(3, 1, 2)", "3"), ("sum(0.1, 0.2, 0.3)", "0.6"), ("avg(1, 2)", "1.5"), ("round(2.345, 2)", "2.35"), ("round(-2.5)", "-3"),
      ("round(1234, -2)", "1200"), ("floor(-1.5)", "-2"), ("ceil(1.2)", "2"), ("sqrt(144)", "12"), ("1 - 1", "0"), (".5 + 5.", "5.5"),
      ("19.99 * 3 * 1.0825", "64.917525"), ("100000000000000000001 - 1", "100000000000000000000"),
    ])
  func arithmetic(expression: String, result: String) async throws {
    let output = try await calculate(expression)
    #expect(output["result"]?.text == result)
    #expect(output["exact"] == true)
  }

  @Test("What was rounded says so")
  func rounded() async throws {
    #expect(try await calculate("1 / 3")["exact"] == false)
    #expect(try await calculate("round(1 / 3, 2)") == ["expression": "round(1 / 3, 2)", "result": 0.33, "exact": false])
    #expect(try await calculate("sqrt(2)")["exact"] == false)
  }

  @Test("Names stand for numbers")
  func variables() async throws {
    #expect(try await calculate("(new - old) / old * 100", ["new": 110, "old": 100])["result"] == 10)
    #expect(try await calculate("[unit price] * 2", ["unit price": "1.25"])["result"] == 2.5)
    #expect(try await calculate("größe + 1", ["größe": 1])["result"] == 2)
  }

  @Test(
    "What cannot be computed says why",
    arguments: [
      ("1 +", "expected a number, a name or '(' at position 4, found the end"), ("1 2", "expected an operator or the end"),
      ("(1", "expected ')'"), ("x + 1", "there is no variable 'x'"), ("foo(1)", "there is no function 'foo'"),
      ("round(1, 2, 3)", "takes 1 to 2 arguments, found 3"), ("1 / 0", "division by zero"), ("2^0.5", "no whole number"),
      ("9^9^9^9", "10000 digits"), ("sqrt(-1)", "square root of a negative"), ("$5", "expected a number"), ("1,000 + 1", "without them"),
      ("text + 1", "'text' is \"abc\", not a number"), ("[x", "expected ']'"), ("min()", "found 0"), ("1 % 0", "division by zero"),
    ])
  func errors(expression: String, message: String) async throws {
    let error = await #expect(throws: ToolError.self) { try await calculate(expression, ["text": "abc"]) }
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
  }

  @Test("Nesting is limited, not a crash")
  func nesting() async throws {
    for text in [String(repeating: "(", count: 4_000), String(repeating: "-", count: 4_000), String(repeating: "2^", count: 2_000) + "2"] {
      await #expect(throws: ToolError.self) { try await calculate(text) }
    }
  }
}
