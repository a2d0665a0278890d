import JSON
import Testing

@testable import AWSClient

/// botocore's cases for decoders of event streams.
struct EventStreamSuiteTests {
  @Test func everyMessageIsDecoded() throws {
    let cases = try #require(try TestData.json("aws-event-stream/cases.json")["positive"]?.arrayValue)
    #expect(cases.count == 9)
    var whole = EventStreamDecoder()
    for test in cases {
      let encoded = [UInt8](hexadecimal: try #require(test["encoded"]?.stringValue))
      let expected = try message(test)
      var decoder = EventStreamDecoder()
      #expect(try decoder.receive(encoded) == [expected])
      try decoder.finish()
      var slow = EventStreamDecoder()
      #expect(try encoded.flatMap { try slow.receive([$0]) } == [expected])
      #expect(try whole.receive(encoded) == [expected])
    }
  }

  @Test func everyDamageIsFound() throws {
    let cases = try #require(try TestData.json("aws-event-stream/cases.json")["negative"]?.arrayValue)
    #expect(cases.count == 7)
    let reasons = [
      "ChecksumMismatch": "checksum", "DuplicateHeader": "twice", "InvalidHeadersLength": "length", "InvalidPayloadLength": "length",
    ]
    for test in cases {
      var decoder = EventStreamDecoder()
      let error = #expect(throws: EventStreamDecoder.Failure.self) {
        try decoder.receive([UInt8](hexadecimal: test["encoded"]?.stringValue ?? ""))
      }
      let reason = try #require(reasons[test["error"]?.stringValue ?? ""])
      #expect(error?.reason.contains(reason) == true, "\(test["error"]?.stringValue ?? ""): \(error?.reason ?? "")")
    }
  }

  /// The message of a case. Its numbers say nothing of their width: that is taken from the frame, where each case's header names it.
  private func message(_ test: JSONValue) throws -> EventStreamDecoder.Message {
    var headers: [String: EventStreamDecoder.HeaderValue] = [:]
    let encoded = [UInt8](hexadecimal: test["encoded"]?.stringValue ?? "")
    for member in test["headers"]?.objectValue ?? [:] {
      let name = Array(member.key.utf8)
      let place = try #require(encoded.indices.first { encoded[$0...].starts(with: [UInt8(name.count)] + name) })
      let type = encoded[place + 1 + name.count]
      let number = member.value.int64Value ?? 0
      let bytes = [UInt8](hexadecimal: member.value["hexadecimal"]?.stringValue ?? "")
      switch type {
      case 0, 1: headers[member.key] = .bool(member.value == true)
      case 2: headers[member.key] = .byte(Int8(number))
      case 3: headers[member.key] = .int16(Int16(number))
      case 4: headers[member.key] = .int32(Int32(number))
      case 5: headers[member.key] = .int64(number)
      case 6: headers[member.key] = .bytes(bytes)
      case 7: headers[member.key] = .string(try #require(member.value.stringValue))
      case 8: headers[member.key] = .timestamp(number)
      default: headers[member.key] = .uuid(bytes)
      }
    }
    return EventStreamDecoder.Message(headers: headers, payload: [UInt8](hexadecimal: test["payload"]?.stringValue ?? ""))
  }
}
