import JSON
import Testing

/// What hand-written `init(from:)` and `encode(to:)` do with containers.
@Suite struct CodableContainerTests {
  private class Base: Codable {
    var name = "base"
    init() {}
  }
  private final class Derived: Base {
    var size = 3
    private enum CodingKeys: String, CodingKey { case size }
    override init() { super.init() }
    required init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      size = try container.decode(Int.self, forKey: .size)
      try super.init(from: try container.superDecoder())
    }
    override func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try super.encode(to: container.superEncoder())
      try container.encode(size, forKey: .size)
    }
  }

  @Test func `super has a member of its own`() throws {
    let value = Derived()
    value.name = "changed"
    value.size = 9
    let bytes = try CodableWriter.encode(value)
    #expect(String(decoding: bytes, as: UTF8.self) == #"{"super":{"name":"changed"},"size":9}"#)
    let read = try CodableReader.decode(Derived.self, from: bytes)
    #expect(read.name == "changed" && read.size == 9)
  }

  private class Plain: Decodable {
    init() {}
    required init(from decoder: any Decoder) throws {}
  }
  private final class Heir: Plain {
    let size: Int
    private enum CodingKeys: String, CodingKey { case size, base }
    required init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      size = try container.decode(Int.self, forKey: .size)
      #expect(try container.superDecoder(forKey: .base).singleValueContainer().decodeNil())
      try super.init(from: try container.superDecoder())
    }
  }

  @Test func `a superclass that reads nothing needs no member`() throws {
    #expect(try CodableReader.decode(Heir.self, from: Array(#"{"size":3}"#.utf8)).size == 3)
    // One that reads something says what it misses.
    #expect(throws: DecodingError.self) { try CodableReader.decode(Derived.self, from: Array(#"{"size":3}"#.utf8)) }
  }

  private struct Flattened: Codable, Equatable {
    struct Inner: Codable, Equatable { var b: Int }
    var a: Int
    var inner: Inner
    private enum CodingKeys: String, CodingKey { case a }
    init(a: Int, inner: Inner) {
      self.a = a
      self.inner = inner
    }
    init(from decoder: any Decoder) throws {
      a = try decoder.container(keyedBy: CodingKeys.self).decode(Int.self, forKey: .a)
      inner = try Inner(from: decoder)
    }
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(a, forKey: .a)
      try inner.encode(to: encoder)
    }
  }

  @Test func `two types may share one object`() throws {
    let value = Flattened(a: 1, inner: .init(b: 2))
    let bytes = try CodableWriter.encode(value)
    #expect(String(decoding: bytes, as: UTF8.self) == #"{"a":1,"b":2}"#)
    #expect(try CodableReader.decode(Flattened.self, from: bytes) == value)
  }

  private struct Interleaved: Encodable {
    enum Key: String, CodingKey { case list, object, after }
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      var list = container.nestedUnkeyedContainer(forKey: .list)
      var object = container.nestedContainer(keyedBy: Key.self, forKey: .object)
      try container.encode(true, forKey: .after)
      try object.encode("x", forKey: .after)
      try list.encode(1)
      var deeper = list.nestedUnkeyedContainer()
      try list.encode(3)
      try deeper.encode(2)
    }
  }

  @Test func `nested containers may be written to in any order`() throws {
    let bytes = try CodableWriter.encode(Interleaved())
    #expect(String(decoding: bytes, as: UTF8.self) == #"{"list":[1,[2],3],"object":{"after":"x"},"after":true}"#)
  }

  private struct Nested: Decodable {
    enum Key: String, CodingKey { case list, object, name }
    var seen: [String] = []
    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      var list = try container.nestedUnkeyedContainer(forKey: .list)
      while !list.isAtEnd {
        if try list.decodeNil() {
          seen.append("nil")
        } else if var inner = try? list.nestedUnkeyedContainer() {
          seen.append("list of \(inner.count ?? -1) with \(try inner.decode(Int.self))")
        } else {
          seen.append(try list.nestedContainer(keyedBy: Key.self).decode(String.self, forKey: .name))
        }
      }
      seen.append(try container.nestedContainer(keyedBy: Key.self, forKey: .object).decode(String.self, forKey: .name))
    }
  }

  @Test func `nested containers are read one after the other`() throws {
    let text = #"{"object":{"name":"o"},"list":[null,[4,5],{"name":"n"}]}"#
    #expect(try CodableReader.decode(Nested.self, from: Array(text.utf8)).seen == ["nil", "list of 2 with 4", "n", "o"])
  }

  private struct Nothing: Encodable { func encode(to encoder: any Encoder) throws {} }

  @Test func `a value that writes nothing is an empty object`() throws {
    #expect(try CodableWriter.encode([Nothing(), Nothing()]) == Array("[{},{}]".utf8))
  }

  private struct Twice: Encodable {
    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(1)
      try container.encode(2)
    }
  }

  @Test func `a single value is written once`() {
    #expect(throws: EncodingError.self) { try CodableWriter.encode(Twice()) }
  }

  private struct Seen: Decodable {
    static let key = CodingUserInfoKey(rawValue: "seen")
    let value: String?
    init(from decoder: any Decoder) throws { value = Seen.key.flatMap { decoder.userInfo[$0] as? String } }
  }

  @Test func `user information reaches the types`() throws {
    let key = try #require(Seen.key)
    #expect(try CodableReader.decode(Seen.self, from: Array("{}".utf8), userInfo: [key: "yes"]).value == "yes")
  }
}
