import Glibc
import Testing

@testable import LambdaRuntime

@Suite(.serialized) struct TraceVariableTests {
  private func current() -> String? { getenv("_X_AMZN_TRACE_ID").map { String(cString: $0) } }

  /// Another thread that reads the variable while it is written finds an end in it.
  @Test func whatFollowsTheValueIsZeroFromTheStart() throws {
    var variable = TraceVariable()
    variable.set("Root=1-a")
    let value = try #require(getenv("_X_AMZN_TRACE_ID"))
    #expect((8..<1900).allSatisfy { value[$0] == 0 })
    variable.set(nil)
  }

  @Test func followsTheInvocation() {
    var variable = TraceVariable()
    variable.set("Root=1-a;Sampled=1")
    #expect(current() == "Root=1-a;Sampled=1")
    variable.set("Root=1-b")
    #expect(current() == "Root=1-b")
    variable.set(nil)
    #expect(current() == nil)
    variable.set("Root=1-c")
    #expect(current() == "Root=1-c")
    variable.set(String(repeating: "x", count: 4000))
    #expect(current() == nil)
  }
}
