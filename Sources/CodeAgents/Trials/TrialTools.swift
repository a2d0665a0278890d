import AWSClient
import AgentKit
import JSON
import Synchronization

/// The built-in tools, as a case has them: the real ones, over what the case brings along.
enum TrialTools {
  /// - Parameter webHosts: what may be read; nil for the hosts that the case has pages of.
  /// - Throws: what is wrong with the case's files or URLs.
  static func builtIn(_ trial: TrialCase, model: TrialModel, webHosts: HTTPAllowList?) throws -> [any Tool] {
    let pages = try HTTPAllowList(TrialWeb.hosts(trial.web))
    let web = WebReader(allowList: webHosts ?? pages, transport: TrialWeb(pages: trial.web))
    return try BuiltInTools.tools(
      named: BuiltInTools.names, workspace: try TrialWorkspace.make(trial.files), clock: TrialClock(nowMilliseconds: trial.nowMilliseconds),
      services: BuiltInTools.Services(web: web, converser: model))
  }
}

/// The time of a case, which stands still.
struct TrialClock: Clock {
  let nowMilliseconds: Int64
}

/// The files of a case.
enum TrialWorkspace {
  static let orchestrationID = "trial"

  /// - Throws: `ToolError` for a path that no tool could read.
  static func make(_ files: [String: String]) throws(ToolError) -> Workspace {
    let names = Workspace(blobs: InMemoryBlobStore(), orchestrationID: orchestrationID)
    var objects: [String: [UInt8]] = [:]
    for (path, text) in files { objects[try names.key(of: path)] = Array(text.utf8) }
    return Workspace(blobs: InMemoryBlobStore(objects), orchestrationID: orchestrationID)
  }
}

/// The web of a case: its pages, and nothing else.
struct TrialWeb: HTTPTransport {
  let pages: [String: String]

  /// The hosts of the pages, as an allow-list has them.
  static func hosts(_ pages: [String: String]) -> String {
    var hosts: Set<String> = []
    for url in pages.keys {
      let bytes = Array(url.utf8)
      // Up to the first slash behind "://", if there is one.
      guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) else {
        hosts.insert(url)
        continue
      }
      let end = bytes[(colon + 3)...].firstIndex { [UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")].contains($0) }
      hosts.insert(String(decoding: bytes[..<(end ?? bytes.count)], as: UTF8.self))
    }
    return hosts.sorted().joined(separator: ",")
  }

  func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    guard let page = pages[request.url] ?? pages[Self.withoutSlash(request.url)] else {
      return HTTPResponse(status: 404, headers: ["content-type": "text/plain; charset=utf-8"], body: Array("not found".utf8))
    }
    let type =
      switch page.utf8.first(where: { $0 > 0x20 }) {
      case UInt8(ascii: "{"), UInt8(ascii: "["): "application/json"
      case UInt8(ascii: "<"): "text/html; charset=utf-8"
      default: "text/plain; charset=utf-8"
      }
    return HTTPResponse(status: 200, headers: ["content-type": type], body: Array(page.utf8))
  }

  func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
    throw AWSError(code: AWSError.invalidInputCode, message: "a case's web streams nothing")
  }

  /// "https://host/" is the page that a case may call "https://host".
  private static func withoutSlash(_ url: String) -> String { url.hasSuffix("/") ? String(url.dropLast()) : url }
}

/// The model of a case: it says what the case has it say, one reply a question.
final class TrialModel: Converser {
  private let replies: [String]
  private let given = Mutex(0)

  init(_ replies: [String]) { self.replies = replies }

  func converse(_ question: ModelQuestion) async throws -> ModelAnswer { ModelAnswer(text: try reply()) }

  /// What the model says next.
  func reply() throws(ToolError) -> String {
    let number = given.withLock { number in
      number += 1
      return number
    }
    guard number <= replies.count else {
      throw ToolError(
        "no_reply",
        "This is call \(number) of converse, and the case has \(replies.count) replies; give it as many as the handler asks for.")
    }
    return replies[number - 1]
  }
}
