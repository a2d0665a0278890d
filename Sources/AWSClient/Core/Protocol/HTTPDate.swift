/// The preferred date format of RFC 9110 section 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
enum HTTPDate {
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// Milliseconds since the Unix epoch; nil for any other format.
  static func milliseconds(_ text: String) -> Int64? {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[5] == "GMT", let day = Int64(parts[1]), (1...31).contains(day),
      let month = months.firstIndex(of: String(parts[2])), let year = Int64(parts[3]), (1970...9999).contains(year)
    else { return nil }
    let time = parts[4].split(separator: ":").compactMap { Int64($0) }
    guard time.count == 3, (0..<24).contains(time[0]), (0..<60).contains(time[1]), (0...60).contains(time[2]) else { return nil }
    // Day number of a civil date, in years that begin in March, so that the leap day is the last.
    let marchMonth = Int64(month + 10) % 12
    let marchYear = year - (marchMonth >= 10 ? 1 : 0)
    let days = 365 * marchYear + marchYear / 4 - marchYear / 100 + marchYear / 400 + (153 * marchMonth + 2) / 5 + day - 1 - 719_468
    return ((days * 24 + time[0]) * 60 + time[1]) * 60_000 + time[2] * 1_000
  }
}
