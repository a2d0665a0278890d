import Foundation
import JSON
import Testing

/// Every case of nst/JSONTestSuite: `y_` must be accepted, `n_` refused, and of `i_`, which RFC 8259 leaves open, this is what we do.
@Suite struct ConformanceTests {
  /// Numbers of any size and precision are accepted: a number is its text.
  private static let accepted: Set<String> = [
    "i_number_double_huge_neg_exp", "i_number_huge_exp", "i_number_neg_int_huge_exp", "i_number_pos_double_huge_exp",
    "i_number_real_neg_overflow", "i_number_real_pos_overflow", "i_number_real_underflow", "i_number_too_big_neg_int",
    "i_number_too_big_pos_int", "i_number_very_big_negative_int",
    // 500 is within the depth of 512 that a text may have unless the caller says otherwise.
    "i_structure_500_nested_arrays",
  ]

  private static let refused: [String: JSONError.Code] = [
    // Half a surrogate pair names no character, and a Swift string cannot hold one.
    "i_object_key_lone_2nd_surrogate": .invalidEscape,
    "i_string_1st_surrogate_but_2nd_missing": .invalidEscape,
    "i_string_1st_valid_surrogate_2nd_invalid": .invalidEscape,
    "i_string_incomplete_surrogate_and_escape_valid": .invalidEscape,
    "i_string_incomplete_surrogate_pair": .invalidEscape,
    "i_string_incomplete_surrogates_escape_valid": .invalidEscape,
    "i_string_invalid_lonely_surrogate": .invalidEscape,
    "i_string_invalid_surrogate": .invalidEscape,
    "i_string_inverted_surrogates_U+1D11E": .invalidEscape,
    "i_string_lone_second_surrogate": .invalidEscape,
    // Bytes that are not UTF-8 are refused, never repaired: what is read is what was sent.
    "i_string_UTF-8_invalid_sequence": .invalidUTF8,
    "i_string_UTF8_surrogate_U+D800": .invalidUTF8,
    "i_string_invalid_utf-8": .invalidUTF8,
    "i_string_iso_latin_1": .invalidUTF8,
    "i_string_lone_utf8_continuation_byte": .invalidUTF8,
    "i_string_not_in_unicode_range": .invalidUTF8,
    "i_string_overlong_sequence_2_bytes": .invalidUTF8,
    "i_string_overlong_sequence_6_bytes": .invalidUTF8,
    "i_string_overlong_sequence_6_bytes_null": .invalidUTF8,
    "i_string_truncated-utf-8": .invalidUTF8,
    // UTF-16 is not JSON between systems (RFC 8259 section 8.1); its byte order mark is not UTF-8, its zeros are no values.
    "i_string_UTF-16LE_with_BOM": .invalidUTF8,
    "i_string_utf16BE_no_BOM": .unexpectedByte,
    "i_string_utf16LE_no_BOM": .unexpectedByte,
    // A byte order mark must not be sent; nobody on AWS sends one.
    "i_structure_UTF-8_BOM_empty_object": .unexpectedByte,
  ]

  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: ".build/test-data/json-test-suite")

  /// The cases by name, without the ending.
  private static func cases() throws -> [(name: String, bytes: [UInt8])] {
    let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }.sorted()
    return try #require(files, "the suite is not there: run Scripts/fetch-test-data.sh").map {
      (String($0.dropLast(5)), [UInt8](try Data(contentsOf: folder.appending(path: $0))))
    }
  }

  @Test func `every case behaves as RFC 8259 says`() throws {
    let cases = try Self.cases()
    #expect(cases.count == 318)
    for (name, bytes) in cases {
      let error = failure(bytes)
      switch name.prefix(2) {
      case "y_": #expect(error == nil, "\(name)")
      case "n_": #expect(error != nil, "\(name)")
      default:
        #expect(Self.accepted.contains(name) || Self.refused[name] != nil, "\(name) has no entry above")
        #expect(error?.code == Self.refused[name], "\(name)")
      }
      if let offset = error?.byteOffset { #expect((0...bytes.count).contains(offset), "\(name)") }
    }
  }

  @Test func `what is accepted is written and read again without a change`() throws {
    for (name, bytes) in try Self.cases() {
      guard let value = try? JSONValue(parsing: bytes) else { continue }
      let again = try JSONValue(parsing: value.bytes)
      #expect(again == value && again.bytes == value.bytes, "\(name)")
    }
  }

  @Test func `skipping, copying and the Codable bridge refuse what parsing refuses`() throws {
    for (name, bytes) in try Self.cases() {
      let error = failure(bytes)
      #expect(error == failure { (reader: inout JSONReader) throws(JSONError) in try reader.skipValue() }(bytes), "\(name)")
      #expect(error == failure { (reader: inout JSONReader) throws(JSONError) in _ = try reader.readRaw() }(bytes), "\(name)")
      #expect((try? CodableReader.decode(JSONValue.self, from: bytes)) == (try? JSONValue(parsing: bytes)), "\(name)")
    }
  }

  private func failure(_ bytes: [UInt8]) -> JSONError? {
    failure { (reader: inout JSONReader) throws(JSONError) in _ = try reader.readValue() }(bytes)
  }

  private func failure(_ read: @escaping (inout JSONReader) throws(JSONError) -> Void) -> ([UInt8]) -> JSONError? {
    { bytes in
      do throws(JSONError) {
        try JSONReader.withReader(bytes, read)
        return nil
      } catch {
        return error
      }
    }
  }
}
