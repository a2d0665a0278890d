import AgentKit

/// Arithmetic as it is written on paper. Every operation throws where `ExactDecimal`'s own does: with more digits than any bill has.
enum Amount {
  static func sum(_ terms: ExactDecimal...) throws(DecimalError) -> ExactDecimal {
    var result = ExactDecimal.zero
    for term in terms { result = try result.adding(term) }
    return result
  }

  static func product(_ factors: ExactDecimal...) throws(DecimalError) -> ExactDecimal {
    var result = ExactDecimal(1)
    for factor in factors { result = try result.multiplied(by: factor) }
    return result
  }

  /// Whether `part` is less than so many percent of `whole`, decided exactly.
  static func isBelow(_ part: ExactDecimal, percent: Int, of whole: ExactDecimal) throws(DecimalError) -> Bool {
    try part.multiplied(by: ExactDecimal(100)) < whole.multiplied(by: ExactDecimal(Int64(percent)))
  }

  /// Whether `part` is more than so many percent of `whole`, decided exactly.
  static func isAbove(_ part: ExactDecimal, percent: Int, of whole: ExactDecimal) throws(DecimalError) -> Bool {
    try part.multiplied(by: ExactDecimal(100)) > whole.multiplied(by: ExactDecimal(Int64(percent)))
  }

  /// So many percent of a figure, rounded up to a whole number; nil when that is no `Int`.
  static func ceiling(_ figure: ExactDecimal, percent: Int) throws(DecimalError) -> Int? {
    whole(try figure.multiplied(by: ExactDecimal(Int64(percent))).divided(by: ExactDecimal(100)).value, .up)
  }

  /// What a figure is so many percent of, rounded up: the capacity of which it takes that share.
  static func capacity(for figure: ExactDecimal, percent: Int) throws(DecimalError) -> Int? {
    whole(try figure.multiplied(by: ExactDecimal(100)).divided(by: ExactDecimal(Int64(percent))).value, .up)
  }

  static func whole(_ figure: ExactDecimal, _ rounding: ExactDecimal.Rounding) -> Int? {
    figure.rounded(toFractionDigits: 0, rounding).int64.flatMap { Int(exactly: $0) }
  }

  /// `part` as a percentage of `whole` with one digit behind the point, for people; "0" of nothing.
  static func percentage(_ part: ExactDecimal, of whole: ExactDecimal) throws(DecimalError) -> ExactDecimal {
    guard !whole.isZero else { return .zero }
    return try part.multiplied(by: ExactDecimal(100)).divided(by: whole).value.rounded(toFractionDigits: 1)
  }
}

/// How figures are written in evidence, actions and methods.
enum FigureText {
  static let bytesPerMegabyte = ExactDecimal(1_048_576)
  static let bytesPerGigabyte = ExactDecimal(1_073_741_824)

  /// The number with at most so many digits behind the point, and commas between thousands: "1,500,000".
  static func number(_ figure: ExactDecimal, fractionDigits: Int = 2) -> String {
    let text = figure.rounded(toFractionDigits: fractionDigits).text
    guard !text.utf8.contains(UInt8(ascii: "e")) else { return text }
    let isNegative = text.utf8.first == UInt8(ascii: "-")
    let digits = isNegative ? Substring(text.utf8.dropFirst()) : Substring(text)
    let pieces = digits.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1)
    var whole: [UInt8] = []
    let places = pieces.first.map(Array.init) ?? []
    for (index, digit) in places.enumerated() {
      if index > 0, (places.count - index) % 3 == 0 { whole.append(UInt8(ascii: ",")) }
      whole.append(digit)
    }
    let fraction = pieces.count > 1 ? "." + String(Substring(pieces[1])) : ""
    return (isNegative ? "-" : "") + String(decoding: whole, as: UTF8.self) + fraction
  }

  static func number(_ figure: Int) -> String { number(ExactDecimal(Int64(figure))) }

  /// Dollars with two digits behind the point, half a cent to even: "6.05".
  static func dollars(_ amount: ExactDecimal) -> String {
    let text = number(amount, fractionDigits: 2)
    guard let point = text.utf8.firstIndex(of: UInt8(ascii: ".")) else { return text + ".00" }
    return text.utf8.distance(from: point, to: text.utf8.endIndex) == 2 ? text + "0" : text
  }

  /// Bytes as megabytes, the unit of a function's memory.
  static func megabytes(_ bytes: ExactDecimal) -> String {
    guard let value = try? bytes.divided(by: bytesPerMegabyte).value else { return "\(bytes.text) bytes" }
    return number(value, fractionDigits: 1) + " MB"
  }

  static func gigabytes(_ bytes: ExactDecimal) -> String {
    guard let value = try? bytes.divided(by: bytesPerGigabyte).value else { return "\(bytes.text) bytes" }
    return number(value, fractionDigits: 2) + " GB"
  }

  static func milliseconds(_ figure: ExactDecimal) -> String { number(figure, fractionDigits: 1) + " ms" }

  /// "1 table", "3 tables".
  static func count(_ count: Int, _ noun: String) -> String { "\(number(count)) \(noun)\(count == 1 ? "" : "s")" }
}
