/// The checksum of IEEE 802.3 (reflected polynomial EDB88320), as DynamoDB, S3 and event streams use it.
package struct CRC32 {
  private var state: UInt32 = 0xFFFF_FFFF

  /// Eight tables of 256 entries, so that eight bytes are taken at a time.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
      tables[byte] = value
    }
    for table in 1..<8 {
      for byte in 0..<256 {
        let previous = tables[(table - 1) * 256 + byte]
        tables[table * 256 + byte] = previous >> 8 ^ tables[Int(previous & 0xFF)]
      }
    }
    return tables
  }()

  mutating func update(_ bytes: some Collection<UInt8>) {
    if bytes.withContiguousStorageIfAvailable({ update(buffer: $0) }) == nil {
      Array(bytes).withUnsafeBufferPointer { update(buffer: $0) }
    }
  }

  private mutating func update(buffer: UnsafeBufferPointer<UInt8>) {
    var crc = state
    var index = 0
    let raw = UnsafeRawBufferPointer(buffer)
    CRC32.tables.withUnsafeBufferPointer { table in
      while index + 8 <= raw.count {
        let low = raw.loadUnaligned(fromByteOffset: index, as: UInt32.self).littleEndian ^ crc
        let high = raw.loadUnaligned(fromByteOffset: index + 4, as: UInt32.self).littleEndian
        crc =
          table[7 * 256 + Int(low & 0xFF)] ^ table[6 * 256 + Int(low >> 8 & 0xFF)]
          ^ table[5 * 256 + Int(low >> 16 & 0xFF)] ^ table[4 * 256 + Int(low >> 24)]
        crc ^=
          table[3 * 256 + Int(high & 0xFF)] ^ table[2 * 256 + Int(high >> 8 & 0xFF)]
          ^ table[256 + Int(high >> 16 & 0xFF)] ^ table[Int(high >> 24)]
        index += 8
      }
      while index < raw.count {
        crc = crc >> 8 ^ table[Int((crc ^ UInt32(raw[index])) & 0xFF)]
        index += 1
      }
    }
    state = crc
  }

  var value: UInt32 { ~state }

  package static func checksum(_ bytes: some Collection<UInt8>) -> UInt32 {
    var checksum = CRC32()
    checksum.update(bytes)
    return checksum.value
  }
}

extension UInt32 {
  /// The four bytes, most significant first.
  package var bigEndianBytes: [UInt8] {
    [
      UInt8(truncatingIfNeeded: self >> 24), UInt8(truncatingIfNeeded: self >> 16), UInt8(truncatingIfNeeded: self >> 8),
      UInt8(truncatingIfNeeded: self),
    ]
  }
}
