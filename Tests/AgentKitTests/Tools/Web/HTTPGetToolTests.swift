import AWSClient
import AgentKit
import JSON
import Synchronization
import Testing

@Suite("Reading the Web")
struct HTTPGetToolTests {
  private let clock = ManualClock()

  /// What the tool makes of a Web whose answers stand under their URLs.
  private func get(
    _ url: String, allowing list: String = "a.example, *.b.example", deadline: Int64? = nil, _ pages: [String: HTTPResponse] = [:]
  ) async throws -> (result: JSONValue, requests: [HTTPRequest]) {
    let transport = Pages(pages)
    let web = WebReader(allowList: try HTTPAllowList(list), transport: transport)
    let tool = try BuiltInTools.tools(
      named: ["http_get"], workspace: Workspace(blobs: InMemoryBlobStore(), orchestrationID: "run-1"), clock: clock,
      services: BuiltInTools.Services(web: web))[0]
    let context = ToolContext(orchestrationID: "run-1", taskID: "t", deadlineMilliseconds: deadline)
    return (try await tool.run(["url": .string(url)], context), transport.requests)
  }

  private func refusal(
    _ url: String, allowing list: String = "a.example, *.b.example", deadline: Int64? = nil, _ pages: [String: HTTPResponse] = [:]
  ) async -> ToolError? {
    await #expect(throws: ToolError.self) { try await get(url, allowing: list, deadline: deadline, pages) }
  }

  private func page(_ text: String, _ type: String? = "text/plain; charset=utf-8", status: Int = 200) -> HTTPResponse {
    var response = HTTPResponse(status: status, body: Array(text.utf8))
    if let type { response.headers.append("Content-Type", type) }
    return response
  }

  private func redirection(_ location: String, status: Int = 302) -> HTTPResponse {
    HTTPResponse(status: status, headers: ["Location": location])
  }

  @Test("A page comes with its status and its type, and nothing but the request is sent")
  func reading() async throws {
    let (result, requests) = try await get("https://a.example/x?y=1#z", ["https://a.example/x?y=1": page("Grüße")])
    #expect(
      result == ["url": "https://a.example/x?y=1", "status": 200, "contentType": "text/plain; charset=utf-8", "text": "Grüße"])
    let request = try #require(requests.first)
    #expect(request.method == "GET" && request.body.isEmpty)
    #expect(request.headers["user-agent"] == "arbiter-http-get/1")
    #expect(Set(request.headers.fields.map(\.name)) == ["user-agent", "accept"])
    #expect(request.addresses == .publicOnly && request.bypassesProxy)
    #expect(request.maximumBodyBytes == 1_000_000)
    #expect(request.timeoutMilliseconds == 30_000)
  }

  @Test("A page that is not there is an answer, too")
  func statuses() async throws {
    let (result, _) = try await get("https://a.example/x", ["https://a.example/x": page("{}", "application/json", status: 404)])
    #expect(result["status"] == 404 && result["text"] == "{}")
    // A redirection without a place to go to.
    #expect(try await get("https://a.example/", ["https://a.example/": HTTPResponse(status: 304)]).result["status"] == 304)
  }

  @Test(
    "Text is what says so, or what cannot be anything else",
    arguments: [
      ("text/html; charset=UTF-8", "ü", true), ("text/html;charset=\"utf-8\"", "ü", true), ("application/json", "ü", true),
      ("application/problem+json", "ü", true), ("text/plain", "only ASCII", true), (nil, "only ASCII", true), ("text/plain", "ü", false),
      (nil, "ü", false), ("text/plain; charset=us-ascii", "u", true), ("text/plain; charset=us-ascii", "ü", false),
      ("text/plain; charset=iso-8859-1", "u", false), ("text/plain", "a\u{0}b", false), ("application/json", "\u{0}", false),
      ("image/png", "only ASCII", true),
    ])
  func texts(type: String?, text: String, isText: Bool) async throws {
    let (result, _) = try await get("https://a.example/", ["https://a.example/": page(text, type)])
    #expect(result["text"] == (isText ? .string(text) : nil))
    #expect((result["base64"] != nil) == !isText)
  }

  @Test("Bytes that are not the text that they say they are come as they are")
  func brokenText() async throws {
    var response = page("", "text/plain; charset=utf-8")
    response.body = [0xFF, 0xFE, 0x00]
    #expect(try await get("https://a.example/", ["https://a.example/": response]).result["base64"] == "//4A")
    response.headers.append("Content-Encoding", "gzip")
    #expect(await refusal("https://a.example/", ["https://a.example/": response])?.code == "unsupported_encoding")
  }

  @Test("Without a list nothing is read")
  func emptyList() async throws {
    let error = await refusal("https://a.example/", allowing: "", ["https://a.example/": page("x")])
    #expect(error?.code == "host_not_allowed" && error?.message.contains("The list: none.") == true)
    let tool = try BuiltInTools.tools(
      named: ["http_get"], workspace: Workspace(blobs: InMemoryBlobStore(), orchestrationID: "run-1"), clock: clock)[0]
    let unserved = await #expect(throws: ToolError.self) {
      try await tool.run(["url": "https://a.example/"], ToolContext(orchestrationID: "run-1", taskID: "t"))
    }
    #expect(unserved?.code == "host_not_allowed")
  }

  @Test("Three redirections are followed, and not one more")
  func redirections() async throws {
    var pages = [
      "https://a.example/1": redirection("/2", status: 301), "https://a.example/2": redirection("//x.b.example/3", status: 307),
      "https://x.b.example/3": redirection("https://a.example/4", status: 308), "https://a.example/4": page("there"),
    ]
    let (result, requests) = try await get("https://a.example/1", pages)
    #expect(result["url"] == "https://a.example/4" && result["text"] == "there")
    #expect(requests.count == 4)
    pages["https://a.example/4"] = redirection("/5")
    #expect(await refusal("https://a.example/1", pages)?.code == "too_many_redirections")
  }

  @Test(
    "Each redirection is looked at as the first URL was",
    arguments: [
      ("https://evil.example/", "host_not_allowed"), ("http://a.example/", "host_not_allowed"),
      ("https://a.example:8443/", "host_not_allowed"), ("https://169.254.169.254/latest/", "host_not_allowed"),
      ("https://user@a.example/", "bad_redirection"), ("file:///etc/passwd", "bad_redirection"), ("https://127.1/", "bad_redirection"),
    ])
  func badRedirections(location: String, code: String) async throws {
    #expect(await refusal("https://a.example/", ["https://a.example/": redirection(location)])?.code == code)
  }

  @Test("All of it has one time, and the tool's deadline is in it")
  func deadlines() async throws {
    let now = clock.nowMilliseconds
    let (_, requests) = try await get("https://a.example/", deadline: now + 2_000, ["https://a.example/": page("x")])
    #expect(requests[0].timeoutMilliseconds == 2_000 && requests[0].connectTimeoutMilliseconds == 2_000)
    #expect(await refusal("https://a.example/", deadline: now, ["https://a.example/": page("x")])?.code == "timeout")
  }

  @Test(
    "What goes wrong is told without a word of the machine",
    arguments: [
      (AWSError.addressRefusedCode, "address_refused"), (AWSError.responseTooLargeCode, "too_large"), (AWSError.timeoutCode, "timeout"),
      (AWSError.certificateCode, "certificate_refused"), (AWSError.connectionCode, "unreachable"), (AWSError.lostCode, "unreachable"),
    ])
  func failures(code: String, toolCode: String) async throws {
    let web = WebReader(allowList: try HTTPAllowList("a.example"), transport: Pages([:], failure: AWSError(code: code, message: "/secret")))
    let tool = try BuiltInTools.tools(
      named: ["http_get"], workspace: Workspace(blobs: InMemoryBlobStore(), orchestrationID: "run-1"), clock: clock,
      services: BuiltInTools.Services(web: web))[0]
    let error = await #expect(throws: ToolError.self) {
      try await tool.run(["url": "https://a.example/"], ToolContext(orchestrationID: "run-1", taskID: "t"))
    }
    #expect(error?.code == toolCode && error?.message.contains("/secret") == false)
  }

  @Test("The list and the certificates come from the environment")
  func environment() throws {
    #expect(try WebReader(environment: [:]).allowList == .empty)
    #expect(try WebReader(environment: ["HTTP_ALLOW_LIST": "a.example"]).allowList == HTTPAllowList("a.example"))
    #expect(throws: HTTPAllowList.Problem.self) { try WebReader(environment: ["HTTP_ALLOW_LIST": "a.example/x"]) }
  }
}

/// Answers requests from a list of pages.
private final class Pages: HTTPTransport {
  private let pages: [String: HTTPResponse]
  private let failure: AWSError?
  private let sent = Mutex<[HTTPRequest]>([])

  init(_ pages: [String: HTTPResponse], failure: AWSError? = nil) {
    self.pages = pages
    self.failure = failure
  }

  var requests: [HTTPRequest] { sent.withLock { $0 } }

  func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    sent.withLock { $0.append(request) }
    if let failure { throw failure }
    guard let page = pages[request.url] else { throw AWSError(code: AWSError.connectionCode, message: "no page \(request.url)") }
    return page
  }

  func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
    throw AWSError(code: AWSError.connectionCode, message: "no streams here")
  }
}
