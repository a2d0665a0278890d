import Testing

@testable import AWSClient

struct EventStreamDecoderTests {
  private let frames = [
    EventStreamFrame.event("messageStart", #"{"role":"assistant"}"#), EventStreamFrame(headers: []),
    EventStreamFrame(
      headers: [
        ("t", .bool(true)), ("f", .bool(false)), ("byte", .byte(-1)), ("short", .int16(-2)), ("int", .int32(.min)), ("long", .int64(.max)),
        ("bytes", .bytes([0, 255])), ("text", .string("é")), ("time", .timestamp(1_500)), ("id", .uuid(Array(0..<16))),
        ("none", .bytes([])),
      ], payload: [1, 2, 3]),
  ]
  private var stream: [UInt8] { frames.flatMap(\.bytes) }
  private var messages: [EventStreamDecoder.Message] {
    frames.map { EventStreamDecoder.Message(headers: Dictionary($0.headers, uniquingKeysWith: { $1 }), payload: $0.payload) }
  }

  @Test func theSpecificationsExampleIsRead() throws {
    // The empty message of the specification: 16 bytes.
    let empty: [UInt8] = [0, 0, 0, 16, 0, 0, 0, 0, 0x05, 0xC2, 0x48, 0xEB, 0x7D, 0x98, 0xC8, 0xFF]
    var decoder = EventStreamDecoder()
    #expect(try decoder.receive(empty) == [EventStreamDecoder.Message(headers: [:], payload: [])])
    try decoder.finish()
  }

  @Test func aStreamMayBeSplitAtEveryByte() throws {
    let stream = stream
    for split in 0...stream.count {
      var decoder = EventStreamDecoder()
      let found = try decoder.receive(stream[..<split]) + decoder.receive(stream[split...])
      #expect(found == messages, "split at \(split)")
      try decoder.finish()
    }
  }

  @Test func aStreamMayComeByteByByte() throws {
    var decoder = EventStreamDecoder()
    var found: [EventStreamDecoder.Message] = []
    for byte in stream { found += try decoder.receive([byte]) }
    #expect(found == messages)
    try decoder.finish()
  }

  @Test func everyDamagedBitIsNoticed() throws {
    let frame = EventStreamFrame.event("x", "{}").bytes
    for index in frame.indices {
      for bit in 0..<8 {
        var damaged = frame
        damaged[index] ^= 1 << UInt8(bit)
        var decoder = EventStreamDecoder()
        #expect(throws: EventStreamDecoder.Failure.self, "byte \(index), bit \(bit)") {
          _ = try decoder.receive(damaged)
          try decoder.finish()
        }
      }
    }
  }

  @Test func theFailureNamesTheFrame() throws {
    let first = EventStreamFrame.event("x", "{}").bytes
    var second = first
    second[second.count - 1] ^= 1
    var decoder = EventStreamDecoder()
    let failure = #expect(throws: EventStreamDecoder.Failure.self) { try decoder.receive(first + second) }
    #expect(failure?.frameOffset == first.count)
  }

  @Test func anEndWithinAFrameIsAFailure() throws {
    let frame = EventStreamFrame.event("x", "{}").bytes
    for count in 1..<frame.count {
      var decoder = EventStreamDecoder()
      #expect(try decoder.receive(frame[..<count]).isEmpty)
      #expect(throws: EventStreamDecoder.Failure.self) { try decoder.finish() }
    }
  }

  @Test(
    arguments: [
      // Lengths that no frame can have, with right checksums.
      (0, 0), (15, 0), (16, 1), (0xFFFF_FFFF, 0), (300_000, 200_000),
    ] as [(UInt32, UInt32)])
  func impossibleLengthsAreRefused(total: UInt32, headers: UInt32) {
    var prelude = total.bigEndianBytes + headers.bigEndianBytes
    prelude += CRC32.checksum(prelude).bigEndianBytes
    var decoder = EventStreamDecoder()
    #expect(throws: EventStreamDecoder.Failure.self) { try decoder.receive(prelude) }
  }

  @Test(
    arguments: [
      [0], [1, 0x61], [1, 0x61, 10], [1, 0x61, 7, 0, 5, 0x62], [1, 0xFF, 0], [1, 0x61, 7, 0, 1, 0xFF], [1, 0x61, 9, 1, 2, 3], [200, 0x61],
    ] as [[UInt8]])
  func badHeadersAreRefused(headers: [UInt8]) {
    var frame = UInt32(16 + headers.count).bigEndianBytes + UInt32(headers.count).bigEndianBytes
    frame += CRC32.checksum(frame).bigEndianBytes
    frame += headers
    frame += CRC32.checksum(frame).bigEndianBytes
    var decoder = EventStreamDecoder()
    #expect(throws: EventStreamDecoder.Failure.self) { try decoder.receive(frame) }
  }
}
