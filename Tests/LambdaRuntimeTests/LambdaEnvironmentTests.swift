import LambdaRuntime
import Testing

@Suite struct LambdaEnvironmentTests {
  let environment = LambdaEnvironment(["TABLE": "t", "EMPTY": "", "COUNT": "12", "FLAG": "true", "WORD": "yes"])

  @Test func readsValues() throws {
    #expect(try environment.required("TABLE") == "t")
    #expect(environment["EMPTY"] == nil)
    #expect(try environment.integer("COUNT", standard: 1, in: 1...20) == 12)
    #expect(try environment.integer("ABSENT", standard: 3, in: 1...20) == 3)
    #expect(try environment.boolean("FLAG", standard: false))
    #expect(try environment.boolean("ABSENT", standard: true))
  }

  @Test func errorsNameVariableValueAndExpectation() throws {
    func message(_ body: () throws -> Void) throws -> String? {
      #expect(throws: ConfigurationError.self) { try body() }?.description
    }
    #expect(
      try message { _ = try environment.required("EMPTY", "the name of a table") }
        == "environment variable EMPTY is not set; expected the name of a table")
    #expect(
      try message { _ = try environment.integer("COUNT", standard: 1, in: 1...10) }
        == "environment variable COUNT is '12'; expected a whole number from 1 to 10")
    #expect(
      try message { _ = try environment.integer("WORD", standard: 1, in: 1...10) }
        == "environment variable WORD is 'yes'; expected a whole number from 1 to 10")
    #expect(
      try message { _ = try environment.boolean("WORD", standard: true) } == "environment variable WORD is 'yes'; expected true or false")
  }

  @Test func theProcessHasAnEnvironment() {
    #expect(LambdaEnvironment.ofProcess["PATH"]?.isEmpty == false)
  }
}
