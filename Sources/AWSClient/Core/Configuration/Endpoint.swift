/// Where a service is reached: scheme, authority and a path in front of every request's own.
public struct Endpoint: Sendable, Hashable {
  private final class Parts: Sendable {
    let scheme: String
    let authority: String
    let basePath: String
    let signingRegion: String?

    init(scheme: String, authority: String, basePath: String, signingRegion: String?) {
      self.scheme = scheme
      self.authority = authority
      self.basePath = basePath
      self.signingRegion = signingRegion
    }
  }

  // One reference: an optional of several strings is destroyed by metadata that every start of a function would have to make.
  private let parts: Parts

  /// "https" or "http".
  public var scheme: String { parts.scheme }
  /// Host, and port where it is not the scheme's own: what the Host header says.
  public var authority: String { parts.authority }
  /// Empty, or a path that begins with '/' and does not end with one.
  public var basePath: String { parts.basePath }
  /// The region to sign for where that is not the region called; nil where it is.
  public var signingRegion: String? { parts.signingRegion }

  package init(scheme: String = "https", authority: String, basePath: String = "", signingRegion: String? = nil) {
    parts = Parts(scheme: scheme, authority: authority, basePath: basePath, signingRegion: signingRegion)
  }

  public static func == (first: Endpoint, second: Endpoint) -> Bool {
    first.scheme == second.scheme && first.authority == second.authority && first.basePath == second.basePath
      && first.signingRegion == second.signingRegion
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(scheme)
    hasher.combine(authority)
    hasher.combine(basePath)
    hasher.combine(signingRegion)
  }

  /// Scheme, authority and base path.
  public var url: String { "\(scheme)://\(authority)\(basePath)" }

  /// An endpoint from its URL: scheme, host, optionally a port and a path.
  /// - Parameter source: the variable or setting that the URL comes from, for the error.
  /// - Throws: `AWSError` with code `InvalidConfiguration`.
  public init(url: String, source: String = "endpoint") throws {
    func invalid(_ reason: String) -> AWSError {
      .configuration("\(source) is '\(url)': \(reason); expected something like 'http://127.0.0.1:4566'")
    }
    let utf8 = Array(url.utf8)
    guard utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw invalid("a URL has no blanks or characters outside ASCII") }
    guard let separator = url.firstRange(of: "://") else { throw invalid("it has no scheme") }
    let scheme = url[..<separator.lowerBound].lowercased()
    guard scheme == "http" || scheme == "https" else { throw invalid("its scheme is neither http nor https") }
    let rest = url[separator.upperBound...]
    guard !rest.contains(where: { $0 == "?" || $0 == "#" || $0 == "@" }) else {
      throw invalid("an endpoint has no query, fragment or user")
    }
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    var authority = rest[..<slash].lowercased()
    var path = rest[slash...]
    while path.last == "/" { path.removeLast() }
    // The Host header leaves out the scheme's own port, and the signature covers that header.
    let defaultPort = scheme == "https" ? ":443" : ":80"
    if authority.hasSuffix(defaultPort) { authority.removeLast(defaultPort.count) }
    let hostAndPort = authority.split(separator: ":", omittingEmptySubsequences: false)
    let isBracketed = authority.hasPrefix("[") && authority.contains("]")
    guard isBracketed || (hostAndPort.count <= 2 && hostAndPort.first?.isEmpty == false) else { throw invalid("it has no host") }
    if !isBracketed, hostAndPort.count == 2 {
      guard let port = UInt16(hostAndPort[1]), port > 0 else { throw invalid("its port is no number from 1 to 65535") }
    }
    self.init(scheme: scheme, authority: authority, basePath: String(path))
  }

  /// True for an address in place of a host's name, which no label can be put in front of.
  var isAddress: Bool {
    let octets = host.split(separator: ".", omittingEmptySubsequences: false)
    return host.hasPrefix("[") || (octets.count == 4 && octets.allSatisfy { UInt8($0) != nil })
  }

  /// The host without its port.
  public var host: String {
    if authority.hasPrefix("["), let bracket = authority.firstIndex(of: "]") { return String(authority[...bracket]) }
    return authority.split(separator: ":").first.map(String.init) ?? authority
  }

  /// True for an address of this machine's own.
  var isLoopback: Bool {
    // Every request asks; hosts of AWS are told by their first letter.
    guard let first = authority.utf8.first, [UInt8(ascii: "l"), UInt8(ascii: "1"), UInt8(ascii: "[")].contains(first) else { return false }
    let host = host
    if host == "localhost" || host == "[::1]" { return true }
    return host.hasPrefix("127.") && isAddress
  }
}
