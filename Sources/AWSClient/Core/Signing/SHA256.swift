import CCurlCrypto

/// SHA-256 and its HMAC, by libcrypto.
enum SHA256 {
  static func hash(_ bytes: [UInt8]) throws(SigningError) -> [UInt8] {
    var isDone = false
    let digest = [UInt8](unsafeUninitializedCapacity: 32) { output, count in
      isDone = bytes.withUnsafeBufferPointer { carb_sha256($0.baseAddress, $0.count, output.baseAddress) } == 1
      count = isDone ? 32 : 0
    }
    guard isDone else { throw SigningError.noDigest }
    return digest
  }

  /// RFC 2104.
  static func authenticate(_ bytes: [UInt8], key: [UInt8]) throws(SigningError) -> [UInt8] {
    // A key longer than a block is replaced by its hash (RFC 2104 section 2).
    let key = key.count > 64 ? try hash(key) : key
    var isDone = false
    let digest = [UInt8](unsafeUninitializedCapacity: 32) { output, count in
      isDone =
        key.withUnsafeBufferPointer { key in
          bytes.withUnsafeBufferPointer { carb_hmac_sha256(key.baseAddress, key.count, $0.baseAddress, $0.count, output.baseAddress) }
        } == 1
      count = isDone ? 32 : 0
    }
    guard isDone else { throw SigningError.noDigest }
    return digest
  }
}

/// Why nothing can be signed.
enum SigningError: Error {
  /// libcrypto has no SHA-256 to offer.
  case noDigest
  /// The access key's id or the session token cannot stand in a header field.
  case badCredentials
}

/// Hexadecimal text in lower case.
enum Hexadecimal {
  static func append(_ bytes: [UInt8], to text: inout [UInt8]) {
    for byte in bytes {
      text.append(digit(byte >> 4))
      text.append(digit(byte & 15))
    }
  }

  static func encode(_ bytes: [UInt8]) -> String {
    String(unsafeUninitializedCapacity: bytes.count * 2) { output in
      for (index, byte) in bytes.enumerated() {
        output[2 * index] = digit(byte >> 4)
        output[2 * index + 1] = digit(byte & 15)
      }
      return bytes.count * 2
    }
  }

  @inline(__always) private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
