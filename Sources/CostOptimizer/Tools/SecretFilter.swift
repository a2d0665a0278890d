import JSON
import Telemetry

/// Takes out of a service's answer what a log would not show either: values whose names look secret, and secrets that can be told by their form.
struct SecretFilter {
  /// Names that look secret and are not: where a list goes on, and how access is controlled.
  private static let shown: Set<String> = [
    "NextToken", "nextToken", "NextPageToken", "nextPageToken", "ContinuationToken", "NextContinuationToken", "PaginationToken",
    "authorizationType", "authorizationScopes", "apiKeySource", "apiKeySelectionExpression", "signatureVersion",
  ]
  private let redaction = Redaction(showing: Self.shown)

  func text(_ text: String) -> String { redaction.cleaned(text) }

  func value(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): .string(redaction.cleaned(text))
    case .array(let elements): .array(elements.map(self.value))
    case .object(let object): .object(members(object))
    case .null, .bool, .number: value
    }
  }

  private func members(_ object: JSONObject) -> JSONObject {
    JSONObject(
      object.map { member in
        if redaction.hides(member.key, member.value) || isPairsSecret(member.key, member.value, object) {
          return (member.key, .string(Redaction.replacement))
        }
        return (member.key, value(member.value))
      })
  }

  /// Tags and settings are often pairs: {"Key": "password", "Value": "..."}, {"ParameterName": "apiKey", "ParameterValue": "..."}.
  private func isPairsSecret(_ key: String, _ value: JSONValue, _ object: JSONObject) -> Bool {
    guard key.hasSuffix("Value") || key == "value" else { return false }
    let stem = key.dropLast(5)
    let names = key == "value" ? ["key", "name"] : ["\(stem)Key", "\(stem)Name"]
    return names.contains { object[$0]?.stringValue.map { redaction.hides($0, value) } == true }
  }
}
