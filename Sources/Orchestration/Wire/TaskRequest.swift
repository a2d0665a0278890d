public import JSON

/// The detail of a `task.request` event: what a caller wants done.
public struct TaskRequest: Sendable, Equatable {
  public static let source = "task.request"

  public var task: String
  /// The caller's id; nil means that the event's id is used.
  public var orchestrationID: String?
  public var deadlineSeconds: Int?
  /// Millionths of a US dollar.
  public var budgetMicroUSD: Int64?
  public var callback: Callback?
  /// How many supervisors stand above this request.
  public var depth: Int

  public init(
    task: String, orchestrationID: String? = nil, deadlineSeconds: Int? = nil, budgetMicroUSD: Int64? = nil, callback: Callback? = nil,
    depth: Int = 0
  ) {
    self.task = task
    self.orchestrationID = orchestrationID
    self.deadlineSeconds = deadlineSeconds
    self.budgetMicroUSD = budgetMicroUSD
    self.callback = callback
    self.depth = depth
  }
}

extension TaskRequest {
  /// Longest deadline that may be asked for: 30 days.
  static let maximumDeadlineSeconds = 30 * 24 * 3600

  /// Reads the detail of an event.
  /// - Throws: `WireError` that names the field and the value.
  public init(detail: JSONValue) throws(WireError) {
    guard detail.objectValue != nil else { throw WireError(field: "detail", value: detail.text, expected: "an object") }
    guard let value = detail["task"], !value.isNull else {
      throw WireError(field: "detail.task", value: "absent", expected: "the task, a non-empty string")
    }
    guard let task = value.stringValue, task.contains(where: { !$0.isWhitespace }) else {
      throw WireError(field: "detail.task", value: value.text, expected: "the task, a non-empty string")
    }
    var orchestrationID: String?
    if let value = detail["orchestrationId"], !value.isNull {
      guard let text = value.stringValue, OrchestrationID.isValid(text) else {
        throw WireError(
          field: "detail.orchestrationId", value: value.text,
          expected: "1 to 128 letters, digits, '.', '_', ':' and '-', beginning with a letter or digit, and not \"0\"")
      }
      orchestrationID = text
    }
    var deadlineSeconds: Int?
    if let value = detail["deadlineSeconds"], !value.isNull {
      guard let seconds = value.intValue, (1...Self.maximumDeadlineSeconds).contains(seconds) else {
        throw WireError(
          field: "detail.deadlineSeconds", value: value.text, expected: "whole seconds from 1 to \(Self.maximumDeadlineSeconds)")
      }
      deadlineSeconds = seconds
    }
    var budgetMicroUSD: Int64?
    if let value = detail["budgetUSD"], !value.isNull {
      guard let dollars = value.doubleValue, dollars > 0, dollars <= 1_000_000 else {
        throw WireError(field: "detail.budgetUSD", value: value.text, expected: "a number above 0 and at most 1000000")
      }
      budgetMicroUSD = Int64(dollars * 1_000_000)
    }
    var depth = 0
    if let value = detail["depth"], !value.isNull {
      guard let number = value.intValue, (0...1000).contains(number) else {
        throw WireError(field: "detail.depth", value: value.text, expected: "a whole number from 0 to 1000")
      }
      depth = number
    }
    let callback: Callback?
    if let value = detail["callback"], !value.isNull {
      callback = try Callback(value, field: "detail.callback")
    } else {
      callback = nil
    }
    self.init(
      task: task, orchestrationID: orchestrationID, deadlineSeconds: deadlineSeconds, budgetMicroUSD: budgetMicroUSD,
      callback: callback, depth: depth)
  }
}

extension TaskRequest: JSONEncodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("task", task)
    writer.member(ifPresent: "orchestrationId", orchestrationID)
    writer.member(ifPresent: "deadlineSeconds", deadlineSeconds)
    if let budgetMicroUSD { writer.member("budgetUSD", Double(budgetMicroUSD) / 1_000_000) }
    writer.member(ifPresent: "callback", callback)
    if depth > 0 { writer.member("depth", depth) }
    writer.endObject()
  }
}
