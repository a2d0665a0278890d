/// Offset of the first byte that is not part of well-formed UTF-8 (Unicode 15, table 3-7); nil when there is none.
func firstInvalidUTF8(_ start: UnsafePointer<UInt8>, count: Int) -> Int? {
  var index = 0
  while index < count {
    let lead = start[index]
    if lead < 0x80 {
      index += 1
      while index + 8 <= count, isASCII(UnsafeRawPointer(start + index).loadUnaligned(as: UInt64.self)) { index += 8 }
      continue
    }
    let length: Int
    var lower: UInt8 = 0x80
    var upper: UInt8 = 0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, lower) = (3, 0xA0)
    case 0xED: (length, upper) = (3, 0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, lower) = (4, 0x90)
    case 0xF4: (length, upper) = (4, 0x8F)
    case 0xF1...0xF3: length = 4
    default: return index
    }
    guard index + length <= count, start[index + 1] >= lower, start[index + 1] <= upper else { return index }
    if length > 2, start[index + 2] & 0xC0 != 0x80 { return index }
    if length > 3, start[index + 3] & 0xC0 != 0x80 { return index }
    index += length
  }
  return nil
}

@inline(__always) private func isASCII(_ word: UInt64) -> Bool { word & 0x8080_8080_8080_8080 == 0 }
