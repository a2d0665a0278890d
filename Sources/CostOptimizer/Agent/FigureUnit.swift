/// What a number counts, as far as it can be told from the next word.
enum FigureUnit: String, Sendable, Hashable {
  case plain, dollars, cents, percent, bytes, kilobytes, megabytes, gigabytes, terabytes, milliseconds, seconds, minutes, hours, days,
    weeks, months
  /// A sum of a year is twelve of the report's.
  case dollarsPerYear = "dollars a year"
  case permille
  /// Other money than the report's.
  case otherCurrency = "of another currency"
  /// "3 times", "3x".
  case times
  /// "12 thousand", "12k": another number than 12.
  case scaled = "in another scale"
  /// "1/2", "1:3".
  case ratio = "of a ratio"

  /// - Parameter word: "USD/month" and "USD" are the same.
  init(word: String) {
    let slash = word.utf8.firstIndex(of: UInt8(ascii: "/"))
    let unit = slash.map { String(word[..<$0]) } ?? word
    let period = slash.map { word[word.utf8.index(after: $0)...].lowercased() }
    self =
      switch unit.lowercased() {
      case "usd", "dollar", "dollars", "us$", "$":
        ["year", "yr", "y", "a", "annum"].contains(period) ? .dollarsPerYear : .dollars
      case "cent", "cents": .cents
      case "%", "percent", "percents", "pct", "percentage", "\u{FF05}", "\u{66A}": .percent
      case "\u{2030}", "\u{2031}", "permille": .permille
      case "b", "byte", "bytes": .bytes
      case "kb", "kib", "kilobytes": .kilobytes
      case "mb", "mib", "megabyte", "megabytes": .megabytes
      case "gb", "gib", "gigabyte", "gigabytes": .gigabytes
      case "tb", "tib", "terabyte", "terabytes": .terabytes
      case "ms", "millisecond", "milliseconds": .milliseconds
      case "s", "second", "seconds", "sec": .seconds
      case "minute", "minutes", "min": .minutes
      case "hour", "hours", "h": .hours
      case "day", "days", "d": .days
      case "week", "weeks": .weeks
      case "month", "months": .months
      case "x", "times", "fold", "\u{D7}": .times
      case "hundred", "thousand", "million", "billion", "trillion", "dozen", "lakh", "crore", "grand", "k", "m", "mn", "bn": .scaled
      case "eur", "euro", "euros", "gbp", "pounds", "chf", "jpy", "yen", "inr", "cny": .otherCurrency
      default: unit.unicodeScalars.count == 1 && unit.unicodeScalars.allSatisfy(Self.isCurrency) ? .otherCurrency : .plain
      }
  }

  /// The money of "USD 12"; plain for other words.
  init(currencyBefore word: String) {
    self =
      switch word.lowercased() {
      case "usd", "us$", "$": .dollars
      case "eur", "gbp", "chf", "jpy", "inr", "cny": .otherCurrency
      default: word.unicodeScalars.count == 1 && word.unicodeScalars.allSatisfy(Self.isCurrency) ? .otherCurrency : .plain
      }
  }

  /// Endings that leave a number as it is.
  static let ordinals: Set<String> = ["st", "nd", "rd", "th"]

  var isTime: Bool {
    switch self {
    case .milliseconds, .seconds, .minutes, .hours, .days, .weeks, .months: true
    default: false
    }
  }

  /// A sign that is a unit by itself, before or behind a number.
  static func isSign(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "%", "\u{FF05}", "\u{66A}", "\u{2030}", "\u{2031}", "\u{D7}": true
    default: isCurrency(scalar)
    }
  }

  private static func isCurrency(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "$" || (!scalar.isASCII && scalar.properties.generalCategory == .currencySymbol)
  }
}
