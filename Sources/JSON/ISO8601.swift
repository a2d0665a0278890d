/// Times as JSON carries them: ISO 8601 text in UTC (RFC 3339), read from and written to milliseconds since the Unix epoch.
public enum ISO8601 {
  /// Length of `text(milliseconds:)` in bytes, for the years 0 to 9999.
  public static let length = 24

  /// The time with milliseconds: "2026-11-20T07:19:00.123Z". Years outside 0 to 9999 are clamped to these.
  public static func text(milliseconds: Int64) -> String {
    String(unsafeUninitializedCapacity: length) { buffer in
      write(milliseconds: milliseconds, to: buffer)
      return length
    }
  }

  /// The time in whole seconds without separators: "20261120T071900Z", as AWS Signature Version 4 writes it.
  public static func basicText(milliseconds: Int64) -> String {
    let bytes = Array(text(milliseconds: milliseconds).utf8.prefix(19))
    let separators: [UInt8] = [UInt8(ascii: "-"), UInt8(ascii: ":")]
    return String(decoding: bytes.filter { !separators.contains($0) } + [UInt8(ascii: "Z")], as: UTF8.self)
  }

  /// Writes the text into the first `length` bytes of a buffer; allocates nothing, so that a signal handler may call it.
  /// A buffer that is too small is left alone.
  public static func write(milliseconds: Int64, to buffer: UnsafeMutableBufferPointer<UInt8>) {
    guard buffer.count >= length else { return }
    let time = min(max(milliseconds, earliest), latest)
    let days = floorDivide(time, by: 86_400_000)
    let ofDay = Int(time - days * 86_400_000)
    let date = civilDate(daysSinceEpoch: Int(days))
    var position = 0
    func number(_ value: Int, digits: Int) {
      var rest = value
      for index in stride(from: position + digits - 1, through: position, by: -1) {
        buffer[index] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      }
      position += digits
    }
    func mark(_ character: UInt8) {
      buffer[position] = character
      position += 1
    }
    number(date.year, digits: 4)
    mark(UInt8(ascii: "-"))
    number(date.month, digits: 2)
    mark(UInt8(ascii: "-"))
    number(date.day, digits: 2)
    mark(UInt8(ascii: "T"))
    number(ofDay / 3_600_000, digits: 2)
    mark(UInt8(ascii: ":"))
    number(ofDay / 60_000 % 60, digits: 2)
    mark(UInt8(ascii: ":"))
    number(ofDay / 1000 % 60, digits: 2)
    mark(UInt8(ascii: "."))
    number(ofDay % 1000, digits: 3)
    mark(UInt8(ascii: "Z"))
  }

  /// Milliseconds since the Unix epoch of an RFC 3339 time, with "Z" or an offset, with any number of fraction digits; nil for other text.
  public static func milliseconds(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    var position = 0
    func number(digits: Int) -> Int? {
      guard position + digits <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[position..<position + digits] {
        guard byte >= 0x30, byte <= 0x39 else { return nil }
        value = value * 10 + Int(byte - 0x30)
      }
      position += digits
      return value
    }
    func skip(_ allowed: UInt8...) -> Bool {
      guard position < bytes.count, allowed.contains(bytes[position]) else { return false }
      position += 1
      return true
    }
    guard let year = number(digits: 4), skip(UInt8(ascii: "-")), let month = number(digits: 2), skip(UInt8(ascii: "-")),
      let day = number(digits: 2), skip(UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " ")), let hour = number(digits: 2),
      skip(UInt8(ascii: ":")), let minute = number(digits: 2), skip(UInt8(ascii: ":")), let second = number(digits: 2),
      (1...12).contains(month), day >= 1, day <= daysInMonth(month, year: year), hour < 24, minute < 60, second <= 60
    else { return nil }
    var fraction = 0
    if skip(UInt8(ascii: ".")) {
      var weight = 100
      let begin = position
      while let digit = number(digits: 1) {
        fraction += digit * weight
        weight /= 10
      }
      guard position > begin else { return nil }
    }
    var offsetMinutes = 0
    if !skip(UInt8(ascii: "Z"), UInt8(ascii: "z")) {
      let west = position < bytes.count && bytes[position] == UInt8(ascii: "-")
      guard skip(UInt8(ascii: "+"), UInt8(ascii: "-")), let hours = number(digits: 2), skip(UInt8(ascii: ":")),
        let minutes = number(digits: 2), hours < 24, minutes < 60
      else { return nil }
      offsetMinutes = (hours * 60 + minutes) * (west ? -1 : 1)
    }
    guard position == bytes.count else { return nil }
    let seconds = daysSinceEpoch(year: year, month: month, day: day) * 86_400 + hour * 3600 + (minute - offsetMinutes) * 60 + second
    return Int64(seconds) * 1000 + Int64(fraction)
  }

  private static let earliest: Int64 = -62_167_219_200_000
  private static let latest: Int64 = 253_402_300_799_999

  private static func floorDivide(_ value: Int64, by divisor: Int64) -> Int64 {
    value >= 0 ? value / divisor : (value - divisor + 1) / divisor
  }

  private static func daysInMonth(_ month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  // The proleptic Gregorian calendar counted in years that begin in March, so that the leap day comes last.

  private static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = Int(floorDivide(Int64(shifted), by: 400))
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func civilDate(daysSinceEpoch: Int) -> (year: Int, month: Int, day: Int) {
    let days = daysSinceEpoch + 719_468
    let era = Int(floorDivide(Int64(days), by: 146_097))
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }
}
