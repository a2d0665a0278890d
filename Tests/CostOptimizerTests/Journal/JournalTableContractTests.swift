import AWSClient
import CostOptimizer
import Testing

/// The calls that make a journal's table against the oracle of Tests/Contract, which refuses what botocore's models do not know.
@Suite(.enabled(if: Environment.current["ARBITER_ORACLE_URL"] != nil))
struct JournalTableContractTests {
  @Test func `a table is made by requests that DynamoDB's model knows`() async throws {
    var environment = ["AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "secret+/x"]
    environment["AWS_ENDPOINT_URL"] = Environment.current["ARBITER_ORACLE_URL"]
    let client = AWSClient(configuration: try .fromEnvironment(Environment(environment)))
    try await DynamoDBJournalTableMaker(client: client).makeTable(named: "journal")
  }
}
