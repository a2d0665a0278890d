public import AWSClient
import AgentKit
import JSON

/// Makes a journal's table in DynamoDB: paid by request, with the index `status-date-index`, and rows that expire by `ttl`.
///
/// The calls that it takes are not in the functions' client of DynamoDB, which would grow by them.
public struct DynamoDBJournalTableMaker: JournalTableMaker {
  /// Looks at a table that is being made, a second apart.
  private static let looks = 90

  private let client: AWSClient

  public init(client: AWSClient) { self.client = client }

  /// - Throws: `AWSError`, and `JournalTableWithoutExpiry` for a table that can be used but keeps its rows.
  public func makeTable(named name: String) async throws {
    do {
      _ = try await call("CreateTable", Self.definition(name))
    } catch let error as AWSError where error.code == "ResourceInUseException" {
      // Somebody else makes it.
    }
    try await waitUntilActive(name)
    do {
      _ = try await call(
        "UpdateTimeToLive",
        ["TableName": .string(name), "TimeToLiveSpecification": ["Enabled": true, "AttributeName": "ttl"]])
    } catch let error as AWSError where error.code == "ValidationException" && error.mentions("already enabled") {
    } catch {
      throw JournalTableWithoutExpiry(description: "the rows of the table '\(name)' do not expire by themselves: \(error)")
    }
  }

  private func waitUntilActive(_ name: String) async throws {
    for look in 1... {
      let status: String?
      do {
        status = try await call("DescribeTable", ["TableName": .string(name)])["Table"]?["TableStatus"]?.stringValue
      } catch let error as AWSError where error.code == "ResourceNotFoundException" {
        // Not known everywhere yet.
        status = nil
      }
      if status == "ACTIVE" { return }
      guard look < Self.looks else {
        throw AWSError(
          code: "TableNotActive", message: "the table '\(name)' is \(status ?? "not there") after \(look) looks", service: "DynamoDB",
          operation: "DescribeTable", isRetryable: true)
      }
      try await client.clock.sleep(milliseconds: 1_000)
    }
  }

  static func definition(_ name: String) -> JSONValue {
    func key(_ attribute: String, _ type: String) -> JSONValue { ["AttributeName": .string(attribute), "KeyType": .string(type)] }
    return [
      "TableName": .string(name), "BillingMode": "PAY_PER_REQUEST",
      "AttributeDefinitions": .array(
        ["PK", "SK", "status", "timestamp"].map { ["AttributeName": .string($0), "AttributeType": "S"] }),
      "KeySchema": [key("PK", "HASH"), key("SK", "RANGE")],
      "GlobalSecondaryIndexes": [
        [
          "IndexName": "status-date-index", "KeySchema": [key("status", "HASH"), key("timestamp", "RANGE")],
          "Projection": ["ProjectionType": "ALL"],
        ]
      ],
    ]
  }

  private func call(_ operation: String, _ input: JSONValue) async throws -> JSONValue {
    var request = ServiceRequest(.dynamoDB, operation, endpoint: try client.configuration.endpoint(of: .dynamoDB))
    request.header("content-type", "application/x-amz-json-1.0")
    request.header("x-amz-target", "DynamoDB_20120810.\(operation)")
    request.body = input.bytes
    let response = try await client.perform(request)
    do throws(JSONError) { return try JSONValue(parsing: response.body) } catch {
      throw AWSError(
        code: AWSError.invalidResponseCode, message: "the answer could not be read: \(error)", service: "DynamoDB", operation: operation,
        httpStatus: response.status)
    }
  }
}

/// A table that can be used, whose rows do not expire.
public struct JournalTableWithoutExpiry: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String
}
