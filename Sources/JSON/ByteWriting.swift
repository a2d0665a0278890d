/// Writes the inside of a JSON string: at most six bytes for each byte of the text, and room for eight more is needed behind them.
/// Returns how many were written.
@inline(__always)
func writeEscaped(_ source: UnsafePointer<UInt8>, count: Int, to out: UnsafeMutablePointer<UInt8>) -> Int {
  // Most names and many values are shorter than a word.
  guard count < 8 else { return writeEscapedLong(source, count: count, to: out) }
  let scan = ByteScan(source, count: count)
  UnsafeMutableRawPointer(out).storeBytes(of: scan.word.littleEndian, as: UInt64.self)
  // The bytes beyond the text are zeros, which count as characters to escape.
  let marks = scan.marksOfStringEnd & ((1 &<< (UInt64(count) &<< 3)) &- 1)
  return marks == 0 ? count : writeEscapedBytes(source, count: count, to: out)
}

private func writeEscapedLong(_ source: UnsafePointer<UInt8>, count: Int, to out: UnsafeMutablePointer<UInt8>) -> Int {
  var read = 0
  var written = 0
  while read + 8 <= count {
    let scan = ByteScan(source + read)
    // The whole word is copied even when it has a byte to escape: what follows the escape is overwritten.
    UnsafeMutableRawPointer(out + written).storeBytes(of: scan.word.littleEndian, as: UInt64.self)
    let marks = scan.marksOfStringEnd
    guard marks != 0 else {
      read += 8
      written += 8
      continue
    }
    let plain = ByteScan.firstMark(marks)
    read += plain
    written += plain
    written += writeEscape(source[read], to: out + written)
    read += 1
  }
  let rest = count - read
  guard rest > 0 else { return written }
  // The last word once more, without what is written already: one step for up to seven bytes.
  let scan = ByteScan(word: ByteScan(source + count - 8).word &>> (UInt64(8 - rest) &<< 3))
  let marks = scan.marksOfStringEnd & ((1 &<< (UInt64(rest) &<< 3)) &- 1)
  guard marks == 0 else { return written + writeEscapedBytes(source + read, count: rest, to: out + written) }
  UnsafeMutableRawPointer(out + written).storeBytes(of: scan.word.littleEndian, as: UInt64.self)
  return written + rest
}

private func writeEscapedBytes(_ source: UnsafePointer<UInt8>, count: Int, to out: UnsafeMutablePointer<UInt8>) -> Int {
  var written = 0
  for index in 0..<count {
    let byte = source[index]
    if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
      out[written] = byte
      written += 1
    } else {
      written += writeEscape(byte, to: out + written)
    }
  }
  return written
}

@inline(__always) private func writeEscape(_ byte: UInt8, to out: UnsafeMutablePointer<UInt8>) -> Int {
  out[0] = UInt8(ascii: "\\")
  switch byte {
  case UInt8(ascii: "\""), UInt8(ascii: "\\"): out[1] = byte
  case 0x08: out[1] = UInt8(ascii: "b")
  case 0x09: out[1] = UInt8(ascii: "t")
  case 0x0A: out[1] = UInt8(ascii: "n")
  case 0x0C: out[1] = UInt8(ascii: "f")
  case 0x0D: out[1] = UInt8(ascii: "r")
  default:
    out[1] = UInt8(ascii: "u")
    out[2] = UInt8(ascii: "0")
    out[3] = UInt8(ascii: "0")
    out[4] = UInt8(ascii: "0") + byte >> 4
    out[5] = byte & 15 < 10 ? UInt8(ascii: "0") + byte & 15 : UInt8(ascii: "a") + byte & 15 - 10
    return 6
  }
  return 2
}

/// Writes an integer in decimal, at most 20 bytes. Returns how many were written.
func writeDecimal(_ value: Int64, to out: UnsafeMutablePointer<UInt8>) -> Int {
  var rest = value.magnitude
  var count = value < 0 ? 2 : 1
  var bound: UInt64 = 10
  while rest >= bound {
    count += 1
    let (next, isBeyond) = bound.multipliedReportingOverflow(by: 10)
    if isBeyond { break }
    bound = next
  }
  if value < 0 { out[0] = UInt8(ascii: "-") }
  var position = count
  repeat {
    position -= 1
    let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
    out[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
    rest = quotient
  } while rest > 0
  return count
}
