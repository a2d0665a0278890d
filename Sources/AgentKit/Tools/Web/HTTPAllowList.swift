public import AWSClient

/// The hosts that agents may read from; none unless an operator names them.
///
/// An entry is a host (`api.example.com`), all names below one (`*.example.com`, which is not that one itself), or an address
/// (`192.0.2.7`, `[2001:db8::7]`), each with the port after a colon where it is not the scheme's own. What is asked for is https; an
/// entry that begins with `http://` admits http, and nothing but that.
public struct HTTPAllowList: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    let scheme: String
    /// The host; of `*.example.com`, what follows the asterisk: `.example.com`.
    let host: String
    let isWildcard: Bool
    let port: Int
    let text: String

    func admits(_ url: WebURL) -> Bool {
      guard url.scheme == scheme, url.port == port else { return false }
      guard isWildcard else { return host == url.host || address != nil && address == url.address }
      return url.address == nil && url.host.utf8.count > host.utf8.count && url.host.hasSuffix(host)
    }

    var address: IPAddress? { isWildcard ? nil : IPAddress(host) }
  }

  /// An entry that cannot be used, and why.
  public struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
    public let entry: String
    public let message: String
    public var description: String { "the entry '\(entry)' of the allow-list cannot be used: \(message)" }
  }

  let entries: [Entry]

  public static var empty: HTTPAllowList { HTTPAllowList(entries: []) }

  private init(entries: [Entry]) { self.entries = entries }

  /// - Parameter text: entries with commas between; blanks around them do not count.
  /// - Throws: `Problem` that names the entry.
  public init(_ text: String) throws(Problem) {
    var entries: [Entry] = []
    for part in text.split(separator: ",") {
      let part = Self.trimmed(part)
      if !part.isEmpty { entries.append(try Self.entry(part)) }
    }
    self.entries = entries
  }

  /// - Parameter environment: optionally HTTP_ALLOW_LIST, entries with commas between.
  /// - Throws: `Problem` that names the entry.
  public init(environment: Environment) throws(Problem) {
    // Nothing is parsed at a start without a list.
    if let text = environment["HTTP_ALLOW_LIST"], !text.isEmpty { try self.init(text) } else { self = .empty }
  }

  private static func trimmed(_ text: Substring) -> String {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
    var bytes = Array(text.utf8)[...]
    while let first = bytes.first, isBlank(first) { bytes.removeFirst() }
    while let last = bytes.last, isBlank(last) { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func entry(_ text: String) throws(Problem) -> Entry {
    func problem(_ message: String) -> Problem { Problem(entry: text, message: message) }
    var rest = Substring(text)
    var scheme = "https"
    for candidate in ["https", "http"] where rest.lowercased().hasPrefix("\(candidate)://") {
      scheme = candidate
      rest = rest.dropFirst(candidate.utf8.count + 3)
      break
    }
    guard !rest.utf8.contains(UInt8(ascii: "/")), !rest.utf8.contains(UInt8(ascii: "?")), !rest.utf8.contains(UInt8(ascii: "#")) else {
      throw problem("expected a host and no path: an entry admits all that a host has")
    }
    let isWildcard = rest.hasPrefix("*.")
    if isWildcard { rest = rest.dropFirst(2) }
    guard !rest.utf8.contains(UInt8(ascii: "*")) else {
      throw problem("an asterisk may only stand for all names below a host, as in '*.example.com'")
    }
    let found: (host: String, port: Int)
    do throws(WebURL.Problem) { found = try WebURL.authority(Array(rest.utf8)[...], scheme: scheme) } catch {
      throw problem(error.message)
    }
    if isWildcard {
      guard IPAddress(found.host) == nil else { throw problem("an address has no names below it") }
      guard found.host.utf8.contains(UInt8(ascii: ".")) else { throw problem("it would admit a whole top-level domain") }
    }
    return Entry(
      scheme: scheme, host: isWildcard ? ".\(found.host)" : found.host, isWildcard: isWildcard, port: found.port, text: text)
  }

  /// What a request for the URL may connect to; nil when the list does not admit the URL.
  ///
  /// A name leads to public addresses only, whoever answers for it: an address of a private network has to be in the list as an address.
  func rule(for url: WebURL) -> AddressRule? {
    guard entries.contains(where: { $0.admits(url) }) else { return nil }
    return url.address.map(AddressRule.only) ?? .publicOnly
  }

  /// The entries for a message.
  var description: String { entries.isEmpty ? "none" : entries.map(\.text).joined(separator: ", ") }
}
