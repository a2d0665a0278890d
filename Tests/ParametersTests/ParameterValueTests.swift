import JSON
import Parameters
import Testing

@Suite struct ParameterValueTests {
  struct Login: Codable {
    var user: String
    var port: Int
  }

  @Test func aValueHasManyForms() throws {
    #expect(try ParameterValue(name: "p", text: #"{"a":1}"#).json() == ["a": 1])
    #expect(try ParameterValue(name: "p", text: "AAE=").base64() == [0, 1])
    #expect(ParameterValue(name: "p", text: "a,,b").list == ["a", "", "b"])
    #expect(try ParameterValue(name: "p", text: #"{"user":"ada","port":1}"#).decoded(as: Login.self).port == 1)
    #expect(try ParameterValue(name: "p", text: "[1]").json(as: JSONValue.self) == [1])
  }

  @Test func noErrorShowsTheValue() {
    let secret = "hunter2"
    let errors: [ParameterError?] = [
      #expect(throws: ParameterError.self) { try ParameterValue(name: "p", text: secret).json() },
      #expect(throws: ParameterError.self) { try ParameterValue(name: "p", text: secret).decoded(as: Login.self) },
      #expect(throws: ParameterError.self) {
        try ParameterValue(name: "p", text: #"{"user":"ada","port":"hunter2"}"#).decoded(as: Login.self)
      },
      #expect(throws: ParameterError.self) { try ParameterValue(name: "p", text: #"{"user":"hunter2"}"#).decoded(as: Login.self) },
      #expect(throws: ParameterError.self) { try ParameterValue(name: "p", text: secret).base64() },
    ]
    for error in errors {
      #expect(error?.description.contains("'p'") == true)
      #expect(error?.description.contains(secret) == false)
    }
    #expect(errors[2] == .unexpected(name: "p", type: "Login", field: "port"))
  }

  @Test func noDescriptionShowsTheValue() {
    struct Holder { let value: ParameterValue }
    let value = ParameterValue(name: "p", text: "hunter2", version: "3")
    var dumped = ""
    dump(Holder(value: value), to: &dumped)
    for text in ["\(value)", String(reflecting: value), "\(Holder(value: value))", "\([value])", dumped] {
      #expect(!text.contains("hunter2"))
      #expect(!text.contains("104"))
    }
  }
}
