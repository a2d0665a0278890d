import AWSClient
import AgentKit
import Foundation
import FoundationNetworking
import JSON
import Testing

@testable import CostOptimizer

/// The golden account as a service: the same recordings, asked for by signed requests of every protocol and read from their answers, give the same
/// inventory, figures and recommendations. Scripts/test-contract.sh starts Tests/Account/account.py with the recordings and sets ARBITER_ACCOUNT_URL.
@Suite(.enabled(if: Environment.current["ARBITER_ACCOUNT_URL"] != nil))
struct GoldenAccountOverHTTPTests {
  /// Calls that are throttled first, one of each way that services say it, and as often; fewer than the client's attempts.
  private static let throttles = ["lambda.ListFunctions": 2, "dynamodb.DescribeTable": 1, "s3.ListBuckets": 1, "sts.GetCallerIdentity": 1]

  /// Asks the account itself, beside what it answers as a service.
  private static func control(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue {
    let url = try #require(URL(string: (Environment.current["ARBITER_ACCOUNT_URL"] ?? "") + "/_account/" + path))
    var request = URLRequest(url: url)
    request.httpMethod = method
    request.httpBody = body.map { Data($0.text.utf8) }
    return try JSONValue(parsing: [UInt8](try await URLSession.shared.data(for: request).0))
  }

  @Test func overHTTPTheAccountIsTheSame() async throws {
    let (recorded, recording) = try await GoldenAnalysis.recorded()
    _ = try await Self.control("DELETE", "calls")
    _ = try await Self.control("PUT", "throttles", .object(JSONObject(Self.throttles.map { ($0.key, .number($0.value)) })))
    let environment: [String: String] = [
      "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "secret+/x",
      "AWS_ENDPOINT_URL": Environment.current["ARBITER_ACCOUNT_URL"] ?? "",
    ]
    let client = AWSClient(configuration: try .fromEnvironment(Environment(environment)))
    let asked = await GoldenAnalysis(of: AWSAccountReader(client: client))

    #expect(asked.recommendations.map(\.finding.id) == recorded.recommendations.map(\.finding.id))
    #expect(asked.recommendations == recorded.recommendations)
    #expect(asked.recommendations.count > 20)
    #expect(asked.inventory.gaps == recorded.inventory.gaps)
    #expect(asked.usage.gaps == recorded.usage.gaps)
    #expect(asked.otherGaps == recorded.otherGaps)
    #expect(asked.inventory == recorded.inventory)
    #expect(asked.usage == recorded.usage)

    // What was throttled was asked again by the client: no gap, and all else was asked as often as it had to be.
    let calls = try await Self.control("GET", "calls")
    for (name, count) in recording.counts {
      #expect(calls[name]?.intValue == count + (Self.throttles[name] ?? 0), "\(name)")
    }
    #expect(!asked.inventory.gaps.contains { $0.message.contains("TooManyRequests") || $0.message.contains("Throttling") })
  }
}
