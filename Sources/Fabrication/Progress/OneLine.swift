import Orchestration

/// Texts for people, who see one line of each.
enum OneLine {
  /// The text with spaces for what controls a terminal or begins a line, cut to so many bytes of UTF-8.
  static func of(_ text: String, toByteCount limit: Int = 400) -> String {
    String(decoding: text.utf8.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self).shortened(toByteCount: limit)
  }
}
