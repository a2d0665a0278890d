import LocalCloud
import Testing

struct CustomResourceReceiverTests {
  @Test func whatIsPutThereIsKept() throws {
    let receiver = try CustomResourceReceiver()
    defer { receiver.stop() }
    let port = try #require(UInt16(receiver.url.dropFirst("http://127.0.0.1:".count).prefix { $0.isNumber }))
    var client = LoopbackClient(port: port)
    defer { client.close() }
    #expect(try client.send("GET", "/answer").status == 405)
    #expect(receiver.answers == [])
    #expect(try client.send("PUT", "/answer", body: Array("one".utf8)).status == 200)
    #expect(try client.send("PUT", "/answer", body: Array("two".utf8)).status == 200)
    #expect(receiver.answers == [Array("one".utf8), Array("two".utf8)])
  }
}
