extension String {
  /// The text with each occurrence of `text` replaced.
  func replacing(_ text: String, by replacement: String) -> String {
    guard !text.isEmpty else { return self }
    var result = ""
    var rest = self
    while let range = rest.firstRange(of: text) {
      result += rest[..<range.lowerBound] + replacement
      rest = String(rest[range.upperBound...])
    }
    return result + rest
  }

  /// The first place where `text` stands, byte for byte.
  package func firstRange(of text: String) -> Range<String.Index>? {
    let haystack = utf8
    let needle = Array(text.utf8)
    var start = haystack.startIndex
    while start < haystack.endIndex {
      if haystack[start...].starts(with: needle) { return start..<haystack.index(start, offsetBy: needle.count) }
      start = haystack.index(after: start)
    }
    return nil
  }
}
