import Testing

@testable import AWSClient

/// The small codecs: Base64, CRC-32, percent-encoding, HTTP dates, XML.
struct EncodingTests {
  /// RFC 4648 section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func base64(text: String, encoded: String) {
    #expect(Base64.encode(Array(text.utf8)) == encoded)
    #expect(Base64.decode(encoded) == Array(text.utf8))
  }

  @Test func base64OfEveryByte() {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    for count in 0...bytes.count { #expect(Base64.decode(Base64.encode(Array(bytes[..<count]))) == Array(bytes[..<count])) }
  }

  @Test(arguments: ["A", "AA", "AAA", "AA=A", "====", "A===", "AA_-", "AAAA\n", "ÄA=="])
  func badBase64IsRefused(text: String) { #expect(Base64.decode(text) == nil) }

  @Test(arguments: [("", 0), ("a", 0xE8B7_BE43), ("123456789", 0xCBF4_3926), ("The quick brown fox jumps over the lazy dog", 0x414F_A339)])
  func crc32(text: String, checksum: UInt32) { #expect(CRC32.checksum(Array(text.utf8)) == checksum) }

  @Test func crc32InPiecesIsTheSame() {
    let bytes = (0..<1_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    for split in 0...64 {
      var checksum = CRC32()
      checksum.update(bytes[..<split])
      checksum.update(bytes[split...])
      #expect(checksum.value == CRC32.checksum(bytes))
    }
  }

  @Test func percentEncoding() {
    #expect(PercentEncoding.encode("aZ09-._~ /+é%") == "aZ09-._~%20%2F%2B%C3%A9%25")
    #expect(PercentEncoding.encode("a/b c", keepsSlashes: true) == "a/b%20c")
    #expect(PercentEncoding.decode("a%20b%2Fé%e8%aa%9e") == "a b/é語")
    #expect(PercentEncoding.decode("a+b", plusIsBlank: true) == "a b")
    for bad in ["%", "%2", "%zz", "%FF"] { #expect(PercentEncoding.decode(bad) == nil) }
    #expect(PercentEncoding.query([("b", "1"), ("a", "2"), ("a", "1 +"), ("c", "")]) == "a=1%20%2B&a=2&b=1&c=")
  }

  @Test(arguments: [
    ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777_000),
    ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199_000),
    ("Mon, 01 Jan 2100 00:00:00 GMT", 4_102_444_800_000),
  ])
  func httpDates(text: String, milliseconds: Int64) { #expect(HTTPDate.milliseconds(text) == milliseconds) }

  @Test(arguments: [
    "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Abc 1994 08:49:37 GMT", "Sun, 99 Nov 1994 08:49:37 GMT",
  ])
  func otherDatesAreNone(text: String) { #expect(HTTPDate.milliseconds(text) == nil) }

  @Test func xml() throws {
    let text = """
      \u{FEFF}<?xml version="1.0"?><!-- c --><a:root xmlns:a='x>y'> <b k="1 &lt;"/>t&amp;&#x41;&#66;<c><![CDATA[<raw>&]]></c ><!-- <d> --><?p ?></a:root>
      """
    let root = try XMLElement(parsing: Array(text.utf8))
    #expect(root.name == "root")
    #expect(root.text == " t&AB")
    #expect(root.children.map(\.name) == ["b", "c"])
    #expect(root["c"]?.text == "<raw>&")
  }

  @Test(arguments: [
    "", "text", "<a>", "<a></b>", "<a/><b/>", "<a>&unknown;</a>", "<a>&amp</a>", "<a b></a>", "<a b=1/>", "<a b=\"1/>", "<>",
    "<a><![CDATA[</a>",
    "<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>", "<a>&#xD800;</a>", String(repeating: "<a>", count: 1_000),
  ])
  func badXMLIsRefused(text: String) { #expect(throws: XMLElement.ParsingError.self) { try XMLElement(parsing: Array(text.utf8)) } }

  @Test func uuidsAreOfVersionFour() {
    let ids = (0..<50).map { _ in RandomID.uuid(SystemClock()) }
    #expect(Set(ids).count == 50)
    for id in ids {
      let characters = Array(id)
      #expect(characters.count == 36)
      #expect([8, 13, 18, 23].allSatisfy { characters[$0] == "-" })
      #expect(characters[14] == "4")
      #expect("89ab".contains(characters[19]))
    }
  }
}
