import JSON
import LocalCloud
import Orchestration
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

  @Test func theReasonOfARunIsToldOnceAndNotAtAnyLength() {
    func ending(_ state: OrchestrationState, _ code: String?, _ message: String) -> String {
      FollowCommand.ending(Outcome(state: state, message: message, code: code, decidedAtMilliseconds: 0), message: message, id: "r")
    }
    #expect(ending(.cancelled, "cancelled", "The run was cancelled: changed my mind") == "the run was cancelled: changed my mind")
    #expect(ending(.failed, "model_failed", "no answer") == "the run has failed: model_failed: no answer")
    let long = ending(.failed, "model_failed", String(repeating: "x", count: 3_000))
    #expect(long.count < 1_100 && long.hasSuffix("arbiter show r)"))
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
