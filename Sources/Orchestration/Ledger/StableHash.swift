/// A hash that is the same in every process and version, unlike `Hasher`'s.
enum StableHash {
  /// FNV-1a over the UTF-8 of a text.
  /// Source: https://datatracker.ietf.org/doc/html/draft-eastlake-fnv
  static func of(_ text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { hash, byte in (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }
}
