import AWSClient
import SimulatedAWS
import Testing

/// Writes of one item, and updates above all.
@Suite struct WriteConformanceTests {
  @Test(arguments: ConformanceTables.available) func `a conditional write happens once`(tables: ConformanceTables) async throws {
    let client = try tables.client
    let id = ConformanceTables.newID()
    try await client.put(id, ["n": 1], if: "attribute_not_exists(id)")
    let error = await expectRefusal("ConditionalCheckFailedException", "The conditional request failed") {
      _ = try await client.putItem(
        PutItemInput(
          tableName: ConformanceTables.single.name, item: ["id": .string(id), "n": 2], conditionExpression: "attribute_not_exists(id)",
          returnValuesOnConditionCheckFailure: .allOld))
    }
    #expect(error?.item == ["id": .string(id), "n": 1])
    #expect(error?.httpStatus == 400)
    #expect(try await client.item(id)?["n"] == 1)
    // Nobody asked for the item here, and an item that does not exist cannot be shown.
    let silent = await expectRefusal("ConditionalCheckFailedException") {
      try await client.put(id, ["n": 2], if: "attribute_not_exists(id)")
    }
    #expect(silent?.item == nil)
    await expectRefusal("ConditionalCheckFailedException") {
      try await client.update("no-\(id)", "SET n = :v", if: "attribute_exists(id)", values: [":v": 1])
    }
    #expect(try await client.item("no-\(id)") == nil)
  }

  @Test(arguments: ConformanceTables.available) func `of many writers one succeeds, and counters lose nothing`(tables: ConformanceTables)
    async throws
  {
    let client = try tables.client
    let id = ConformanceTables.newID()
    let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
      for writer in 0..<12 {
        group.addTask {
          do {
            try await client.put(id, ["writer": .number(writer), "count": 0], if: "attribute_not_exists(id)")
            return true
          } catch let error as AWSError where error.isConditionalCheckFailed {
            return false
          }
        }
      }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(winners == 1)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<20 { group.addTask { try await client.update(id, "ADD #count :one", names: ["#count": "count"], values: [":one": 1]) } }
      try await group.waitForAll()
    }
    #expect(try await client.item(id)?["count"] == 20)
  }

  @Test(
    arguments: ConformanceTables.available,
    [
      ("SET a = :v", [:], [":v": "x"], ["a": "x"]), ("SET a = a + :v", ["a": 1], [":v": 2], ["a": 3]),
      ("SET a = a - :v", ["a": 1], [":v": .number("0.1")], ["a": .number("0.9")]),
      ("SET a = :v + b, b = a", ["a": 1, "b": 10], [":v": 2], ["a": 12, "b": 1]),
      ("SET a = if_not_exists(a, :v) + :v", [:], [":v": 2], ["a": 4]), ("SET a = if_not_exists(a, :v)", ["a": 1], [":v": 2], ["a": 1]),
      ("SET a = if_not_exists(b.c, :v)", ["b": ["c": 7]], [":v": 2], ["a": 7, "b": ["c": 7]]),
      ("SET a = list_append(a, :v)", ["a": [1]], [":v": [2, 3]], ["a": [1, 2, 3]]),
      ("SET a = list_append(:v, a)", ["a": [1]], [":v": [2]], ["a": [2, 1]]),
      ("SET a = list_append(if_not_exists(a, :none), :v)", [:], [":v": [2], ":none": []], ["a": [2]]),
      ("SET a.b.c = :v", ["a": ["b": ["d": 1]]], [":v": 2], ["a": ["b": ["c": 2, "d": 1]]]),
      ("SET a[1] = :v", ["a": [1, 2, 3]], [":v": 9], ["a": [1, 9, 3]]), ("SET a[7] = :v", ["a": [1]], [":v": 9], ["a": [1, 9]]),
      ("SET a[9] = :w, a[5] = :v", ["a": [1]], [":v": 9, ":w": 8], ["a": [1, 9, 8]]),
      ("SET a[0].b = :v", ["a": [["b": 1]]], [":v": 2], ["a": [["b": 2]]]),
      ("REMOVE a, b", ["a": 1, "b": 2, "c": 3], [:], ["c": 3]), ("REMOVE a.b", ["a": ["b": 1, "c": 2]], [:], ["a": ["c": 2]]),
      ("REMOVE a[0], a[2]", ["a": [1, 2, 3, 4]], [:], ["a": [2, 4]]), ("REMOVE a[5]", ["a": [1]], [:], ["a": [1]]),
      ("REMOVE nothing", ["a": 1], [:], ["a": 1]),
      ("ADD a :v", [:], [":v": 5], ["a": 5]), ("ADD a :v", ["a": .number("1.5")], [":v": .number("-1.5")], ["a": 0]),
      ("ADD a :v", [:], [":v": .stringSet(["x", "y"])], ["a": .stringSet(["x", "y"])]),
      ("ADD a :v", ["a": .stringSet(["x"])], [":v": .stringSet(["y", "x"])], ["a": .stringSet(["x", "y"])]),
      ("DELETE a :v", ["a": .stringSet(["x", "y"])], [":v": .stringSet(["y", "z"])], ["a": .stringSet(["x"])]),
      ("DELETE a :v", ["a": .stringSet(["x"]), "b": 1], [":v": .stringSet(["x"])], ["b": 1]),
      ("DELETE a :v", ["b": 1], [":v": .stringSet(["x"])], ["b": 1]),
      ("set a = :v remove b add c :w", ["b": 1], [":v": 1, ":w": 2], ["a": 1, "c": 2]),
      (
        "ADD a :toAll38", ["a": .number("99999999999999999999999999999999999998")], [":toAll38": 1],
        ["a": .number("99999999999999999999999999999999999999")]
      ),
      ("SET a = a + :v", ["a": .number("0.1")], [":v": .number("0.2")], ["a": .number("0.3")]),
    ] as [(String, [String: AttributeValue], [String: AttributeValue], [String: AttributeValue])])
  func `an update does what it says`(
    tables: ConformanceTables,
    update: (text: String, before: [String: AttributeValue], values: [String: AttributeValue], after: [String: AttributeValue])
  ) async throws {
    let client = try tables.client
    let id = ConformanceTables.newID()
    try await client.put(id, update.before)
    try await tables.deviating(update.text) { () async throws in
      let new = try await client.update(id, update.text, values: update.values, returning: .allNew)
      let expected = update.after.merging(["id": .string(id)]) { $1 }
      #expect(new?.ordered == expected.ordered)
      #expect(try await client.item(id)?.ordered == expected.ordered)
    }
  }

  @Test(
    arguments: ConformanceTables.available,
    [
      ("SET a.b = :v", [:], [":v": 1], "invalid for update"), ("SET a.b = :inNumber", ["a": 1], [":inNumber": 1], "invalid for update"),
      ("SET a[0] = :v", ["a": ["b": 1]], [":v": 1], "invalid for update"), ("REMOVE a.nowhere", [:], [:], "invalid for update"),
      ("SET a = b", [:], [:], "does not exist"), ("SET a = a + :v", [:], [":v": 1], "does not exist"),
      ("SET a = a + :toText", ["a": "x"], [":toText": 1], "incorrect data type"),
      ("SET a = list_append(a, :toNumber)", ["a": 1], [":toNumber": [1]], "incorrect data type"),
      ("ADD a :v", ["a": "x"], [":v": 1], "incorrect data type"), ("ADD a :v", [:], [":v": "x"], "Incorrect operand type"),
      ("DELETE a :v", [:], [":v": 1], "Incorrect operand type"), ("SET a = :v + :w", [:], [":v": "x", ":w": 1], "Incorrect operand type"),
      ("SET a = :v, a = :w", [:], [":v": 1, ":w": 2], "overlap"), ("SET a = :v, a.b = :w", [:], [":v": 1, ":w": 2], "overlap"),
      ("SET a = :v SET b = :v", [:], [":v": 1], "only be used once"), ("SET id = :v", [:], [":v": "x"], "part of the key"),
      ("", [:], [:], "empty"),
      ("NONSENSE a", [:], [:], "Syntax error"), ("SET a", [:], [:], "Syntax error"), ("SET a = :v", [:], [":v": 1, ":w": 1], "unused"),
      ("SET a = :v", [:], [:], "not defined"), ("SET size = :v", [:], [":v": 1], "reserved"),
      ("SET a = size(b)", ["b": "x"], [:], "not allowed"),
      ("ADD a :much", ["a": .number("9E125")], [":much": .number("9E125")], "overflow"), ("SET a = :v", [:], [":v": .stringSet([])], ""),
      ("SET a = :v", [:], [":v": .number("1E126")], "overflow"), ("SET a = :v", [:], [":v": .number("1E-131")], "underflow"),
      ("SET a = :v", [:], [":v": .number("1.23456789012345678901234567890123456789")], "38 significant digits"),
      ("SET a = :v", [:], [":v": .number("five")], "numeric value"), ("SET a = :v", [:], [":v": .numberSet(["1", "1.0"])], "duplicates"),
    ] as [(String, [String: AttributeValue], [String: AttributeValue], String)])
  func `an update that cannot be is refused, and changes nothing`(
    tables: ConformanceTables,
    update: (text: String, before: [String: AttributeValue], values: [String: AttributeValue], phrase: String)
  ) async throws {
    let client = try tables.client
    let id = ConformanceTables.newID()
    try await client.put(id, update.before)
    let before = try await client.item(id)
    try await tables.deviating(update.text) { () async throws in
      await expectRefusal("ValidationException", update.phrase) { try await client.update(id, update.text, values: update.values) }
      #expect(try await client.item(id) == before)
    }
  }

  @Test(arguments: ConformanceTables.available) func `writes answer with what was asked for`(tables: ConformanceTables) async throws {
    let client = try tables.client
    let id = ConformanceTables.newID()
    let table = ConformanceTables.single.name
    let first: [String: AttributeValue] = ["id": .string(id), "a": 1, "m": ["x": 1, "y": 2]]
    #expect(try await client.putItem(PutItemInput(tableName: table, item: first, returnValues: .allOld)).attributes == nil)
    #expect(try await client.putItem(PutItemInput(tableName: table, item: first, returnValues: .allOld)).attributes == first)
    let expression = "SET a = :a, m.x = :x, b = :b"
    let values: [String: AttributeValue] = [":a": 2, ":x": 3, ":b": 4]
    #expect(try await client.update(id, expression, values: values, returning: .updatedOld) == ["a": 1, "m": ["x": 1]])
    #expect(try await client.update(id, expression, values: values, returning: .updatedNew) == ["a": 2, "m": ["x": 3], "b": 4])
    let all: [String: AttributeValue] = ["id": .string(id), "a": 2, "m": ["x": 3, "y": 2], "b": 4]
    #expect(try await client.update(id, expression, values: values, returning: .allOld) == all)
    #expect(try await client.update(id, expression, values: values) == nil)
    let delete = DeleteItemInput(tableName: table, key: ["id": .string(id)], returnValues: .allOld)
    #expect(try await client.deleteItem(delete).attributes == all)
    #expect(try await client.deleteItem(delete).attributes == nil)
    // An update makes an item that does not exist, of its key alone if it says no more.
    _ = try await client.updateItem(UpdateItemInput(tableName: table, key: ["id": .string(id)]))
    #expect(try await client.item(id) == ["id": .string(id)])
  }

  @Test(arguments: ConformanceTables.available) func `an update of an element answers with the element`(tables: ConformanceTables)
    async throws
  {
    let client = try tables.client
    let id = ConformanceTables.newID()
    try await client.put(id, ["l": [1, 2, 3]])
    try await tables.deviating("UPDATED_NEW of an element") { () async throws in
      #expect(try await client.update(id, "SET l[1] = :v", values: [":v": 9], returning: .updatedNew) == ["l": [9]])
    }
    #expect(try await client.item(id)?["l"] == [1, 9, 3])
  }

  @Test(arguments: ConformanceTables.available) func `numbers are exact and have one form`(tables: ConformanceTables) async throws {
    let client = try tables.client
    let id = ConformanceTables.newID()
    let texts = [
      "1.50": "1.5", "007": "7", "-0": "0", "1E3": "1000", "1e-3": "0.001", "+5": "5", ".5": "0.5", "-17.4E2": "-1740",
      "3.1415926535897932384626433832795028841": "3.1415926535897932384626433832795028841", "100": "100",
      "12345678901234567890123456789012345678": "12345678901234567890123456789012345678",
    ]
    for (text, expected) in texts {
      try await client.put(id, ["n": .number(text), "set": .numberSet([text])])
      let item = try await client.item(id)
      #expect(item?["n"] == .number(expected))
      #expect(item?["set"] == .numberSet([expected]))
    }
  }

  @Test(arguments: ConformanceTables.available) func `items have a size`(tables: ConformanceTables) async throws {
    let client = try tables.client
    let id = ConformanceTables.newID()
    // "id", its value and "text" count as well.
    let most = 409_600 - 2 - id.utf8.count - 4
    try await client.put(id, ["text": .string(String(repeating: "x", count: most))])
    await expectRefusal("ValidationException", "exceeded the maximum allowed size") {
      try await client.put(id, ["text": .string(String(repeating: "x", count: most + 1))])
    }
    await expectRefusal("ValidationException", "exceeded the maximum allowed size") {
      try await client.update(id, "SET a = :v", values: [":v": "more"])
    }
    #expect(try await client.item(id)?["a"] == nil)
  }

  @Test(arguments: ConformanceTables.available) func `keys are what the table says`(tables: ConformanceTables) async throws {
    let client = try tables.client
    let table = ConformanceTables.single.name
    await expectRefusal("ValidationException", "Missing the key id") {
      _ = try await client.putItem(PutItemInput(tableName: table, item: ["a": 1]))
    }
    await expectRefusal("ValidationException", "Type mismatch for key") {
      _ = try await client.putItem(PutItemInput(tableName: table, item: ["id": 1]))
    }
    await expectRefusal("ValidationException", "empty string") {
      _ = try await client.putItem(PutItemInput(tableName: table, item: ["id": ""]))
    }
    await expectRefusal("ValidationException", "does not match the schema") {
      _ = try await client.getItem(GetItemInput(tableName: table, key: ["no": "x"]))
    }
    await expectRefusal("ValidationException", "does not match the schema") {
      _ = try await client.getItem(GetItemInput(tableName: table, key: ["id": "x", "more": "y"]))
    }
    await expectRefusal("ResourceNotFoundException") {
      _ = try await client.getItem(GetItemInput(tableName: "conformance-none", key: ["id": "x"]))
    }
    await expectRefusal("ValidationException", "Type mismatch for Index Key rank") {
      _ = try await client.putItem(
        PutItemInput(tableName: ConformanceTables.ranged.name, item: ["pk": "x", "sk": 1, "color": "red", "rank": "one"]))
    }
  }

  @Test(arguments: ConformanceTables.available) func `a projection takes an item apart`(tables: ConformanceTables) async throws {
    let client = try tables.client
    let id = ConformanceTables.newID()
    try await client.put(id, ["a": 1, "m": ["x": ["y": 1, "z": 2]], "l": [1, ["k": 2, "j": 3], 3]])
    func read(_ projection: String, _ names: [String: String] = [:]) async throws -> [String: AttributeValue]? {
      try await client.getItem(
        GetItemInput(
          tableName: ConformanceTables.single.name, key: ["id": .string(id)], consistentRead: true, projectionExpression: projection,
          expressionAttributeNames: names)
      ).item
    }
    #expect(try await read("a, #m.x.y", ["#m": "m"]) == ["a": 1, "m": ["x": ["y": 1]]])
    #expect(try await read("l[2], l[1].k") == ["l": [["k": 2], 3]])
    #expect(try await read("nothing, m.nothing") == [:])
    await expectRefusal("ValidationException", "overlap") { _ = try await read("m, m.x") }
    await expectRefusal("ValidationException", "reserved") { _ = try await read("name") }
    await expectRefusal("ValidationException", "unused") { _ = try await read("a", ["#m": "m"]) }
  }

  /// That an item's time is over changes nothing by itself; DynamoDB deletes it when it gets to it.
  @Test(arguments: ConformanceTables.available) func `an item whose time is long over is read and written`(tables: ConformanceTables)
    async throws
  {
    let client = try tables.client
    let id = ConformanceTables.newID()
    // Further back than five years is taken for a mistake, and stays for good.
    try await client.put(id, ["expires": 1_000_000_000])
    #expect(try await client.item(id)?["expires"] == 1_000_000_000)
    try await client.update(id, "SET a = :v", if: "attribute_exists(expires)", values: [":v": 1])
    #expect(try await client.item(id)?["a"] == 1)
  }
}

extension [String: AttributeValue] {
  /// With the elements of sets in an order: DynamoDB's have none.
  var ordered: [String: AttributeValue] { mapValues(\.ordered) }
}

extension AttributeValue {
  fileprivate var ordered: AttributeValue {
    switch self {
    case .stringSet(let values): .stringSet(values.sorted())
    case .numberSet(let values): .numberSet(values.sorted())
    case .binarySet(let values): .binarySet(values.sorted { $0.lexicographicallyPrecedes($1) })
    case .list(let elements): .list(elements.map(\.ordered))
    case .map(let members): .map(members.ordered)
    default: self
    }
  }
}
