/// Eight bytes of a text looked at in one step.
///
/// The marks below have the high bit of each byte that fits. A borrow may set marks above the lowest one wrongly, so only the lowest
/// mark of a word, `firstMark`, counts; the low byte of a little-endian word is the first byte of the text.
struct ByteScan {
  static let highBits: UInt64 = 0x8080_8080_8080_8080
  private static let ones: UInt64 = 0x0101_0101_0101_0101

  let word: UInt64

  @inline(__always) init(_ pointer: UnsafePointer<UInt8>) {
    word = UInt64(littleEndian: UnsafeRawPointer(pointer).loadUnaligned(as: UInt64.self))
  }

  @inline(__always) init(word: UInt64) { self.word = word }

  /// A text shorter than a word, with zeros behind it; reads no byte beyond it.
  /// - Parameter count: 0 to 7.
  @inline(__always) init(_ pointer: UnsafePointer<UInt8>, count: Int) {
    word = count > 0 ? JSONKey.word(pointer, count: count) : 0
  }

  /// Bytes equal to `byte`.
  @inline(__always) func marks(equalTo byte: UInt8) -> UInt64 {
    let difference = word ^ (ByteScan.ones &* UInt64(byte))
    return (difference &- ByteScan.ones) & ~difference & ByteScan.highBits
  }

  /// Bytes that end a run of plain characters in a JSON string: the quote, the backslash and the control characters.
  @inline(__always) var marksOfStringEnd: UInt64 {
    let controls = (word &- (ByteScan.ones &* 0x20)) & ~word & ByteScan.highBits
    return controls | marks(equalTo: UInt8(ascii: "\"")) | marks(equalTo: UInt8(ascii: "\\"))
  }

  /// Index of the byte that the lowest mark stands for, 0 to 7.
  @inline(__always) static func firstMark(_ marks: UInt64) -> Int { marks.trailingZeroBitCount >> 3 }
}
