import AWSClient
import JSON

/// A request that DynamoDB refuses, as it says so.
struct TableFailure: Error {
  /// Why one action of a transaction kept it from happening.
  struct Reason {
    var code = "None"
    var message: String?
    var item: [String: AttributeValue]?
  }

  var code: String
  var message: String
  var status = 400
  /// The item that failed a condition, where the request asked for it.
  var item: [String: AttributeValue]?
  /// One for each action of a transaction, in their order.
  var reasons: [Reason] = []

  static func validation(_ message: String) -> TableFailure { TableFailure(code: "ValidationException", message: message) }
  static func invalid(_ message: String) -> TableFailure { .validation("One or more parameter values were invalid: \(message)") }
  static let noTable = TableFailure(code: "ResourceNotFoundException", message: "Requested resource not found")
  static let wrongKey = TableFailure.validation("The provided key element does not match the schema")
  static let throttled = TableFailure(
    code: "ProvisionedThroughputExceededException",
    message: "The level of configured provisioned throughput for the table was exceeded. "
      + "Consider increasing your provisioning level with the UpdateTable API.")
  static let internalError = TableFailure(code: "InternalServerError", message: "Internal server error", status: 500)
  static let conflict = TableFailure(code: "TransactionConflictException", message: "Transaction is ongoing for the item")

  static func conditionFailed(_ item: [String: AttributeValue]?) -> TableFailure {
    TableFailure(code: "ConditionalCheckFailedException", message: "The conditional request failed", item: item)
  }

  static func cancelled(_ reasons: [Reason]) -> TableFailure {
    let codes = reasons.map(\.code).joined(separator: ", ")
    return TableFailure(
      code: "TransactionCanceledException",
      message: "Transaction cancelled, please refer cancellation reasons for specific reasons [\(codes)]", reasons: reasons)
  }

  private var namespace: String {
    switch code {
    case "ValidationException", "SerializationException", "ThrottlingException": "com.amazon.coral.validate"
    default: "com.amazonaws.dynamodb.v20120810"
    }
  }

  var body: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("__type", "\(namespace)#\(code)")
    // The errors of a transaction have a capital letter here.
    if reasons.isEmpty { writer.member("message", message) } else { writer.member("Message", message) }
    if let item {
      writer.key("Item")
      writer.ordered(item)
    }
    if !reasons.isEmpty {
      writer.key("CancellationReasons")
      writer.beginArray()
      for reason in reasons {
        writer.beginObject()
        writer.member("Code", reason.code)
        if let message = reason.message { writer.member("Message", message) }
        if let item = reason.item {
          writer.key("Item")
          writer.ordered(item)
        }
        writer.endObject()
      }
      writer.endArray()
    }
    writer.endObject()
    return writer.bytes
  }
}
