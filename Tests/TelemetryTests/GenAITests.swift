import JSON
import Telemetry
import Testing

@Suite struct GenAITests {
  @Test func aModelCallHasTheNamesOfTheConventions() {
    var fields = GenAI.Fields(.chat, provider: GenAI.bedrock)
    fields.requestModel = "anthropic.claude"
    fields.finishReasons = ["end_turn"]
    fields.inputTokens = 12
    fields.outputTokens = 3
    fields.conversationID = "o-1"
    #expect(
      fields.object == [
        "gen_ai.operation.name": "chat", "gen_ai.provider.name": "aws.bedrock", "gen_ai.request.model": "anthropic.claude",
        "gen_ai.response.finish_reasons": ["end_turn"], "gen_ai.usage.input_tokens": 12, "gen_ai.usage.output_tokens": 3,
        "gen_ai.conversation.id": "o-1",
      ])
  }

  @Test func countsOfTokensAreShownInTheLog() throws {
    let lines = Lines()
    var fields = GenAI.Fields(.chat)
    fields.inputTokens = 12
    fields.cacheReadInputTokens = 5
    Logger(output: lines.take).info("model replied", fields.object)
    let line = try #require(try lines.objects().first)
    #expect(line["gen_ai.usage.input_tokens"] == 12)
    #expect(line["gen_ai.usage.cache_read.input_tokens"] == 5)
  }

  @Test func aToolCallHasItsNameAndItsError() {
    var fields = GenAI.Fields(.executeTool)
    fields.toolName = "query_table"
    fields.toolCallID = "t-1"
    fields.errorType = "tool_error"
    #expect(
      fields.object == [
        "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "query_table", "gen_ai.tool.call.id": "t-1",
        "error.type": "tool_error",
      ])
  }
}
