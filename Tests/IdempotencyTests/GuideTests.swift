import AWSDoubles
import Idempotency
import JSON
import LambdaRuntime
import TestSupport
import Testing

/// The examples of docs/idempotency.md.
@Suite struct GuideTests {
  let charges = Notes<JSONValue>()

  @Test func theGuidesExamplesAreHere() throws {
    #expect(try GuideExamples.missing(of: "idempotency", in: #filePath) == [])
  }

  func charge(_ payment: JSONValue) async throws -> JSONValue {
    charges.add(payment)
    return ["charged": payment["paymentId"] ?? .null]
  }

  @Test func aHandlerAndAPartOfAFunction() async throws {
    let dynamoDB = try DynamoDBDouble(keyNames: ["idempotency": "id"]).client
    let idempotency = Idempotency(
      store: DynamoDBIdempotencyStore(client: dynamoDB, table: "idempotency"), function: "payments",
      key: .members(JSONPointer("paymentId")).checking(JSONPointer("amount")))
    let handler = IdempotentHandler(
      TypedHandler { (payment: JSONValue, context) in try await charge(payment) }, idempotency)
    let event = Array(#"{"paymentId":"p-1","amount":10}"#.utf8)
    for _ in 0..<2 {
      #expect(try await handler.handle(event, LambdaContext(requestID: "r-1")) == Array(#"{"charged":"p-1"}"#.utf8))
    }
    let receipt = try await idempotency.perform(["paymentId": "p-1", "amount": 10]) { try await charge(["paymentId": "p-1"]) }
    #expect(receipt == ["charged": "p-1"])
    #expect(charges.all.count == 1)
  }
}
