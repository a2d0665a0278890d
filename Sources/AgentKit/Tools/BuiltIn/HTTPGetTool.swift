import AWSClient
import JSON

/// Reads a page or a document of the Web.
struct HTTPGetTool: Tool {
  let name = "http_get"
  let description = """
    Reads a URL by HTTP GET, from the hosts that the operator has allowed; without any, every call is refused. Up to 3 redirections are \
    followed, to allowed hosts only. The answer has the status, the content type, and 'text', or 'base64' when it is no text in UTF-8. \
    At most 1,000,000 bytes.
    """
  let inputSchema: JSONValue = [
    "type": "object", "required": ["url"], "additionalProperties": false,
    "properties": [
      "url": ["type": "string", "minLength": 1, "maxLength": 8_000, "description": "Such as 'https://api.example.com/rates?day=today'."]
    ],
  ]
  let web: WebReader
  let clock: any Clock

  func run(_ input: JSONValue, _ context: ToolContext) async throws -> JSONValue {
    let (url, response) = try await web.get(
      input["url"]?.stringValue ?? "", deadlineMilliseconds: context.deadlineMilliseconds, clock: clock)
    if let encoding = response.headers["content-encoding"], encoding.lowercased() != "identity" {
      throw ToolError("unsupported_encoding", "'\(url.host)' answers in the encoding '\(encoding.prefix(40))', which was not asked for.")
    }
    let contentType = response.headers["content-type"]
    var result: JSONObject = ["url": .string(url.text), "status": .number(response.status)]
    if let contentType { result["contentType"] = .string(String(contentType.prefix(200))) }
    if let text = Self.text(response.body, contentType: contentType) {
      result["text"] = .string(text)
    } else {
      result["base64"] = .string(Base64.encode(response.body))
    }
    return .object(result)
  }

  /// The text of a body that is one: by a charset that says so, as JSON, which is UTF-8 (RFC 8259 section 8.1), or because it is nothing but
  /// ASCII. nil for everything else, and for what is not what it says.
  static func text(_ body: [UInt8], contentType: String?) -> String? {
    let parts = (contentType ?? "").lowercased().split(separator: ";").map { part in part.filter { $0 != " " && $0 != "\t" && $0 != "\"" } }
    let charset = parts.dropFirst().first { $0.hasPrefix("charset=") }.map { $0.dropFirst(8) }
    let type = parts.first ?? ""
    let isASCII = body.allSatisfy { $0 < 0x80 && $0 != 0 }
    switch charset {
    case "utf-8", "utf8": break
    case "us-ascii", "ascii": guard isASCII else { return nil }
    case nil: guard isASCII || type == "application/json" || type.hasSuffix("+json") else { return nil }
    default: return nil
    }
    return body.contains(0) ? nil : String(validating: body, as: UTF8.self)
  }
}
