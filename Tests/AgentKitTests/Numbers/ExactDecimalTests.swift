import AgentKit
import JSON
import Testing

@Suite("Exact decimals")
struct ExactDecimalTests {
  private func decimal(_ text: String) throws -> ExactDecimal { try #require(ExactDecimal(text), "\(text)") }

  @Test(
    "Texts are read and written",
    arguments: [
      ("0", "0"), ("-0", "0"), ("1.50", "1.5"), ("-12", "-12"), ("1e3", "1000"), ("1E-3", "0.001"), ("0.000", "0"), ("+7", "7"),
      ("007", "7"), (".5", "0.5"), ("5.", "5"), ("123456789012345678901234567890.123456789", "123456789012345678901234567890.123456789"),
      ("1e100", "1e100"), ("-1.5e-100", "-1.5e-100"), ("1000000000", "1000000000"), ("999999999e9", "999999999000000000"),
    ])
  func readAndWrite(text: String, expected: String) throws {
    #expect(try decimal(text).text == expected)
  }

  @Test("What is no number is refused", arguments: ["", "-", "1.2.3", "e5", "1e", "abc", "1 2", "1e99999999999", ".", "0x10", "1,000"])
  func refused(text: String) {
    #expect(ExactDecimal(text) == nil)
  }

  @Test("Sums, differences and products are exact")
  func exactArithmetic() throws {
    #expect(try decimal("0.1").adding(decimal("0.2")).text == "0.3")
    #expect(try decimal("1").subtracting(decimal("1.0")).text == "0")
    #expect(try decimal("-5").adding(decimal("3")).text == "-2")
    #expect(try decimal("3").subtracting(decimal("5.25")).text == "-2.25")
    #expect(
      try decimal("99999999999999999999").multiplied(by: decimal("99999999999999999999")).text
        == "9999999999999999999800000000000000000001")
    #expect(try decimal("-0.5").multiplied(by: decimal("0.5")).text == "-0.25")
  }

  @Test(
    "Quotients end or are rounded to 34 digits",
    arguments: [
      ("1", "8", "0.125", true), ("1", "3", "0.3333333333333333333333333333333333", false),
      ("2", "3", "0.6666666666666666666666666666666667", false), ("-7", "2", "-3.5", true),
      ("1000000000000000000000", "1000000007", "999999993000.000048999999657000002401", false),
      ("123456789123456789123456789", "987654321987654321", "124999998.7343750009492187507119140632", false),
    ])
  func quotients(left: String, right: String, expected: String, isExact: Bool) throws {
    let quotient = try decimal(left).divided(by: decimal(right))
    #expect(quotient.isExact == isExact)
    if isExact {
      #expect(quotient.value.text == expected)
    } else {
      // Whatever the rounding, quotient times divisor is the dividend to 33 digits.
      let error = try quotient.value.multiplied(by: decimal(right)).subtracting(decimal(left)).absolute
      #expect(try error < decimal(left).absolute.multiplied(by: decimal("1e-33")))
      #expect(quotient.value.text.utf8.filter { $0 >= 0x30 && $0 <= 0x39 }.count <= 35)
    }
  }

  @Test("Thirds are rounded, half to even")
  func thirds() throws {
    #expect(try decimal("2").divided(by: decimal("3")).value.text == "0.6666666666666666666666666666666667")
    #expect(try decimal("1").divided(by: decimal("3")).value.text == "0.3333333333333333333333333333333333")
  }

  @Test("Long division agrees with multiplication")
  func longDivision() throws {
    // A fixed linear congruence gives 300 pairs of numbers of 1 to 60 digits.
    var state: UInt64 = 42
    func digits() -> String {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let count = Int(state >> 58) % 60 + 1
      var text = ""
      for _ in 0..<count {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        // Many nines and zeros: the digits at which long division goes wrong.
        let digit = (state >> 60) & 15
        text += digit < 10 ? String(digit) : digit < 13 ? "9" : "0"
      }
      return "1" + text
    }
    for _ in 0..<300 {
      let left = try decimal(digits())
      let right = try decimal(digits())
      let product = try left.multiplied(by: right)
      #expect(try product.divided(by: right).value == left)
      #expect(try product.adding(ExactDecimal(1)).remainder(dividingBy: right) == ExactDecimal(1))
      #expect(product.isMultiple(of: left))
      #expect(try !product.adding(ExactDecimal(1)).isMultiple(of: left))
    }
  }

  @Test("Order does not depend on how a number is written")
  func order() throws {
    #expect(try decimal("1.0") == decimal("1"))
    #expect(try decimal("10") > decimal("9.99"))
    #expect(try decimal("-10") < decimal("-9.99"))
    #expect(try decimal("1e900000000") > decimal("9e899999999"))
    #expect(try decimal("1e-900000000") > decimal("0"))
    #expect(try decimal("-1") < decimal("0"))
    #expect(try decimal("0") < decimal("0.001"))
  }

  @Test("Multiples are exact whatever the exponents")
  func multiples() throws {
    #expect(try decimal("0.3").isMultiple(of: decimal("0.1")))
    #expect(try decimal("0.0075").isMultiple(of: decimal("0.0001")))
    #expect(try !decimal("0.00751").isMultiple(of: decimal("0.0001")))
    #expect(try decimal("1e308").isMultiple(of: decimal("0.5")))
    #expect(try !decimal("1e308").isMultiple(of: decimal("0.123456789")))
    #expect(try decimal("1e900000000").isMultiple(of: decimal("16")))
    #expect(try !decimal("1e900000000").isMultiple(of: decimal("3")))
    #expect(try decimal("12391239123").isMultiple(of: decimal("1e-8")))
  }

  @Test(
    "Rounding",
    arguments: [
      ("2.5", 0, ExactDecimal.Rounding.halfEven, "2"), ("3.5", 0, .halfEven, "4"), ("2.5", 0, .halfAwayFromZero, "3"),
      ("-2.5", 0, .halfAwayFromZero, "-3"), ("2.345", 2, .halfAwayFromZero, "2.35"), ("-2.1", 0, .down, "-3"), ("-2.1", 0, .up, "-2"),
      ("2.1", 0, .up, "3"), ("2.1", 0, .down, "2"), ("0.0001", 0, .up, "1"), ("-0.0001", 0, .down, "-1"), ("0.0001", 0, .halfEven, "0"),
      ("1250", -2, .halfEven, "1200"), ("7", 5, .down, "7"), ("0.5", 0, .halfEven, "0"), ("0.51", 0, .halfEven, "1"),
    ])
  func rounding(text: String, digits: Int, rounding: ExactDecimal.Rounding, expected: String) throws {
    #expect(try decimal(text).rounded(toFractionDigits: digits, rounding).text == expected)
  }

  @Test("Powers and roots")
  func powersAndRoots() throws {
    #expect(try decimal("2").raised(to: 100).value.text == "1267650600228229401496703205376")
    #expect(try decimal("1.1").raised(to: 3).value.text == "1.331")
    #expect(try decimal("4").raised(to: -1).value.text == "0.25")
    #expect(try decimal("0").raised(to: 0).value.text == "1")
    let root = try decimal("2").squareRoot()
    #expect(root.value.text == "1.414213562373095048801688724209698" && !root.isExact)
    #expect(try decimal("0.0625").squareRoot().value.text == "0.25")
    #expect(try decimal("1e100").squareRoot().value.text == "1e50")
    #expect(throws: DecimalError.self) { try decimal("-1").squareRoot() }
    #expect(throws: DecimalError.self) { try decimal("0").raised(to: -1) }
  }

  @Test("Results without measure are refused")
  func tooLarge() throws {
    #expect(throws: DecimalError.self) { try decimal("1e900000000").adding(decimal("1")) }
    #expect(throws: DecimalError.self) { try decimal("1.1").raised(to: 900_000_000) }
    #expect(throws: DecimalError.self) { try decimal("1").divided(by: .zero) }
    #expect(throws: DecimalError.self) { try decimal("1").remainder(dividingBy: .zero) }
  }

  @Test("Integers at the edge")
  func integers() throws {
    #expect(try decimal("9223372036854775807").int64 == .max)
    #expect(try decimal("-9223372036854775808").int64 == .min)
    #expect(try decimal("9223372036854775808").int64 == nil)
    #expect(try decimal("1.5").int64 == nil)
    #expect(try decimal("1e3").int64 == 1000)
    #expect(ExactDecimal(Int64.min).text == "-9223372036854775808")
  }

  @Test("As JSON")
  func json() throws {
    #expect(try decimal("1.50").jsonValue.text == "1.5")
    #expect(try decimal("1e100").jsonValue.text == "1e100")
  }
}
