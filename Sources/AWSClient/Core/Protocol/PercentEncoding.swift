/// Percent-encoding as AWS signs it: everything but the unreserved characters of RFC 3986, in capitals.
package enum PercentEncoding {
  private static let hexadecimalDigits = Array("0123456789ABCDEF".utf8)

  @inline(__always) static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
    default: false
    }
  }

  /// - Parameter keepsSlashes: true for a path whose segments are already set apart.
  package static func encode(_ text: String, keepsSlashes: Bool = false) -> String {
    var encoded: [UInt8] = []
    append(text, keepsSlashes: keepsSlashes, to: &encoded)
    return String(decoding: encoded, as: UTF8.self)
  }

  static func append(_ text: String, keepsSlashes: Bool = false, to encoded: inout [UInt8]) {
    for byte in text.utf8 {
      if isUnreserved(byte) || (keepsSlashes && byte == UInt8(ascii: "/")) {
        encoded.append(byte)
      } else {
        encoded.append(UInt8(ascii: "%"))
        encoded.append(hexadecimalDigits[Int(byte >> 4)])
        encoded.append(hexadecimalDigits[Int(byte & 15)])
      }
    }
  }

  /// A query as it is sent and signed: encoded, in the order of names and then values.
  static func query(_ parameters: [(name: String, value: String)]) -> String {
    guard !parameters.isEmpty else { return "" }
    return parameters.map { (encode($0.name), encode($0.value)) }.sorted { $0 < $1 }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
  }

  /// The text that was encoded; nil for a '%' without two digits or for bytes that are no UTF-8.
  package static func decode(_ text: String, plusIsBlank: Bool = false) -> String? {
    var decoded: [UInt8] = []
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
      if byte == UInt8(ascii: "%") {
        guard let high = bytes.next().flatMap(digit), let low = bytes.next().flatMap(digit) else { return nil }
        decoded.append(high << 4 | low)
      } else {
        decoded.append(plusIsBlank && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(validating: decoded, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }
}
