import CCurlCrypto

/// SHA-1, by libcrypto: AWS's tools name their files by it.
enum SHA1 {
  /// 20 bytes; nil when libcrypto has no SHA-1 to offer, as under some policies.
  static func hash(_ bytes: [UInt8]) -> [UInt8]? {
    var isDone = false
    let digest = [UInt8](unsafeUninitializedCapacity: 20) { output, count in
      isDone = bytes.withUnsafeBufferPointer { carb_sha1($0.baseAddress, $0.count, output.baseAddress) } == 1
      count = isDone ? 20 : 0
    }
    return isDone ? digest : nil
  }
}
