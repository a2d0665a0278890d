import JSON

/// Random numbers that are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

/// Values of every kind, with the texts and numbers that go wrong most.
struct RandomValues {
  var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  mutating func value(depth: Int = 0) -> JSONValue {
    switch Int.random(in: 0..<(depth > 4 ? 5 : 8), using: &generator) {
    case 0: .null
    case 1: .bool(Bool.random(using: &generator))
    case 2: .number(number())
    case 3, 4: .string(string())
    case 5: .array((0..<Int.random(in: 0..<6, using: &generator)).map { _ in value(depth: depth + 1) })
    default: .object(JSONObject((0..<Int.random(in: 0..<6, using: &generator)).map { ("\($0)" + string(), value(depth: depth + 1)) }))
    }
  }

  mutating func string() -> String {
    let plain: [Unicode.Scalar] = ["a", "Z", "0", " ", "/"]
    let special: [Unicode.Scalar] = [
      "\"", "\\", "\n", "\r", "\t", "\u{0}", "\u{8}", "\u{C}", "\u{1F}", "\u{7F}", "\u{80}", "é", "\u{7FF}", "\u{800}", "\u{FFFF}", "漢",
      "\u{10000}", "😀", "\u{10FFFF}", "\u{2028}", "\u{D7FF}", "\u{E000}",
    ]
    var text = String.UnicodeScalarView()
    let isMostlyPlain = Bool.random(using: &generator)
    for _ in 0..<Int.random(in: 0..<40, using: &generator) {
      let isPlain = isMostlyPlain ? Int.random(in: 0..<12, using: &generator) > 0 : Bool.random(using: &generator)
      text.append((isPlain ? plain : special).randomElement(using: &generator) ?? "x")
    }
    return String(text)
  }

  mutating func digits(_ count: Int) -> String {
    String((0..<count).map { _ in Character(String(Int.random(in: 0...9, using: &generator))) })
  }

  mutating func number() -> JSONNumber {
    var text = Bool.random(using: &generator) ? "-" : ""
    text +=
      Bool.random(using: &generator)
      ? "0" : "\(Int.random(in: 1...9, using: &generator))" + digits(Int.random(in: 0..<38, using: &generator))
    if Bool.random(using: &generator) { text += "." + digits(Int.random(in: 1..<20, using: &generator)) }
    if Bool.random(using: &generator) {
      text += ["e", "E", "e+", "e-", "E-"].randomElement(using: &generator) ?? "e"
      text += digits(Int.random(in: 1..<4, using: &generator))
    }
    return JSONNumber(text: text) ?? JSONNumber(0)
  }
}
