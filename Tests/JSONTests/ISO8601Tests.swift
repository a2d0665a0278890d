import JSON
import Testing

@Suite struct ISO8601Tests {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"),
      (951_782_400_000, "2000-02-29T00:00:00.000Z"),
      (1_795_159_140_123, "2026-11-20T07:19:00.123Z"),
      (-1, "1969-12-31T23:59:59.999Z"),
      (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
      (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
      (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
      (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
    ] as [(Int64, String)])
  func writesAndReads(milliseconds: Int64, text: String) {
    #expect(ISO8601.text(milliseconds: milliseconds) == text)
    #expect(ISO8601.milliseconds(text) == milliseconds)
  }

  @Test func everyDayOfFourCenturiesReadsBack() {
    for day in stride(from: Int64(-73_048), through: 73_049, by: 1) {
      let milliseconds = day * 86_400_000 + 1
      #expect(ISO8601.milliseconds(ISO8601.text(milliseconds: milliseconds)) == milliseconds)
    }
  }

  @Test(
    arguments: [
      ("2026-11-20T07:19:00Z", 1_795_159_140_000), ("2026-11-20t08:19:00+01:00", 1_795_159_140_000),
      ("2026-11-20T06:49:00.5-00:30", 1_795_159_140_500), ("2026-11-20 07:19:00.123456789z", 1_795_159_140_123),
    ] as [(String, Int64)])
  func readsOtherForms(text: String, milliseconds: Int64) {
    #expect(ISO8601.milliseconds(text) == milliseconds)
  }

  @Test(arguments: [
    "", "2026-11-20", "2026-11-20T07:19:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
    "2026-11-31T00:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T07:19:00.Z", "2026-11-20T07:19:00ZZ", "2026-11-20T07:19:00+0100",
    "1795159140", "٢٠٢٦-11-20T07:19:00Z",
  ])
  func refusesOtherText(text: String) {
    #expect(ISO8601.milliseconds(text) == nil)
  }

  @Test func clampsTimesBeyondFourDigitYears() {
    #expect(ISO8601.text(milliseconds: .max) == "9999-12-31T23:59:59.999Z")
    #expect(ISO8601.text(milliseconds: .min) == "0000-01-01T00:00:00.000Z")
  }

  @Test func writesTheBasicForm() {
    #expect(ISO8601.basicText(milliseconds: 1_795_159_140_123) == "20261120T071900Z")
  }
}
