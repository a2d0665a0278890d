public import JSON

/// Fields that every line carries which the current task, and the tasks it starts, log: the orchestration, the task, the agent.
public enum Correlation {
  @TaskLocal public static var fields: JSONObject = [:]

  /// Runs `operation` with fields added to those in force.
  public static func with<Result>(_ fields: JSONObject, operation: () async throws -> Result) async rethrows -> Result {
    try await $fields.withValue(self.fields.merging(fields), operation: operation)
  }
}

extension JSONObject {
  /// This object with the members of another; of a name in both, the other's value.
  public func merging(_ other: JSONObject) -> JSONObject {
    if other.isEmpty { return self }
    if isEmpty { return other }
    var result = self
    for member in other { result[member.key] = member.value }
    return result
  }
}
