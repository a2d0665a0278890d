import AWSClient
import Testing

@testable import AgentKit

@Suite("Hosts that may be read from")
struct HTTPAllowListTests {
  private func rule(_ list: String, _ url: String) throws -> AddressRule? { try HTTPAllowList(list).rule(for: try WebURL(url)) }

  @Test(
    "What an entry admits",
    arguments: [
      ("api.example.com", "https://api.example.com/x"), ("api.example.com", "https://API.example.COM:443/x"),
      ("API.Example.com.", "https://api.example.com./"), ("*.example.com", "https://a.example.com"),
      ("*.example.com", "https://a.b.example.com/"), ("api.example.com:8443", "https://api.example.com:8443/"),
      ("http://api.example.com", "http://api.example.com/"), ("http://api.example.com:8080", "http://api.example.com:8080/"),
      ("https://api.example.com", "https://api.example.com/"), (" a.example , b.example,, ", "https://b.example/"),
      ("xn--bcher-kva.example", "https://xn--bcher-kva.example/"),
    ])
  func admitted(list: String, url: String) throws { #expect(try rule(list, url) == .publicOnly) }

  @Test(
    "What no entry admits",
    arguments: [
      ("", "https://api.example.com/"), ("api.example.com", "http://api.example.com/"), ("api.example.com", "https://example.com/"),
      ("example.com", "https://api.example.com/"), ("*.example.com", "https://example.com/"), ("*.example.com", "https://badexample.com/"),
      ("*.example.com", "https://a.example.com.evil.example/"), ("api.example.com", "https://api.example.com:8443/"),
      ("api.example.com:8443", "https://api.example.com/"), ("http://api.example.com", "https://api.example.com/"),
      ("api.example.com", "https://api.example.com.evil.example/"), ("127.0.0.1", "https://127.0.0.2/"),
      ("127.0.0.1", "https://localhost/"),
      ("*.0.0.1.example", "https://127.0.0.1/"),
    ])
  func notAdmitted(list: String, url: String) throws { #expect(try rule(list, url) == nil) }

  @Test("An address leads to itself and nowhere else, a name to public addresses only")
  func addresses() throws {
    let loopback = try #require(IPAddress("127.0.0.1"))
    #expect(try rule("http://127.0.0.1:8080", "http://127.0.0.1:8080/") == .only(loopback))
    let long = try #require(IPAddress("fd00::1"))
    #expect(try rule("[fd00::1]:8443", "https://[FD00:0:0::1]:8443/") == .only(long))
    #expect(try rule("localhost", "https://localhost/") == .publicOnly)
  }

  @Test(
    "An entry that cannot be used is named with its reason",
    arguments: [
      ("https://a.example/path", "no path"), ("*", "asterisk"), ("*.*.example.com", "asterisk"), ("a*.example.com", "asterisk"),
      ("*.com", "top-level"), ("*.10.0.0.1", "address"), ("ftp://a.example", "no path"), ("user@a.example", "password"),
      ("a.example:0", "port"), ("a.example:99999", "port"), ("a.example:x", "port"), ("a b.example", "no name of a host"),
      ("bücher.example", "no name of a host"), ("[::1", "bracket"), ("127.1", "no name of a host"), ("-a.example", "no name of a host"),
    ])
  func problems(entry: String, expected: String) {
    let problem = #expect(throws: HTTPAllowList.Problem.self) { try HTTPAllowList("fine.example,\(entry)") }
    #expect(problem?.entry == entry)
    #expect(problem?.message.contains(expected) == true, "\(problem?.message ?? "")")
  }

  @Test(
    "URLs that different programs could read differently are read by nobody",
    arguments: [
      "", "a.example", "//a.example", "ftp://a.example/", "file:///etc/passwd", "https:/a.example", "https://", "https:///x",
      "https://user@a.example/", "https://user:word@a.example/", "https://a.example@evil.example/", "https://a.example\\@evil.example/",
      "https://a.example /", "https://a.example/\u{0}", "https://a.example/\r\nHost: evil", "https://ä.example/", "https://a..example/",
      "https://127.1/", "https://0x7f.0.0.1/", "https://2130706433/", "https://0177.0.0.1/", "https://1.2.3.4.5/", "https://[::1%25lo]/",
      "https://[::1]x/", "https://[127.0.0.1]/", "https://a.example:/", "https://a.example:443:443/", "https://a.example:65536/",
      "https://-a.example/", "https://a.example\u{7F}/", "https://*.example/",
    ])
  func unreadable(url: String) { #expect(throws: WebURL.Problem.self) { try WebURL(url) } }

  @Test(
    "A URL is asked for as it was read",
    arguments: [
      ("HTTPS://A.Example:443", "https://a.example/"), ("https://a.example?q=1#part", "https://a.example/?q=1"),
      ("https://a.example/b/../c?d=/../e", "https://a.example/b/../c?d=/../e"), ("http://[2001:DB8::1]:80/", "http://[2001:db8::1]/"),
      ("https://a.example.:8443/x#", "https://a.example:8443/x"),
    ])
  func rebuilt(url: String, text: String) throws { #expect(try WebURL(url).text == text) }

  @Test(
    "Where redirections lead",
    arguments: [
      ("/x", "https://a.example:8443/x"), ("x?y", "https://a.example:8443/b/x?y"), ("?z", "https://a.example:8443/b/c?z"),
      ("../x", "https://a.example:8443/x"), ("../../../x/./y/..", "https://a.example:8443/x/"), ("//b.example/x", "https://b.example/x"),
      ("http://b.example", "http://b.example/"), ("#top", "https://a.example:8443/b/c"), ("x:80/y", nil), ("https:x", nil), ("", nil),
      ("javascript:alert(1)", nil), ("//user@b.example/", nil), ("/x y", nil),
    ])
  func redirected(reference: String, expected: String?) throws {
    let url = try WebURL("https://a.example:8443/b/c?q")
    #expect((try? url.redirected(to: reference))?.text == expected)
  }
}
