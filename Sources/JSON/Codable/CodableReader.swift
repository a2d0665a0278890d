/// Reads `Decodable` types from JSON, for the types of users' handlers.
///
/// Member names and enum cases are taken as they are. Numbers are exact: an integer must fit its type, `1.0` and `1e3` are integers, a
/// floating-point number is the nearest one. Of a member that occurs twice the last one counts. `JSONValue` and `JSONNumber` may
/// be members and keep what they are read from. Errors are `DecodingError`s, whose `underlyingError` is a `JSONError` with the byte offset.
/// ```swift
/// struct Order: Codable { var id: String; var quantity: Int }
/// let order = try CodableReader.decode(Order.self, from: event)
/// ```
public enum CodableReader {
  /// Reads one value from a JSON text that holds nothing else.
  /// - Throws: `DecodingError`: `dataCorrupted` for text that is not JSON and for numbers out of range, `typeMismatch`, `valueNotFound`, `keyNotFound`;
  ///   and what the type's own `init(from:)` throws.
  public static func decode<Value: Decodable>(
    _ type: Value.Type, from bytes: [UInt8], maximumDepth: Int = JSONReader.defaultMaximumDepth,
    userInfo: [CodingUserInfoKey: any Sendable] = [:]
  ) throws -> Value {
    let text: IndexedText
    do {
      text = try IndexedText(bytes, maximumDepth: maximumDepth, userInfo: userInfo)
    } catch {
      throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: error.description, underlyingError: error))
    }
    return try ValueDecoder(text: text, index: 0, path: nil).unwrap(type)
  }
}

/// The way from the root to a value, made into a coding path only when somebody asks.
final class CodingPathNode {
  private let parent: CodingPathNode?
  private let key: any CodingKey

  init(parent: CodingPathNode?, key: any CodingKey) {
    self.parent = parent
    self.key = key
  }

  static func keys(_ node: CodingPathNode?) -> [any CodingKey] {
    var keys: [any CodingKey] = []
    var node = node
    while let current = node {
      keys.append(current.key)
      node = current.parent
    }
    return keys.reversed()
  }
}

/// The key of an element, and of `super`.
struct PositionKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  static let `super` = PositionKey(stringValue: "super")

  init(_ index: Int) {
    stringValue = "Index \(index)"
    intValue = index
  }
  init(stringValue: String) {
    self.stringValue = stringValue
    intValue = nil
  }
  init?(intValue: Int) { self.init(intValue) }
}
