/// The checksums that S3 keeps with an object and sends along with its bytes.
package enum S3Checksum {
  /// The header field of a checksum that came with an answer, with its value, when it is not that of the bytes; nil when all is well.
  ///
  /// Checked is the first that came. A checksum of checksums, as of an object uploaded in parts ("…-3"), says nothing about the bytes.
  package static func mismatch(of response: HTTPResponse) -> String? {
    guard response.headers["x-amz-checksum-type"] != "COMPOSITE" else { return nil }
    for (name, checksum) in algorithms {
      guard let sent = response.headers[name], !sent.utf8.contains(UInt8(ascii: "-")) else { continue }
      guard let actual = checksum(response.body) else { continue }
      return sent == Base64.encode(actual) ? nil : "\(name): \(sent)"
    }
    return nil
  }

  /// From cheap to dear; nil from one that libcrypto does not have.
  private static let algorithms: [(String, @Sendable ([UInt8]) -> [UInt8]?)] = [
    ("x-amz-checksum-crc32", { CRC32.checksum($0).bigEndianBytes }), ("x-amz-checksum-crc32c", { CRC32C.checksum($0).bigEndianBytes }),
    ("x-amz-checksum-crc64nvme", { CRC64NVME.checksum($0).bigEndianBytes }), ("x-amz-checksum-sha1", { SHA1.hash($0) }),
    ("x-amz-checksum-sha256", { try? SHA256.hash($0) }),
  ]
}

/// CRC-32C (RFC 3720, reflected polynomial 82F63B78).
enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
  }

  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    let table = table
    return ~bytes.reduce(UInt32.max) { $0 >> 8 ^ table[Int(($0 ^ UInt32($1)) & 0xFF)] }
  }
}

/// CRC-64/NVME (reflected polynomial 9A6C9329AC4BC9B5), S3's own choice for objects that were uploaded without a checksum.
enum CRC64NVME {
  private static let table: [UInt64] = (0..<256).map { byte in
    (0..<8).reduce(UInt64(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x9A6C_9329_AC4B_C9B5 : value >> 1 }
  }

  static func checksum(_ bytes: [UInt8]) -> UInt64 {
    let table = table
    return ~bytes.reduce(UInt64.max) { $0 >> 8 ^ table[Int(($0 ^ UInt64($1)) & 0xFF)] }
  }
}

extension UInt64 {
  /// The eight bytes, most significant first.
  var bigEndianBytes: [UInt8] { UInt32(truncatingIfNeeded: self >> 32).bigEndianBytes + UInt32(truncatingIfNeeded: self).bigEndianBytes }
}
