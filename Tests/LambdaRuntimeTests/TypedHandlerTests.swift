import JSON
import LambdaRuntime
import Testing

@Suite struct TypedHandlerTests {
  struct Order: Codable, Sendable {
    struct Item: Codable { let sku: String }
    let id: String
    let items: [Item]
  }
  struct Receipt: Codable, Sendable {
    let order: String
    let count: Int
  }

  let handler = CodableHandler { (order: Order, _) in Receipt(order: order.id, count: order.items.count) }

  @Test func codableTypesGoInAndOut() async throws {
    let output = try await handler.handle(Array(#"{"id":"o-1","items":[{"sku":"a"},{"sku":"b"}]}"#.utf8), .test())
    #expect(try JSONValue(parsing: output) == ["order": "o-1", "count": 2])
  }

  @Test(arguments: [
    (#"{"items":[]}"#, "field '.id' is missing"), (#"{"id":"x","items":[{"sku":1}]}"#, "field '.items[0].sku'"), ("{", "byte 1"),
    (#"{"id":7,"items":[]}"#, "field '.id'"),
  ])
  func anEventThatDoesNotFitIsNamedByField(event: String, expected: String) async throws {
    let context = LambdaContext.test()
    let error = await #expect(throws: InvalidEventError.self) { try await handler.handle(Array(event.utf8), context) }
    #expect(error?.description.contains(expected) == true)
    #expect(error?.description.contains("Order") == true)
  }

  @Test func wireTypesGoInAndOut() async throws {
    let handler = TypedHandler { (value: JSONValue, context) in ["echo": value, "request": .string(context.requestID)] as JSONValue }
    let output = try await handler.handle(Array("[1.50]".utf8), .test())
    #expect(String(decoding: output, as: UTF8.self) == #"{"echo":[1.50],"request":"request-1"}"#)
  }

  @Test func aHandlersOwnErrorIsNotTakenForABadEvent() async throws {
    struct Mine: Error {}
    let handler = CodableHandler { (_: Order, _) -> Receipt in throw Mine() }
    let context = LambdaContext.test()
    await #expect(throws: Mine.self) { try await handler.handle(Array(#"{"id":"x","items":[]}"#.utf8), context) }
  }
}
