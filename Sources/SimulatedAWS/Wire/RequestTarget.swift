import AWSClient

/// What a request's URL says, taken apart.
struct RequestTarget {
  /// Host and port, as in the URL.
  let authority: String
  /// Percent-encoded, with the slash in front; never empty.
  let path: Substring
  private let queryText: Substring

  init(_ url: String) {
    let utf8 = url.utf8
    var rest = utf8[...]
    // "https://": the scheme ends at the first colon.
    if let colon = rest.firstIndex(of: UInt8(ascii: ":")), rest[colon...].starts(with: "://".utf8) {
      rest = rest[utf8.index(colon, offsetBy: 3)...]
    }
    let authorityEnd = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
    authority = String(url[rest.startIndex..<authorityEnd])
    rest = rest[authorityEnd...]
    let pathEnd = rest.firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
    path = pathEnd == rest.startIndex ? "/" : url[rest.startIndex..<pathEnd]
    queryText = pathEnd == rest.endIndex ? "" : url[utf8.index(after: pathEnd)..<rest.endIndex]
  }

  /// The query's parameters, decoded, in their order; those that are no percent-encoded UTF-8 stay as they are.
  var query: [(name: String, value: String)] {
    guard !queryText.isEmpty else { return [] }
    return queryText.utf8.split(separator: UInt8(ascii: "&")).map { pair in
      let equals = pair.firstIndex(of: UInt8(ascii: "="))
      let value = equals.map { RequestTarget.decoded(pair[pair.index(after: $0)...]) } ?? ""
      return (RequestTarget.decoded(pair[..<(equals ?? pair.endIndex)]), value)
    }
  }

  private static func decoded(_ bytes: Substring.UTF8View) -> String {
    let text = String(Substring(bytes))
    return PercentEncoding.decode(text) ?? text
  }
}
