import Testing

@testable import AWSClient

struct IPAddressTests {
  @Test(arguments: [
    ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
    ("::", "0:0:0:0:0:0:0:0"), ("::1", "0:0:0:0:0:0:0:1"), ("2001:DB8::8:800:200C:417A", "2001:db8:0:0:8:800:200c:417a"),
    ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("::ffff:127.0.0.1", "0:0:0:0:0:ffff:7f00:1"), ("1::", "1:0:0:0:0:0:0:0"),
    ("64:ff9b::10.0.0.1", "64:ff9b:0:0:0:0:a00:1"), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
  ])
  func addressesAreRead(text: String, whole: String) throws {
    let address = try #require(IPAddress(text))
    #expect(address.description == whole)
    #expect(IPAddress(bytes: address.bytes) == address)
  }

  @Test(arguments: [
    "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "0x7f.0.0.1", "1.2.3.", " 1.2.3.4", "127.1", "2130706433", ":", ":::", "1::2::3",
    "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8", "12345::", "g::", "::1%eth0", "1.2.3.4::", "::1.2.3.4:5", "+1::", "[::1]",
  ])
  func whatIsNoAddressIsNone(text: String) { #expect(IPAddress(text) == nil) }

  /// The last address before a range, its first and its last, and the first after it.
  @Test(arguments: [
    ("0.0.0.0", "0.255.255.255"), ("10.0.0.0", "10.255.255.255"), ("100.64.0.0", "100.127.255.255"), ("127.0.0.0", "127.255.255.255"),
    ("169.254.0.0", "169.254.255.255"), ("172.16.0.0", "172.31.255.255"), ("192.0.0.0", "192.0.0.255"), ("192.0.2.0", "192.0.2.255"),
    ("192.88.99.0", "192.88.99.255"), ("192.168.0.0", "192.168.255.255"), ("198.18.0.0", "198.19.255.255"),
    ("198.51.100.0", "198.51.100.255"), ("203.0.113.0", "203.0.113.255"), ("224.0.0.0", "255.255.255.255"),
  ])
  func rangesOfVersion4AreNotPublicToTheirEdges(first: String, last: String) throws {
    let edges = try [first, last].map { text in try #require(IPAddress(text)).bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } }
    func address(_ number: UInt32) throws -> IPAddress {
      try #require(IPAddress(bytes: (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }))
    }
    for edge in edges {
      let inner = try address(edge)
      #expect(!inner.isPublic)
      // However it is wrapped, it is what it is.
      #expect(try !#require(IPAddress("::ffff:\(inner)")).isPublic)
      #expect(try !#require(IPAddress("64:ff9b::\(inner)")).isPublic)
    }
    if edges[0] > 0 { #expect(try address(edges[0] - 1).isPublic) }
    if edges[1] < .max { #expect(try address(edges[1] + 1).isPublic) }
  }

  @Test(arguments: [
    "::", "::1", "::ffff:8.8.8.8", "::8.8.8.8", "64:ff9b:1::808:808", "100::1", "fc00::1", "fdff:ffff::1", "fd00:ec2::254", "fe80::1",
    "febf::1", "fec0::1", "ff02::1", "2001::1", "2001:1ff::1", "2001:db8::1", "2002:808:808::1", "3fff:0fff::1", "4000::1", "1fff::1",
  ])
  func whatIsNotPublicOfVersion6(text: String) throws { #expect(try !#require(IPAddress(text)).isPublic) }

  @Test(arguments: [
    "2000::1", "2001:200::1", "2600:1f18::1", "2a05:d018::1", "3ffe::1", "64:ff9b::8.8.8.8", "8.8.8.8", "1.1.1.1", "223.255.255.255",
  ])
  func whatIsPublic(text: String) throws { #expect(try #require(IPAddress(text)).isPublic) }
}
