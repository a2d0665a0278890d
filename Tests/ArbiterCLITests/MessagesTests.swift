import JSON
import LocalCloud
import Testing

@testable import ArbiterCLI

/// What commands say when something is not as it should be.
struct MessagesTests {
  @Test func aFileThatNoAgentCanReadIsWarnedOf() throws {
    #expect(FilesCommand.warning("workspaces/shared/x.csv") == nil)
    #expect(try #require(FilesCommand.warning("shared/x.csv")).contains("put it to workspaces/shared/x.csv"))
    #expect(try #require(FilesCommand.warning("x.csv")).contains("workspaces/"))
  }

  @Test func aRunThatDoesNotAppearIsASlipOrASupervisorThatDoesNotTakeIt() {
    let named = OrchestrationFollower.missing("nope", .namedByCaller, environment: "local")
    #expect(named.contains("'nope'") && named.contains("arbiter list") && !named.contains("Supervisor"))
    let submitted = OrchestrationFollower.missing("run", .submitted, environment: "local")
    #expect(submitted.contains("Supervisor has not taken it after 60 s") && submitted.contains("--logs supervisor"))
    #expect(OrchestrationFollower.missing("run", .submitted, environment: "dev").contains("/aws/lambda/arbiter-supervisor-dev"))
  }

  @Test func aCustomResourceAnswersHereAndNotWhereItsEventSays() throws {
    let event: JSONValue = ["RequestType": "Create", "ResponseURL": "https://example.com/", "StackId": "s"]
    let (receiver, redirected) = try InvokeCommand.customResource(event)
    defer { receiver?.stop() }
    let sent = try JSONValue(parsing: try #require(redirected))
    #expect(sent["ResponseURL"]?.stringValue == receiver?.url)
    #expect(receiver?.url.hasPrefix("http://127.0.0.1:") == true)
    #expect(sent["StackId"] == "s")
    #expect(try InvokeCommand.customResource(["source": "task.request"]).receiver == nil)
  }

  @Test func aServerThatDoesNotAnswerIsToldAndOneThatRefusesIsNot() async throws {
    // It answers 405, which is an answer.
    let there = try CustomResourceReceiver()
    let url = there.url
    #expect(await ModelServerCommand.unreachable(url) == nil)
    there.stop()
    #expect(await ModelServerCommand.unreachable("http://127.0.0.1:9/v1/")?.contains("does not answer") == true)
  }
}
