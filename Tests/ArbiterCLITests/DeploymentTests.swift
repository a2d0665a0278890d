import AWSClient
import Foundation
import JSON
import Testing

@testable import ArbiterCLI

struct DeploymentTests {
  private static let running = LocalCloudProcess.Description(
    pid: 1, endpoint: "http://127.0.0.1:5000", region: "us-east-1", modelEndpoint: "http://127.0.0.1:5001", json: [:])
  /// What a developer's shell has for other work.
  private static let shell = [
    "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "AKIA",
    "AWS_SECRET_ACCESS_KEY": "secret",
  ]

  @Test func theLocalCloudThatRunsSaysWhereItIs() throws {
    let configuration = try Deployment.local(Self.shell, running: Self.running, asked: nil, recorded: "ap-south-1")
    #expect(configuration.region == "us-east-1")
    #expect(configuration.endpoint == (try Endpoint(url: "http://127.0.0.1:5000", source: "test")))
  }

  @Test func anotherLocalCloudIsReachedThroughTheEndpointVariable() throws {
    let configuration = try Deployment.local(Self.shell, running: nil, asked: nil, recorded: "ap-south-1")
    #expect(configuration.region == "ap-south-1")
    #expect(configuration.endpoint == (try Endpoint(url: "http://127.0.0.1:9", source: "test")))
    #expect(throws: CommandError.self) { try Deployment.local([:], running: nil, asked: nil, recorded: nil) }
  }

  @Test func theOptionNamesTheRegion() throws {
    #expect(try Deployment.local(Self.shell, running: Self.running, asked: "sa-east-1", recorded: nil).region == "sa-east-1")
    let remote = try Deployment.remoteVariables("dev", Self.shell, project: nil, asked: "sa-east-1", recorded: "eu-north-1")
    #expect(remote["AWS_REGION"] == "sa-east-1")
  }

  @Test func anEnvironmentIsWhereItWasDeployedTo() throws {
    func region(_ recorded: String?) throws -> String? {
      try Deployment.remoteVariables("dev", Self.shell, project: nil, asked: nil, recorded: recorded)["AWS_REGION"]
    }
    #expect(try region("eu-north-1") == "eu-north-1")
    #expect(try region(nil) == "eu-west-1")
  }

  @Test func anEnvironmentWithoutSettingsIsNotToBeDeployed() throws {
    let project = Project(root: #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined())
    func message(_ environment: String) -> String? {
      #expect(throws: CommandError.self) {
        try Deployment.remoteVariables(environment, [:], project: project, asked: nil, recorded: nil)
      }?.message
    }
    #expect(message("prod")?.contains("infra/config has no prod.yaml") == true)
    #expect(message("dev")?.contains("make deploy ENVIRONMENT=dev") == true)
  }

  @Test func withoutCredentialsItSaysWhatToSet() async {
    let variables = ["AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "eu-west-1"]
    let error = await #expect(throws: CommandError.self) { try await CallerCredentials.find(variables) }
    #expect(error?.message.contains("AWS_ACCESS_KEY_ID") == true)
    let lost = await #expect(throws: CommandError.self) {
      try await CallerCredentials.find(variables.merging(["AWS_PROFILE": "work"]) { $1 })
    }
    #expect(lost?.message.contains("no profile 'work'") == true)
  }

  @Test func aChildGetsKeysAndNoProfile() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "arbiter-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "config")
    try Data("[profile work]\nregion = eu-west-3\naws_access_key_id = AKIA\naws_secret_access_key = it's secret\n".utf8).write(to: file)
    let added = try await CallerCredentials.added(to: ["AWS_PROFILE": "work", "AWS_CONFIG_FILE": file.path, "OTHER": "x"])
    #expect(
      added == [
        "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "it's secret", "AWS_REGION": "eu-west-3", "AWS_CONFIG_FILE": file.path,
        "OTHER": "x",
      ])
    #expect(
      CredentialsCommand.exports(added) == [
        "export AWS_ACCESS_KEY_ID='AKIA'", "export AWS_SECRET_ACCESS_KEY='it'\\''s secret'", "unset AWS_SESSION_TOKEN",
        "unset AWS_SECURITY_TOKEN", "unset AWS_CREDENTIAL_EXPIRATION", "export AWS_REGION='eu-west-3'",
      ])
    #expect(
      try Deployment.remoteVariables(
        "dev", ["AWS_PROFILE": "work", "AWS_CONFIG_FILE": file.path], project: nil, asked: nil, recorded: nil)["AWS_REGION"] == "eu-west-3")
  }
}
