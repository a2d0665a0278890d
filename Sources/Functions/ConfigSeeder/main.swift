import AWSClient
import Instrumentation
import JSON
import LambdaRuntime
import Orchestration
import Telemetry

Lambda.run { environment in
  let logger = Logger(environment: { environment[$0] })
  // Nothing that can be missing is read here: a function that does not start answers nobody, and the stack would wait for its time limit.
  let sender = PresignedURLSender(transport: CurlTransport(certificateAuthorityFile: environment["AWS_CA_BUNDLE"]))
  let handler = CustomResourceHandler(sender: sender) { request, context in
    // What a stack wrote, its operators may have changed since: deleting the stack deletes the table, or keeps it as it is.
    if request.kind == .delete { return CustomResourceResult() }
    let seeds = try SeedRequest(
      properties: request.properties, oldProperties: request.oldProperties,
      fabricatorQueueURL: try environment.required("FABRICATOR_QUEUE_URL", "the URL of the fabricator's queue"))
    let seeder = AgentSeeder(
      store: DynamoDBSeedStore(
        client: DynamoDBClient(try AWSClient()),
        table: try environment.required("AGENT_CONFIG_TABLE", "the name of the agent configuration table")))
    let outcomes = try await seeder.seed(seeds)
    let report = AgentSeeder.report(outcomes)
    logger.info("the agent registry is seeded", report)
    return CustomResourceResult(data: report)
  }
  // The handler answers before the deadline itself, and says so.
  var instrumentation = Instrumentation(logger: logger, correlation: CorrelationPath(JSONPointer("RequestId")))
  instrumentation.warningMilliseconds = 0
  return InstrumentedHandler(handler, instrumentation)
}
