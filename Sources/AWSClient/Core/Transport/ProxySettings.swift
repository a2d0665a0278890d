/// The proxies that the environment names, by the rules that curl and botocore share: `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy`,
/// in small letters before capitals.
///
/// They are read once, by the first request: libcurl would read them for each, and knows `http_proxy` in small letters only.
struct ProxySettings: Sendable, Hashable {
  /// The proxy for HTTPS, as URL or as host and port; empty for none. A name and a password in it are sent to the proxy.
  let https: String
  /// The proxy for HTTP.
  let http: String
  /// Hosts that are reached without one: names, addresses and networks with commas between, "*" for all.
  let exceptions: String

  init(_ environment: Environment) {
    func value(_ names: String...) -> String? {
      for name in names {
        // A variable that is there and empty means: no proxy.
        if let text = environment[name] ?? environment[name.uppercased()] { return text }
      }
      return nil
    }
    https = value("https_proxy", "all_proxy") ?? ""
    // Where a web server has put a request's field "Proxy" into HTTP_PROXY, nothing may come of it.
    let isCGI = environment["REQUEST_METHOD"] != nil
    http = (isCGI ? environment["http_proxy"] : value("http_proxy")) ?? value("all_proxy") ?? ""
    exceptions = value("no_proxy") ?? ""
  }

  /// The proxy of a URL; empty for none.
  func proxy(for url: String) -> String { url.hasPrefix("https:") ? https : http }
}
