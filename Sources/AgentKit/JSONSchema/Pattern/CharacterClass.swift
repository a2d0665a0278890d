/// A set of Unicode scalars, as a regular expression names one.
struct CharacterClass: Sendable, Hashable {
  /// General categories (`\p{Lu}`), or everything but them.
  struct Categories: Sendable, Hashable {
    let names: Set<String>
    let isNegated: Bool
  }

  var ranges: [ClosedRange<UInt32>] = []
  var categories: [Categories] = []
  var isNegated = false

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    let isMember =
      ranges.contains { $0.contains(value) }
      || categories.contains { $0.names.contains(Self.category(of: scalar)) != $0.isNegated }
    return isMember != isNegated
  }

  mutating func insert(_ value: UInt32) { ranges.append(value...value) }

  /// Adds the members of another class; false when that cannot be said in ranges.
  mutating func insert(_ other: CharacterClass) {
    guard other.isNegated else {
      ranges += other.ranges
      categories += other.categories
      return
    }
    ranges += CharacterClass.complement(of: other.ranges)
    categories += other.categories.map { Categories(names: $0.names, isNegated: !$0.isNegated) }
  }

  private static func complement(of ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
    var result: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
      next = max(next, range.upperBound + 1)
    }
    if next <= 0x10FFFF { result.append(next...0x10FFFF) }
    return result
  }

  static let digits = CharacterClass(ranges: [0x30...0x39])
  static let word = CharacterClass(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  /// WhiteSpace and LineTerminator of ECMA-262.
  static let space = CharacterClass(ranges: [
    0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F, 0x205F...0x205F,
    0x3000...0x3000, 0xFEFF...0xFEFF,
  ])
  /// What `.` matches: everything but line terminators.
  static let anyButNewline = CharacterClass(ranges: [0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029], isNegated: true)

  var negated: CharacterClass {
    var other = self
    other.isNegated.toggle()
    return other
  }

  /// The class of a Unicode general category by its short or long name; nil for other properties.
  static func category(_ name: String) -> CharacterClass? {
    var name = name
    for prefix in ["General_Category=", "gc="] where name.hasPrefix(prefix) { name.removeFirst(prefix.count) }
    let short = longNames[name] ?? name
    let all = categoryNames.values
    let members = short == "LC" ? ["Lu", "Ll", "Lt"] : all.filter { $0 == short || (short.utf8.count == 1 && $0.hasPrefix(short)) }
    guard !members.isEmpty else { return nil }
    return CharacterClass(categories: [Categories(names: Set(members), isNegated: false)])
  }

  private static func category(of scalar: Unicode.Scalar) -> String {
    categoryNames[scalar.properties.generalCategory] ?? "Cn"
  }

  private static let categoryNames: [Unicode.GeneralCategory: String] = [
    .uppercaseLetter: "Lu", .lowercaseLetter: "Ll", .titlecaseLetter: "Lt", .modifierLetter: "Lm", .otherLetter: "Lo",
    .nonspacingMark: "Mn", .spacingMark: "Mc", .enclosingMark: "Me", .decimalNumber: "Nd", .letterNumber: "Nl", .otherNumber: "No",
    .connectorPunctuation: "Pc", .dashPunctuation: "Pd", .openPunctuation: "Ps", .closePunctuation: "Pe", .initialPunctuation: "Pi",
    .finalPunctuation: "Pf", .otherPunctuation: "Po", .mathSymbol: "Sm", .currencySymbol: "Sc", .modifierSymbol: "Sk",
    .otherSymbol: "So", .spaceSeparator: "Zs", .lineSeparator: "Zl", .paragraphSeparator: "Zp", .control: "Cc", .format: "Cf",
    .surrogate: "Cs", .privateUse: "Co", .unassigned: "Cn",
  ]

  private static let longNames: [String: String] = [
    "Letter": "L", "Cased_Letter": "LC", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll", "Titlecase_Letter": "Lt",
    "Modifier_Letter": "Lm", "Other_Letter": "Lo", "Mark": "M", "Nonspacing_Mark": "Mn", "Spacing_Mark": "Mc", "Enclosing_Mark": "Me",
    "Number": "N", "Decimal_Number": "Nd", "digit": "Nd", "Letter_Number": "Nl", "Other_Number": "No", "Punctuation": "P", "punct": "P",
    "Symbol": "S", "Math_Symbol": "Sm", "Currency_Symbol": "Sc", "Separator": "Z", "Space_Separator": "Zs", "Other": "C", "Control": "Cc",
    "Format": "Cf", "Unassigned": "Cn",
  ]
}
