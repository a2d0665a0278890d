/// Writes `Encodable` types as compact JSON, for the types of users' handlers.
///
/// Members stand in the order in which they are encoded; a name that is encoded twice stands twice. A nil that a type leaves out is left
/// out. Values that are written without asking for a container become `{}`. `JSONValue` and `JSONNumber` may be members and are written as they are.
/// ```swift
/// let bytes = try CodableWriter.encode(Order(id: "o-1", quantity: 2))
/// ```
public enum CodableWriter {
  /// The compact JSON text of a value, in UTF-8.
  /// - Throws: `EncodingError.invalidValue` for infinities and NaN, which JSON cannot write, and for a container that is written to after its
  ///   turn; and what the type's own `encode(to:)` throws.
  public static func encode(_ value: some Encodable, userInfo: [CodingUserInfoKey: any Sendable] = [:]) throws -> [UInt8] {
    let output = EncodingOutput(userInfo: userInfo)
    try output.encode(value, path: nil)
    return output.finish()
  }
}

/// Bytes being written, and what is open in them.
///
/// A type may go on after one of its members could not be written; of such a member, nothing stays in the text.
///
/// A value is written where it belongs, at once. Only nested containers and `super` encoders, which may be written to in any order, have an
/// output of their own, which is put in its place at the end.
final class EncodingOutput {
  /// A value whose `encode(to:)` is running.
  struct Level {
    enum Kind { case undecided, keyed, unkeyed, single }
    var kind = Kind.undecided
    var count = 0
  }

  var writer = JSONWriter()
  private(set) var levels: [Level] = []
  private var insertions: [(offset: Int, output: EncodingOutput)] = []
  let userInfo: [CodingUserInfoKey: any Sendable]

  init(userInfo: [CodingUserInfoKey: any Sendable]) { self.userInfo = userInfo }

  /// What there was before a value was begun.
  struct Mark {
    fileprivate let writer: JSONWriter.Mark
    fileprivate let insertions: Int
    fileprivate let levels: Int
  }

  var mark: Mark { Mark(writer: writer.mark, insertions: insertions.count, levels: levels.count) }

  /// Takes everything back to a mark, after a value that could not be written.
  func rewind(to mark: Mark) {
    writer.rewind(to: mark.writer)
    insertions.removeLast(insertions.count - mark.insertions)
    levels.removeLast(levels.count - mark.levels)
  }

  /// Writes one value, where the writer stands; when it throws, the caller takes back what there is of it.
  func encode<Value: Encodable>(_ value: Value, path: CodingPathNode?) throws {
    if Value.self == JSONValue.self, let tree = value as? JSONValue { return writer.value(tree) }
    if Value.self == JSONNumber.self, let number = value as? JSONNumber { return writer.number(number) }
    // What most events have most of, and what the standard library's own way is slowest at.
    if Value.self == String.self, let string = value as? String { return writer.string(string) }
    if Value.self == [String: String].self, let dictionary = value as? [String: String] {
      writer.beginObject()
      for (name, string) in dictionary { writer.member(name, string) }
      return writer.endObject()
    }
    levels.append(Level())
    try value.encode(to: ValueEncoder(output: self, level: levels.count - 1, path: path))
    close(levels.removeLast())
  }

  /// Opens a nested container, or a `super` encoder when `kind` is undecided.
  func nest(_ kind: Level.Kind, path: CodingPathNode?) -> ValueEncoder {
    let output = EncodingOutput(userInfo: userInfo)
    writer.reserveValue()
    insertions.append((writer.bytes.count, output))
    output.levels.append(Level())
    let encoder = ValueEncoder(output: output, level: 0, path: path)
    output.open(kind, at: 0)
    return encoder
  }

  /// Decides what the value of a level is, the first time that it asks.
  func open(_ kind: Level.Kind, at level: Int) {
    guard levels.indices.contains(level), levels[level].kind == .undecided else { return }
    levels[level].kind = kind
    switch kind {
    case .keyed: writer.beginObject()
    case .unkeyed: writer.beginArray()
    case .single, .undecided: break
    }
  }

  private func close(_ level: Level) {
    switch level.kind {
    case .keyed: writer.endObject()
    case .unkeyed: writer.endArray()
    case .single: break
    case .undecided:
      writer.beginObject()
      writer.endObject()
    }
  }

  /// Whether a level may be written to: it is the innermost one and is what the caller takes it for.
  func isOpen(_ level: Int, _ kind: Level.Kind) -> Bool { level == levels.count - 1 && levels[level].kind == kind }

  func countElement(at level: Int) { levels[level].count += 1 }

  /// Undoes `countElement`, or the decision for a single value, when the value could not be written.
  func discountElement(at level: Int) { levels[level].count -= 1 }
  func reopen(_ level: Int) { levels[level].kind = .undecided }

  /// The whole text, with the nested outputs in their places.
  func finish() -> [UInt8] {
    while let level = levels.popLast() { close(level) }
    guard !insertions.isEmpty else { return writer.bytes }
    var result: [UInt8] = []
    var copied = 0
    for insertion in insertions {
      result.append(contentsOf: writer.bytes[copied..<insertion.offset])
      result.append(contentsOf: insertion.output.finish())
      copied = insertion.offset
    }
    result.append(contentsOf: writer.bytes[copied...])
    return result
  }
}
