import AWSClient

/// A URL of http or https, taken apart so strictly that nobody reads another host out of it.
struct WebURL: Sendable {
  /// "http" or "https".
  let scheme: String
  /// A name in small letters without a dot at its end, or an address; version 6 without its brackets.
  let host: String
  let port: Int
  /// The path, at least "/", and the query.
  let target: String

  struct Problem: Error { let message: String }

  /// The address that the host is; nil for a name.
  var address: IPAddress? { IPAddress(host) }

  var standardPort: Int { Self.standardPort(scheme) }

  /// The URL as it is asked for: what was taken apart and nothing else.
  var text: String {
    let host = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
    return "\(scheme)://\(host)\(port == standardPort ? "" : ":\(port)")\(target)"
  }

  static func standardPort(_ scheme: String) -> Int { scheme == "https" ? 443 : 80 }

  private static let maximumBytes = 8_000

  private init(scheme: String, host: String, port: Int, target: String) {
    self.scheme = scheme
    self.host = host
    self.port = port
    self.target = target
  }

  /// - Throws: `Problem` for anything but an absolute URL of http or https in printable ASCII, without a name and a password.
  init(_ text: String) throws(Problem) {
    try Self.checkCharacters(text)
    let bytes = Array(text.utf8)
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[(colon + 1)...].starts(with: "//".utf8) else {
      throw Problem(message: "it does not begin with https://")
    }
    let scheme = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
    guard scheme == "https" || scheme == "http" else { throw Problem(message: "its scheme is '\(scheme)', not https") }
    let rest = bytes[(colon + 3)...]
    let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? rest.endIndex
    (host, port) = try Self.authority(rest[..<end], scheme: scheme)
    self.scheme = scheme
    target = Self.target(rest[end...])
  }

  private static func checkCharacters(_ text: String) throws(Problem) {
    guard text.utf8.count <= maximumBytes else { throw Problem(message: "it has \(text.utf8.count) bytes, at most \(maximumBytes) may be") }
    // What is outside of ASCII, a space or a backslash is read differently by different programs.
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else {
      throw Problem(
        message: "it has characters other than printable ASCII, or a space or a backslash; encode them (%20), and names of hosts as xn--..."
      )
    }
  }

  /// Host and port of "host", "host:8443", "[::1]:8443".
  static func authority(_ bytes: ArraySlice<UInt8>, scheme: String) throws(Problem) -> (host: String, port: Int) {
    guard !bytes.contains(UInt8(ascii: "@")) else { throw Problem(message: "it holds a name or a password, which are not sent") }
    var hostBytes = bytes
    var portBytes: ArraySlice<UInt8>?
    if bytes.first == UInt8(ascii: "[") {
      guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else { throw Problem(message: "a bracket of its host is not closed") }
      hostBytes = bytes[(bytes.startIndex + 1)..<close]
      let rest = bytes[(close + 1)...]
      guard rest.isEmpty || rest.first == UInt8(ascii: ":") else { throw Problem(message: "something stands behind its host's bracket") }
      if !rest.isEmpty { portBytes = rest.dropFirst() }
    } else if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) {
      hostBytes = bytes[..<colon]
      portBytes = bytes[(colon + 1)...]
    }
    var host = String(decoding: hostBytes, as: UTF8.self).lowercased()
    if host.hasSuffix(".") { host.removeLast() }
    guard bytes.first == UInt8(ascii: "[") ? IPAddress(host)?.bytes.count == 16 : isHost(host) else {
      throw Problem(message: "'\(host)' is no name of a host, and no address")
    }
    guard let portBytes else { return (host, standardPort(scheme)) }
    let port = String(decoding: portBytes, as: UTF8.self)
    guard (1...5).contains(port.utf8.count), port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(port),
      (1...65_535).contains(number)
    else { throw Problem(message: "'\(port)' is no port: expected 1 to 65535") }
    return (host, number)
  }

  /// A name by RFC 1123 (with underscores, which some have), or an address of version 4 in its usual form. What ends in a number is nothing
  /// else: some programs read "127.1" and "0x7f000001" as addresses too.
  static func isHost(_ text: String) -> Bool {
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    guard text.utf8.count <= 253, let last = labels.last else { return false }
    let areLabels = labels.allSatisfy { label in
      let bytes = label.utf8
      return (1...63).contains(bytes.count) && bytes.first != UInt8(ascii: "-") && bytes.last != UInt8(ascii: "-")
        && bytes.allSatisfy {
          (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
    }
    let isNumeric = last.utf8.allSatisfy { (0x30...0x39).contains($0) } || last.hasPrefix("0x")
    return areLabels && (!isNumeric || IPAddress(text) != nil)
  }

  /// Path and query of what follows the authority; a fragment is the reader's own.
  private static func target(_ bytes: ArraySlice<UInt8>) -> String {
    let target = String(decoding: bytes.prefix { $0 != UInt8(ascii: "#") }, as: UTF8.self)
    return target.hasPrefix("/") ? target : "/\(target)"
  }

  /// Where a redirection from this URL leads (RFC 3986 section 5.2).
  /// - Throws: `Problem` for a reference that cannot be one.
  func redirected(to reference: String) throws(Problem) -> WebURL {
    try Self.checkCharacters(reference)
    if reference.isEmpty { throw Problem(message: "it is empty") }
    let beginning = reference.utf8.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    if beginning.contains(UInt8(ascii: ":")) { return try WebURL(reference) }
    if reference.hasPrefix("//") { return try WebURL("\(scheme):\(reference)") }
    let (path, _) = Self.split(target)
    let (newPath, newQuery) = Self.split(String(decoding: reference.utf8.prefix { $0 != UInt8(ascii: "#") }, as: UTF8.self))
    var target = path
    if newPath.hasPrefix("/") {
      target = newPath
    } else if !newPath.isEmpty {
      target = String(decoding: path.utf8[...(path.utf8.lastIndex(of: UInt8(ascii: "/")) ?? path.utf8.startIndex)], as: UTF8.self) + newPath
    }
    return WebURL(scheme: scheme, host: host, port: port, target: Self.withoutDots(target) + (newQuery.map { "?\($0)" } ?? ""))
  }

  private static func split(_ target: String) -> (path: String, query: String?) {
    guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (target, nil) }
    return (String(target[..<mark]), String(target[target.utf8.index(after: mark)...]))
  }

  /// A path without the parts "." and "..".
  private static func withoutDots(_ path: String) -> String {
    var parts: [Substring] = []
    let all = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    for (index, part) in all.enumerated() {
      let isLast = index == all.count - 1
      switch part {
      case ".": if isLast { parts.append("") }
      case "..":
        if !parts.isEmpty { parts.removeLast() }
        if isLast { parts.append("") }
      default: parts.append(part)
      }
    }
    return "/" + parts.joined(separator: "/")
  }
}
