import JSON
import LocalCloud
import Testing

struct ConverseStreamTests {
  /// One message of an event stream, its checksums verified.
  struct Frame {
    var headers: [String: String] = [:]
    var payload: JSONValue = .null
  }

  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var crc = ~UInt32(0)
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }

  static func frames(_ bytes: [UInt8]) throws -> [Frame] {
    func integer(_ offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
    var frames: [Frame] = []
    var offset = 0
    while offset < bytes.count {
      let length = integer(offset)
      let headerLength = integer(offset + 4)
      #expect(integer(offset + 8) == Int(checksum(bytes[offset..<offset + 8])))
      #expect(integer(offset + length - 4) == Int(checksum(bytes[offset..<offset + length - 4])))
      var frame = Frame()
      var position = offset + 12
      while position < offset + 12 + headerLength {
        let nameLength = Int(bytes[position])
        let name = String(decoding: bytes[position + 1..<position + 1 + nameLength], as: UTF8.self)
        position += 1 + nameLength
        #expect(bytes[position] == 7)
        let valueLength = Int(bytes[position + 1]) << 8 | Int(bytes[position + 2])
        frame.headers[name] = String(decoding: bytes[position + 3..<position + 3 + valueLength], as: UTF8.self)
        position += 3 + valueLength
      }
      frame.payload = (try? JSONValue(parsing: Array(bytes[position..<offset + length - 4]))) ?? .null
      frames.append(frame)
      offset += length
    }
    return frames
  }

  @Test func checksumIsTheOneOfZlib() { #expect(Self.checksum(Array("123456789".utf8)[...]) == 0xCBF4_3926) }

  @Test func textAndToolUsesArriveInEvents() throws {
    let text = "Asking the eastern branch for its figures."
    var model = try ModelServerFixture(
      scenario:
        #"{"rules":[{"reply":{"text":"\#(text)","toolUses":[{"name":"east","input":{"year":2025}}],"usage":{"inputTokens":3,"outputTokens":4}}}]}"#
    )
    let response = try model.send("POST", "/model/m/converse-stream", ask("x", tools: ["east"]))
    #expect(response.status == 200)
    #expect(response.headers["Content-Type"] == "application/vnd.amazon.eventstream")
    let frames = try Self.frames(response.body)
    #expect(frames.allSatisfy { $0.headers[":message-type"] == "event" && $0.headers[":content-type"] == "application/json" })
    #expect(frames.first?.headers[":event-type"] == "messageStart")
    #expect(frames.first?.payload["role"] == "assistant")
    let deltas = frames.filter { $0.headers[":event-type"] == "contentBlockDelta" }.map(\.payload)
    #expect(deltas.compactMap { $0["delta"]?["text"]?.stringValue }.joined() == text)
    let start = frames.first { $0.headers[":event-type"] == "contentBlockStart" }?.payload
    #expect(start?["contentBlockIndex"] == 1)
    #expect(start?["start"]?["toolUse"]?["name"] == "east")
    let input = deltas.compactMap { $0["delta"]?["toolUse"]?["input"]?.stringValue }.joined()
    #expect(try JSONValue(parsing: input) == ["year": 2025])
    #expect(frames.suffix(2).map { $0.headers[":event-type"] } == ["messageStop", "metadata"])
    #expect(frames[frames.count - 2].payload["stopReason"] == "tool_use")
    #expect(frames.last?.payload["usage"]?["totalTokens"] == 7)
    #expect(try model.statistics()["outputTokens"] == 4)
  }

  @Test func aRefusalComesBeforeTheStream() throws {
    var model = try ModelServerFixture(scenario: anyReply)
    let response = try model.send("POST", "/model/m/converse-stream", ["messages": []])
    #expect(response.status == 400)
    #expect(response.headers["x-amzn-ErrorType"] == "ValidationException")
  }

  @Test func anErrorInTheStreamIsAnException() throws {
    var model = try ModelServerFixture(
      scenario: #"{"rules":[{"reply":{"text":"yes"}}],"faults":[{"kind":"throttling","inStream":true}]}"#)
    let response = try model.send("POST", "/model/m/converse-stream", ask("x"))
    #expect(response.status == 200)
    let last = try #require(try Self.frames(response.body).last)
    #expect(last.headers[":message-type"] == "exception")
    #expect(last.headers[":exception-type"] == "throttlingException")
  }
}
