import JSON

/// Dates as HTTP writes them (RFC 9110 section 5.6.7).
enum HTTPDateText {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// "Sun, 06 Nov 1994 08:49:37 GMT".
  static func text(milliseconds: Int64) -> String {
    let iso = Array(ISO8601.text(milliseconds: milliseconds).utf8)
    func piece(_ range: Range<Int>) -> String { String(decoding: iso[range], as: UTF8.self) }
    // The first of 1970 was a Thursday.
    let day = Int((milliseconds / 86_400_000) % 7)
    let month = (Int(iso[5]) - 0x30) * 10 + Int(iso[6]) - 0x30
    return "\(days[max(0, day)]), \(piece(8..<10)) \(months[month - 1]) \(piece(0..<4)) \(piece(11..<19)) GMT"
  }
}
