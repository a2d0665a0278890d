import JSON
import Testing

@testable import AWSClient

/// The users that Tests/Contract/credentials_cases.py has made up, and what botocore finds for each: ours finds the same.
/// Scripts/test-contract.sh starts that program and sets ARBITER_CREDENTIALS_CASES.
@Suite(.enabled(if: Environment.current["ARBITER_CREDENTIALS_CASES"] != nil))
struct CredentialsDifferentialTests {
  private static let cases: JSONValue = {
    guard let path = Environment.current["ARBITER_CREDENTIALS_CASES"], let bytes = FileReader.read(path) else { return .null }
    return (try? JSONValue(parsing: bytes)) ?? .null
  }()

  private static func list(_ name: String) throws -> [JSONValue] { try #require(cases[name]?.arrayValue, "there are no \(name)") }

  /// One after the other: each user's files are its own, and the machine's cores are few.
  @Test func everyUserHasTheSameCredentials() async throws {
    let users = try CredentialsDifferentialTests.list("users")
    #expect(users.count > 50)
    var found = 0
    for user in users {
      let name = user["name"]?.stringValue ?? ""
      var expected = user["expected"]?["credentials"] ?? .null
      if user["difference"]?.isNull == false { expected = .null }
      do {
        let ours = try await credentials(of: user)
        #expect(ours == expected, "\(name): botocore says \(user["expected"]?["error"]?.stringValue ?? "otherwise")")
        if ours == expected { found += 1 }
      } catch let error as AWSError {
        // A setting that botocore cannot use keeps its clients from being made, and ours from having a configuration.
        let isSetting = error.code == "InvalidConfiguration" && user["expected"]?["settings"] == nil
        #expect(expected.isNull || isSetting, "\(name): botocore finds \(expected["method"]?.stringValue ?? ""); ours says \(error)")
        #expect(["CredentialsUnavailable", "InvalidConfiguration"].contains(error.code), "\(name): \(error)")
        #expect(!error.message.isEmpty)
      }
    }
    #expect(found > 50)
  }

  private func credentials(of user: JSONValue) async throws -> JSONValue {
    let environment = environment(of: user)
    let profile = user["profile"]?.stringValue
    let configuration = try AWSConfiguration.fromEnvironment(environment, profile: profile)
    let credentials = try await configuration.credentials.credentials(using: CurlTransport(), clock: SystemClock())
    let source = try CredentialsChain(try ConfigurationSettings(environment, profile: profile)).source()
    return [
      "method": .string(source.method), "accessKeyID": .string(credentials.accessKeyID),
      "secretAccessKey": .string(credentials.secretAccessKey), "sessionToken": credentials.sessionToken.map(JSONValue.string) ?? .null,
    ]
  }

  private func environment(of user: JSONValue) -> Environment {
    var variables: [String: String] = [:]
    for (name, value) in user["environment"]?.objectValue ?? [:] { variables[name] = value.stringValue }
    return Environment(variables)
  }

  @Test func everyUserHasTheSameSettings() throws {
    var compared = 0
    for user in try CredentialsDifferentialTests.list("users") {
      guard let expected = user["expected"]?["settings"], !expected.isNull else { continue }
      // A mistake about keys is found where the settings are, and botocore finds it later.
      let configuration: AWSConfiguration
      do {
        configuration = try AWSConfiguration.fromEnvironment(environment(of: user), profile: user["profile"]?.stringValue)
      } catch {
        #expect(
          user["expected"]?["credentials"] == nil || user["difference"]?.isNull == false, "\(user["name"]?.stringValue ?? ""): \(error)")
        continue
      }
      func url(_ service: String) -> JSONValue {
        (configuration.serviceEndpoints[service] ?? configuration.endpoint).map { .string("\($0.scheme)://\($0.authority)\($0.basePath)") }
          ?? .null
      }
      let ours: JSONValue = [
        "region": .string(configuration.region), "maximumAttempts": configuration.maximumAttempts.map { .number($0) } ?? .null,
        "certificateAuthorityFile": configuration.certificateAuthorityFile.map(JSONValue.string) ?? .null,
        "usesFIPS": .bool(configuration.usesFIPS), "usesDualStack": .bool(configuration.usesDualStack),
        "usesGlobalSTSEndpoint": .bool(configuration.usesGlobalSTSEndpoint),
        "endpoints": ["S3": url("S3"), "Bedrock Runtime": url("Bedrock Runtime"), "SQS": url("SQS")],
      ]
      #expect(ours == expected, "\(user["name"]?.stringValue ?? "")")
      compared += 1
    }
    #expect(compared > 50)
  }

  @Test func filesAreReadAsPythonReadsThem() throws {
    for file in try CredentialsDifferentialTests.list("files") {
      let text = try #require(file["text"]?.stringValue)
      var ours: JSONValue = .null
      if let sections = try? ProfileFile(parsing: Array(text.utf8)).sections {
        ours = .object(
          JSONObject(
            sections.map { name, section in
              (name, .object(JSONObject(section.map { ($0.key, CredentialsDifferentialTests.json($0.value)) })))
            }))
      }
      #expect(ours == file["sections"] ?? .null, "\(text.debugDescription)")
    }
  }

  private static func json(_ value: ProfileFile.Value) -> JSONValue {
    switch value {
    case .text(let text): .string(text)
    case .nested(let settings): .object(JSONObject(settings.map { ($0.key, .string($0.value)) }))
    }
  }

  @Test func commandLinesAreSplitAsPythonSplitsThem() throws {
    for line in try CredentialsDifferentialTests.list("commandLines") {
      let text = try #require(line["text"]?.stringValue)
      let ours = (try? ShellWords.split(text)).map { JSONValue.array($0.map(JSONValue.string)) } ?? .null
      #expect(ours == line["words"] ?? .null, "\(text.debugDescription)")
    }
  }
}
