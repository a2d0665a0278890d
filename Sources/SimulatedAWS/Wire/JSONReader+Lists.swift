import AWSClient
import JSON

extension JSONReader {
  /// Reads a list of strings; null is none.
  mutating func readTexts() throws(JSONError) -> [String] {
    var texts: [String] = []
    if try readIfNull() { return texts }
    try beginArray()
    while try nextElement() { texts.append(try readString()) }
    return texts
  }

  /// A whole number, or nil for null.
  mutating func readOptionalInt() throws(JSONError) -> Int? {
    if try readIfNull() { return nil }
    return try readInt()
  }
}
