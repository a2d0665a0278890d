import AWSClient
import SimulatedAWS
import Testing

/// Conditions as DynamoDB documents them, and as the local cloud evaluates them.
@Suite struct ConditionConformanceTests {
  private static let item: [String: AttributeValue] = [
    "n": 5, "text": "hello", "ok": true, "nil": .null, "bytes": .binary([1, 2, 3]), "list": [1, "two", [3]], "map": ["a": ["b": 7]],
    "ss": .stringSet(["a", "b"]), "ns": .numberSet(["1", "2.5"]), "umlaut": "äö", "negative": -3,
    "large": .number("12345678901234567890123456789012345678"), "small": .number("0.000000000000000000001"),
  ]

  @Test(
    arguments: ConformanceTables.available,
    [
      ("attribute_exists(n)", true), ("attribute_exists(nothing)", false), ("attribute_not_exists(nothing)", true),
      ("attribute_exists(#map.a.b)", true), ("attribute_exists(#map.a.c)", false), ("attribute_exists(#list[2][0])", true),
      ("attribute_exists(#list[3])", false), ("attribute_exists(n.a)", false), ("attribute_exists(nil)", true),
      ("n = :five", true), ("n <> :five", false), ("n < :six", true), ("n <= :five", true), ("n > :five", false), ("n >= :five", true),
      (":five = n", true), ("n = :text", false), ("n <> :text", true), ("n < :text", false), ("(n) = :five", true),
      ("nothing = :five", false), ("nothing <> :five", true), ("nothing <> nowhere", true), ("nothing = nowhere", false),
      ("nothing < :five", false), ("NOT nothing = :five", true), ("NOT nothing < :five", true),
      ("n BETWEEN :five AND :six", true), ("n BETWEEN :six AND :ten", false), ("nothing BETWEEN :five AND :six", false),
      ("n between :five and :six", true), ("n IN (:six, :five)", true), ("n IN (:six)", false), ("nothing IN (:five)", false),
      ("n = :five OR n = :six AND n = :ten", true), ("(n = :five OR n = :six) AND n = :ten", false),
      ("NOT n = :six AND n = :five", true), ("NOT (n = :five AND n = :six)", true), ("n = :five and not n = :six or n = :ten", true),
      ("begins_with(#text, :hel)", true), ("begins_with(#text, :ell)", false), ("begins_with(n, :hel)", false),
      ("begins_with(nothing, :hel)", false), ("contains(#text, :ell)", true), ("contains(#text, :hello)", true),
      ("contains(ss, :a)", true), ("contains(ss, :hello)", false), ("contains(ns, :number)", true), ("contains(#list, :two)", true),
      ("contains(#list, :five)", false), ("contains(#map, :a)", false), ("contains(nothing, :a)", false),
      ("attribute_type(n, :typeN)", true), ("attribute_type(ss, :typeSS)", true), ("attribute_type(n, :typeSS)", false),
      ("attribute_type(nil, :typeNULL)", true), ("attribute_type(nothing, :typeN)", false),
      ("size(#text) = :five", true), ("size(#list) = :three", true), ("size(#map) = :one", true), ("size(ss) = :two2", true),
      ("size(#bytes) = :three", true), ("size(n) = :one", false), ("size(nothing) = :one", false),
      ("ss = :ss", true), ("ss <> :ss", false), ("#list = :list", true), ("#map = :map", true), ("#bytes = :bytes", true),
      ("ok = :true", true),
      ("nil = :null", true), ("ns = :ns", true), ("negative < :five", true), ("small > negative", true), ("small < n", true),
      ("#large > n", true), ("#large = :large", true), ("small = :small", true), ("n = :fiveAgain", true),
      ("#bytes < :bytes2", true), ("#text < :text2", true), ("#text > :capital", true), ("#list < :five", false),
    ] as [(String, Bool)])
  func `a condition holds or not`(tables: ConformanceTables, example: (condition: String, holds: Bool)) async throws {
    let condition = example.condition
    let client = try tables.client
    let id = ConformanceTables.newID()
    try await client.put(id, Self.item)
    let names = ["#list": "list", "#text": "text", "#map": "map", "#bytes": "bytes", "#large": "large"]
    let values: [String: AttributeValue] = [
      ":five": 5, ":six": 6, ":ten": 10, ":one": 1, ":three": 3, ":two2": 2, ":text": "5", ":hel": "hel", ":ell": "ell", ":hello": "hello",
      ":a": "a", ":two": "two", ":number": .number("2.50"), ":typeN": "N", ":typeSS": "SS", ":typeNULL": "NULL",
      ":ss": .stringSet(["b", "a"]), ":list": [1, "two", [3]], ":map": ["a": ["b": 7]], ":bytes": .binary([1, 2, 3]), ":true": true,
      ":null": .null, ":ns": .numberSet(["2.50", "1"]), ":large": .number("1.2345678901234567890123456789012345678E37"),
      ":small": .number("1E-21"), ":fiveAgain": .number("05.00"), ":bytes2": .binary([1, 3]), ":text2": "help", ":capital": "Hello",
    ]
    func used<Value>(_ all: [String: Value]) -> [String: Value] { all.filter { Self.uses(condition, $0.key) } }
    try await tables.deviating(condition) { () async throws in
      #expect(try await client.holds(condition, id, names: used(names), values: used(values)) == example.holds)
    }
  }

  private static func uses(_ text: String, _ placeholder: String) -> Bool {
    let separators: Set<Character> = [" ", "(", ")", ",", "[", "]", "."]
    return text.split(whereSeparator: separators.contains).contains { $0 == placeholder }
  }

  @Test(
    arguments: ConformanceTables.available,
    [
      ("n = :missing", [:], [:], "not defined"), ("#missing = :v", [:], [":v": 1], "not defined"),
      ("n = :v", [:], [":v": 1, ":unused": 2], "unused in expressions"), ("n = :v", ["#unused": "n"], [":v": 1], "unused in expressions"),
      ("status = :v", [:], [":v": 1], "reserved"), ("a.Name = :v", [:], [":v": 1], "reserved"),
      ("n == :v", [:], [":v": 1], "Syntax error"), ("n = ", [:], [:], "Syntax error"), ("", [:], [:], "empty"),
      ("n = :v AND", [:], [":v": 1], "Syntax error"),
      ("(n = :v", [:], [":v": 1], "Syntax error"), ("((n = :v))", [:], [":v": 1], "redundant parentheses"),
      ("n & :v", [:], [":v": 1], "Syntax error"),
      ("n < :true", [:], [":true": true], "Incorrect operand type"), ("n < :list", [:], [":list": [1]], "Incorrect operand type"),
      ("begins_with(n, :v)", [:], [":v": 1], "Incorrect operand type"),
      ("attribute_type(n, :v)", [:], [":v": "NUMBER"], "Invalid attribute type"),
      ("n BETWEEN :v AND :w", [:], [":v": 2, ":w": 1], "upper bound"), ("n = n", [:], [:], "distinct"),
      ("nonsense(n)", [:], [:], "Invalid function name"), ("attribute_exists(:v)", [:], [":v": 1], ""),
      ("list_append(n, :v) = :v", [:], [":v": [1]], "not allowed"),
    ] as [(String, [String: String], [String: AttributeValue], String)])
  func `a condition that is none is refused`(
    tables: ConformanceTables, condition: (text: String, names: [String: String], values: [String: AttributeValue], phrase: String)
  ) async throws {
    let client = try tables.client
    let id = ConformanceTables.newID()
    // Of an item that exists: what is wrong with the text is found before the item is looked at.
    try await client.put(id, ["n": 1])
    let (text, names, values, phrase) = condition
    try await tables.deviating(text) { () async throws in
      await expectRefusal("ValidationException", phrase) {
        _ = try await client.deleteItem(
          DeleteItemInput(
            tableName: ConformanceTables.single.name, key: ["id": .string(id)], conditionExpression: text, expressionAttributeNames: names,
            expressionAttributeValues: values))
      }
      #expect(try await client.item(id) != nil)
    }
  }
}
