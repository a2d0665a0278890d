import Glibc

/// The agent's system prompt, with places for what belongs to the session.
///
/// `prompt.md` beside this file is the prompt; `make prompt` puts its text into BuiltInPrompt.swift, since a static executable has no files
/// beside it.
struct CostAgentPrompt: Sendable {
  /// A prompt that cannot be used.
  struct Problem: Error, CustomStringConvertible { let description: String }

  /// The longest prompt, in bytes.
  static let longest = 200_000

  let text: String

  /// The prompt of a file, or the built-in one.
  /// - Throws: `Problem` for a file that cannot be read, or is no text.
  static func load(file: String?) throws(Problem) -> CostAgentPrompt {
    guard let file else { return CostAgentPrompt(text: builtIn) }
    guard let bytes = read(file) else { throw Problem(description: "the prompt's file '\(file)' (PROMPT_FILE) cannot be read") }
    guard bytes.count <= longest else {
      throw Problem(description: "the prompt's file '\(file)' (PROMPT_FILE) has more than \(longest) bytes")
    }
    guard let text = String(validating: bytes, as: UTF8.self), text.utf8.contains(where: { $0 > 0x20 }) else {
      throw Problem(description: "the prompt's file '\(file)' (PROMPT_FILE) is empty, or no UTF-8 text")
    }
    return CostAgentPrompt(text: text)
  }

  /// The prompt with each `{name}` for which there is a value replaced by it; other braces stay. Values are not looked into again.
  func filled(_ values: [String: String]) -> String {
    var result = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      result += rest[..<open]
      let inside = rest[rest.index(after: open)...]
      if let close = inside.firstIndex(of: "}"), let value = values[String(inside[..<close])] {
        result += value
        rest = inside[inside.index(after: close)...]
      } else {
        result += "{"
        rest = inside
      }
    }
    return result + rest
  }

  private static func read(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= longest {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count == 0 { return bytes }
      guard count > 0 else { return nil }
      bytes += buffer[..<count]
    }
    return bytes
  }
}
