import AWSClient

/// XML as S3 writes it.
enum XMLText {
  static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

  /// The text with what XML reserves as references.
  static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: { isReserved($0) }) else { return text }
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case _ where scalar.value < 0x20: escaped += "&#x\(String(scalar.value, radix: 16));"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  private static func isReserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), 0..<0x20: true
    default: false
    }
  }
}

extension HTTPResponse {
  /// A refusal of S3's; the answer to HEAD has no body.
  static func xml(_ refusal: Refusal, method: String, requestID: String, details: [(name: String, value: String)] = []) -> HTTPResponse {
    var headers = HTTPHeaders()
    headers.append(lowercased: "x-amz-request-id", requestID)
    guard method != "HEAD", refusal.status != 304 else { return HTTPResponse(status: refusal.status, headers: headers) }
    headers.append(lowercased: "content-type", "application/xml")
    var text = XMLText.declaration
    text += "<Error><Code>\(refusal.code)</Code><Message>\(XMLText.escaped(refusal.message))</Message>"
    for detail in details { text += "<\(detail.name)>\(XMLText.escaped(detail.value))</\(detail.name)>" }
    text += "<RequestId>\(requestID)</RequestId></Error>"
    return HTTPResponse(status: refusal.status, headers: headers, body: Array(text.utf8))
  }
}
