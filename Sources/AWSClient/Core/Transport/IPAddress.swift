/// An address of IPv4 or IPv6.
public struct IPAddress: Sendable, Equatable {
  /// 4 or 16 bytes, in the order of the network.
  public let bytes: [UInt8]

  /// - Returns: nil for another number of bytes than 4 or 16.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    self.bytes = bytes
  }

  /// Reads "192.0.2.1" (four decimal numbers without leading zeros), or an IPv6 address by RFC 4291 section 2.2, without zone and brackets.
  public init?(_ text: String) {
    let found = text.utf8.contains(UInt8(ascii: ":")) ? Self.readVersion6(text) : Self.readVersion4(Substring(text))
    guard let found else { return nil }
    bytes = found
  }

  private static func readVersion4(_ text: Substring) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bytes: [UInt8] = []
    for part in parts {
      guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        part == "0" || !part.hasPrefix("0"), let byte = UInt8(part)
      else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  private static func readVersion6(_ text: String) -> [UInt8]? {
    /// The bytes of groups between colons, the last of which may be an address of version 4.
    func groups(_ text: Substring, mayEndInVersion4: Bool) -> [UInt8]? {
      if text.isEmpty { return [] }
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      var bytes: [UInt8] = []
      for (index, part) in parts.enumerated() {
        if mayEndInVersion4, index == parts.count - 1, part.utf8.contains(UInt8(ascii: ".")) {
          guard let last = readVersion4(part) else { return nil }
          bytes += last
          continue
        }
        guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(isHexadecimal), let group = UInt16(part, radix: 16) else {
          return nil
        }
        bytes += [UInt8(group >> 8), UInt8(truncatingIfNeeded: group)]
      }
      return bytes
    }
    let bytes = Array(text.utf8)
    guard let gap = bytes.indices.dropLast().first(where: { bytes[$0] == 0x3A && bytes[$0 + 1] == 0x3A }) else {
      return groups(Substring(text), mayEndInVersion4: true).flatMap { $0.count == 16 ? $0 : nil }
    }
    guard let head = groups(Substring(String(decoding: bytes[..<gap], as: UTF8.self)), mayEndInVersion4: false),
      let tail = groups(Substring(String(decoding: bytes[(gap + 2)...], as: UTF8.self)), mayEndInVersion4: true),
      head.count + tail.count <= 14
    else { return nil }
    return head + Array(repeating: 0, count: 16 - head.count - tail.count) + tail
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
    default: false
    }
  }

  // MARK: What an address is for

  /// True for an address of the public Internet: none of this machine, its link, a private network or a group, nor one that is kept for
  /// documentation, tests or the future.
  ///
  /// Sources: the IANA registries of special-purpose addresses (RFC 6890), and for version 6 RFC 4291 and the space that is handed out,
  /// 2000::/3. An address that wraps one of version 4 counts as that one where a translator delivers it there (RFC 6052), and otherwise not as
  /// public: which host it leads to, the network decides.
  public var isPublic: Bool { bytes.count == 4 ? Self.isPublic(version4: bytes[...]) : isPublicVersion6 }

  private var isPublicVersion6: Bool {
    // 64:ff9b::/96: what a network without version 4 of its own reaches version 4 by.
    if hasPrefix([0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0], 96) { return Self.isPublic(version4: bytes[12...]) }
    // Also leaves out what begins with zeros: this host, and version 4 in its mapped form (::ffff:0:0/96).
    guard hasPrefix([0x20], 3) else { return false }
    let special: [([UInt8], Int)] = [
      ([0x20, 0x01, 0x00], 23),  // Protocols of the IETF, Teredo among them.
      ([0x20, 0x01, 0x0D, 0xB8], 32), ([0x3F, 0xFF, 0x00], 20),  // Documentation.
      ([0x20, 0x02], 16),  // 6to4, which wraps version 4.
    ]
    return !special.contains { hasPrefix($0.0, $0.1) }
  }

  private static func isPublic(version4 bytes: ArraySlice<UInt8>) -> Bool {
    let address = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let special: [(UInt32, UInt32)] = [
      (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8), (0xA9FE_0000, 16), (0xAC10_0000, 12), (0xC000_0000, 24),
      (0xC000_0200, 24), (0xC058_6300, 24), (0xC0A8_0000, 16), (0xC612_0000, 15), (0xC633_6400, 24), (0xCB00_7100, 24),
      // Groups, and what is kept for the future, with the broadcast address.
      (0xE000_0000, 3),
    ]
    return !special.contains { prefix, length in (address ^ prefix) >> (32 - length) == 0 }
  }

  private func hasPrefix(_ prefix: [UInt8], _ bits: Int) -> Bool {
    for bit in 0..<bits where (bytes[bit / 8] ^ prefix[bit / 8]) >> (7 - bit % 8) & 1 == 1 { return false }
    return true
  }
}

extension IPAddress: CustomStringConvertible {
  /// "192.0.2.1", or the eight groups of version 6 without any being left out.
  public var description: String {
    if bytes.count == 4 { return bytes.map { "\($0)" }.joined(separator: ".") }
    return stride(from: 0, to: 16, by: 2).map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }.joined(separator: ":")
  }
}
