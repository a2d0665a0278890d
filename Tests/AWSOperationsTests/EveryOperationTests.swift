import Glibc
import JSON
import Testing

@testable import AWSClient
@testable import AWSOperations

/// Every operation of every table against the oracle of Tests/Contract, which refuses what botocore's models do not know. Scripts/test-contract.sh
/// starts it, and writes the cases with Tests/Contract/operation_cases.py.
@Suite(.enabled(if: Environment.current["ARBITER_OPERATION_CASES"] != nil))
struct EveryOperationTests {
  private static func cases(_ kind: String) throws -> [JSONValue] {
    let path = try #require(Environment.current["ARBITER_OPERATION_CASES"])
    return try TextFile.lines(path).map { try JSONValue(parsing: $0) }.filter { $0["kind"]?.stringValue == kind }
  }

  @Test func everyOperationIsAskedAsItsModelSaysAndAnsweredInItsShape() async throws {
    let client = try ContractClient.make()
    let operations = AWSOperations(client)
    let cases = try Self.cases("call")
    #expect(cases.count > 500)
    for test in cases {
      let name = "\(test["service"]?.stringValue ?? "") \(test["operation"]?.stringValue ?? "")"
      do {
        let answer = try await operations.call(
          test["service"]?.stringValue ?? "", test["operation"]?.stringValue ?? "", test["parameters"] ?? [:])
        let expected = test["answer"] ?? [:]
        for difference in Difference.between(answer, expected, name).prefix(4) { Issue.record("\(difference)") }
      } catch {
        Issue.record("\(name): \(error), parameters \(test["parameters"]?.text.prefix(400) ?? "")")
      }
    }
  }

  @Test func endpointsAreBotocores() throws {
    let cases = try Self.cases("endpoint")
    #expect(cases.count > 3_000)
    for test in cases {
      guard let model = OperationCatalog.model(test["service"]?.stringValue ?? ""), let region = test["region"]?.stringValue else {
        Issue.record("\(test)")
        continue
      }
      // Sent to the next region that has one.
      if let regions = model.hosts.regions[Partition(region: region).id], !regions.contains(region) { continue }
      var configuration = AWSConfiguration(
        region: "eu-central-1", credentials: StaticCredentialsProvider(Credentials(accessKeyID: "AKID", secretAccessKey: "x")))
      configuration.usesFIPS = test["fips"] == true
      configuration.usesDualStack = test["dualStack"] == true
      guard let url = test["url"]?.stringValue else {
        #expect(throws: AWSError.self, "\(test)") { try model.endpoint(configuration, region: region) }
        continue
      }
      let endpoint = try model.endpoint(configuration, region: region)
      #expect(endpoint.url == url, "\(test)")
      #expect(endpoint.signingRegion ?? configuration.region == test["signingRegion"]?.stringValue, "\(test)")
    }
  }
}

enum ContractClient {
  static func make() throws -> AWSClient {
    var environment = ["AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "secret+/x"]
    environment["AWS_ENDPOINT_URL"] = Environment.current["ARBITER_ORACLE_URL"]
    return AWSClient(configuration: try .fromEnvironment(Environment(environment)))
  }
}

/// Where two answers differ.
enum Difference {
  static func between(_ answer: JSONValue, _ expected: JSONValue, _ path: String) -> [String] {
    switch (answer, expected) {
    case (_, "time"):
      if answer.numberValue != nil || answer.stringValue.map({ $0.contains("2026") }) == true { return [] }
      return ["\(path) is \(answer.text.prefix(80)), expected a time of 2026"]
    case (.object(let left), .object(let right)):
      return Set(left.keys).union(right.keys).sorted().flatMap { key -> [String] in
        // Of an empty list without an element around it, XML has no trace.
        if left[key] == nil, right[key] == [] { return [] }
        guard let value = left[key] else { return ["\(path).\(key) is missing, expected \(right[key]?.text.prefix(80) ?? "")"] }
        guard let wanted = right[key] else { return ["\(path).\(key) is \(value.text.prefix(80)), and expected is none"] }
        return between(value, wanted, "\(path).\(key)")
      }
    case (.array(let left), .array(let right)):
      guard left.count == right.count else { return ["\(path) has \(left.count) elements, expected \(right.count)"] }
      return zip(left, right).enumerated().flatMap { between($1.0, $1.1, "\(path)[\($0)]") }
    case (.number(let left), .number(let right)):
      return left.double == right.double ? [] : ["\(path) is \(left.text), expected \(right.text)"]
    default: return answer == expected ? [] : ["\(path) is \(answer.text.prefix(80)), expected \(expected.text.prefix(80))"]
    }
  }
}

/// The lines of a file.
enum TextFile {
  static func lines(_ path: String) throws -> [[UInt8]] {
    guard let file = fopen(path, "r") else { throw AWSError(code: "NoFile", message: path) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
    return bytes.split(separator: 0x0A).map(Array.init)
  }
}
