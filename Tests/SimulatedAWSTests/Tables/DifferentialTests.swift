import AWSClient
import SimulatedAWS
import Testing

/// Thousands of random operations on the simulated tables and on the local cloud's: both must answer the same.
@Suite struct DifferentialTests {
  @Test(.enabled(if: ConformanceTables.endpoint != nil), arguments: 1...6 as ClosedRange<UInt64>)
  func `random operations come to the same on both`(seed: UInt64) async throws {
    let clients = try [ConformanceTables.simulated.client, ConformanceTables.localCloud.client]
    var operations = RandomOperations(seed: seed, prefix: ConformanceTables.newID())
    for number in 0..<600 {
      let operation = operations.next()
      let answers = try await [operation.perform(clients[0]), operation.perform(clients[1])]
      #expect(answers[0] == answers[1], "seed \(seed), operation \(number): \(operation)")
      if answers[0] != answers[1] { return }
    }
  }
}

/// What an operation came to: attributes that were answered, or the code of the error.
struct Outcome: Equatable {
  var items: [[String: AttributeValue]] = []
  var codes: [String] = []
  var counts: [Int] = []
}

enum RandomOperation {
  case put(PutItemInput)
  case update(UpdateItemInput)
  case delete(DeleteItemInput)
  case get(GetItemInput)
  case transact(TransactWriteItemsInput)
  case query(QueryInput)

  func perform(_ client: DynamoDBClient) async throws -> Outcome {
    do {
      switch self {
      case .put(let input): return Outcome(items: [try await client.putItem(input).attributes?.ordered ?? [:]])
      case .update(let input): return Outcome(items: [try await client.updateItem(input).attributes?.ordered ?? [:]])
      case .delete(let input): return Outcome(items: [try await client.deleteItem(input).attributes?.ordered ?? [:]])
      case .get(let input): return Outcome(items: [try await client.getItem(input).item?.ordered ?? [:]])
      case .transact(let input):
        _ = try await client.transactWriteItems(input)
        return Outcome()
      case .query(let input):
        let output = try await client.query(input)
        return Outcome(
          items: output.items.map(\.ordered) + [output.lastEvaluatedKey ?? [:]], counts: [output.count, output.scannedCount])
      }
    } catch let error as AWSError {
      return Outcome(
        items: [error.item?.ordered ?? [:]] + error.cancellationReasons.map { $0.item?.ordered ?? [:] },
        codes: [error.code] + error.cancellationReasons.map(\.code))
    }
  }
}

struct RandomOperations {
  private var random: SplitMix
  private let prefix: String

  init(seed: UInt64, prefix: String) {
    random = SplitMix(state: seed)
    self.prefix = prefix
  }

  private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[Int.random(in: 0..<elements.count, using: &random)] }
  private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
  private mutating func number() -> AttributeValue {
    .number(pick(["0", "1", "2", "3", "-1", "1.5", "-2.25", "10", "100", "0.001", "1E2"]))
  }
  private mutating func texts() -> AttributeValue {
    var set: Set<String> = []
    for _ in 0...Int.random(in: 0...2, using: &random) { set.insert(pick(["a", "b", "c", "d"])) }
    return .stringSet(set.sorted())
  }
  private mutating func key() -> [String: AttributeValue] { ["id": .string("\(prefix)-\(pick([0, 1, 2, 3]))")] }

  private mutating func item() -> [String: AttributeValue] {
    var item = key()
    item["a"] = number()
    item["m"] = .map(chance(50) ? ["x": number(), "y": "z"] : ["y": ["deep": number()]])
    if chance(50) { item["b"] = number() }
    if chance(50) { item["l"] = .list([number(), "two", number()]) }
    if chance(50) { item["s"] = texts() }
    if chance(50) { item["t"] = .string(pick(["alpha", "beta", "gamma"])) }
    return item
  }

  /// Of all values those that the texts name: others would be refused.
  private mutating func values(_ texts: String?...) -> [String: AttributeValue] {
    let low = number()
    let all: [String: AttributeValue] = [
      ":v": low, ":w": number(), ":t": .string(pick(["a", "al", "beta", "mm"])), ":s": self.texts(), ":e": [],
      ":l": .list([number(), "x"]),
      ":low": 0, ":high": 2, ":type": .string(pick(["N", "S", "M", "SS"])),
    ]
    return all.filter { value in
      texts.contains { text in
        (text ?? "").split(whereSeparator: { " (),=".contains($0) }).contains { $0 == value.key }
      }
    }
  }

  private mutating func condition() -> String? {
    if chance(40) { return nil }
    return pick([
      "attribute_exists(a)", "attribute_not_exists(b)", "a = :v", "a <> :v", "a < :v", "b >= :v", "m.x = :v", "attribute_exists(m.y.deep)",
      "size(l) > :low", "contains(s, :t)", "begins_with(t, :t)", "a BETWEEN :low AND :high", "a IN (:v, :w)", "NOT a = :v", "NOT (b < :v)",
      "a = :v OR b = :v AND t = :t", "attribute_type(t, :type)", "attribute_type(a, :type)", "s = :s", "contains(l, :v)", "t > :t",
      "attribute_not_exists(id)", "l[0] = :v", "size(t) > :high",
    ])
  }

  private mutating func update() -> String {
    pick([
      "SET a = :v", "SET a = a + :v", "SET a = a - :v, b = a", "SET b = if_not_exists(b, :v) + :w", "SET m.x = :v", "SET m.y = :t",
      "SET l = list_append(if_not_exists(l, :e), :l)", "SET l = list_append(:l, l)", "REMOVE b", "REMOVE l", "SET l[0] = :v", "ADD c :v",
      "ADD a :v",
      "ADD s :s", "DELETE s :s", "SET t = :t, a = :v REMOVE b", "SET b = :v ADD c :w DELETE s :s", "SET b = c",
      "SET t = if_not_exists(t, :t)",
    ])
  }

  mutating func next() -> RandomOperation {
    switch Int.random(in: 0..<12, using: &random) {
    case 0, 1:
      let condition = condition()
      return .put(
        PutItemInput(
          tableName: ConformanceTables.single.name, item: item(), conditionExpression: condition,
          expressionAttributeValues: values(condition), returnValues: chance(50) ? .allOld : nil,
          returnValuesOnConditionCheckFailure: chance(50) ? .allOld : nil))
    case 2, 3, 4, 5:
      let condition = condition()
      let update = update()
      // Of an element of a list the local cloud answers with the whole list.
      return .update(
        UpdateItemInput(
          tableName: ConformanceTables.single.name, key: key(), updateExpression: update, conditionExpression: condition,
          expressionAttributeValues: values(condition, update),
          returnValues: pick(
            update.contains("[") ? [ReturnValues.none, .allOld, .allNew] : [.none, .allOld, .allNew, .updatedOld, .updatedNew]),
          returnValuesOnConditionCheckFailure: chance(50) ? .allOld : nil))
    case 6:
      let condition = condition()
      return .delete(
        DeleteItemInput(
          tableName: ConformanceTables.single.name, key: key(), conditionExpression: condition,
          expressionAttributeValues: values(condition), returnValues: .allOld))
    case 7, 8:
      return .get(
        GetItemInput(
          tableName: ConformanceTables.single.name, key: key(), consistentRead: true,
          projectionExpression: pick([nil, "a, b", "m.x, l[1]", "m.y.deep", "s, t, l[0]"])))
    case 9: return .transact(transaction())
    case 10:
      var item: [String: AttributeValue] = ["pk": .string("\(prefix)-\(pick([0, 1]))"), "sk": number()]
      if chance(70) { item["color"] = .string("\(prefix)-\(pick(["red", "green"]))") }
      if chance(70) { item["rank"] = number() }
      return .put(PutItemInput(tableName: ConformanceTables.ranged.name, item: item, returnValues: .allOld))
    default: return .query(query())
    }
  }

  private mutating func transaction() -> TransactWriteItemsInput {
    let items = (0..<Int.random(in: 1...3, using: &random)).map { number -> TransactWriteItem in
      var item = item()
      item["id"] = .string("\(prefix)-\(number)")
      let key = ["id": item["id"] ?? .null]
      let condition = condition()
      let table = ConformanceTables.single.name
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        return .put(
          TransactPut(tableName: table, item: item, conditionExpression: condition, expressionAttributeValues: values(condition)))
      case 1:
        let update = update()
        return .update(
          TransactUpdate(
            tableName: table, key: key, updateExpression: update, conditionExpression: condition,
            expressionAttributeValues: values(condition, update), returnValuesOnConditionCheckFailure: .allOld))
      case 2:
        return .delete(
          TransactDelete(tableName: table, key: key, conditionExpression: condition, expressionAttributeValues: values(condition)))
      default:
        let check = condition ?? "attribute_exists(id)"
        return .conditionCheck(
          TransactConditionCheck(
            tableName: table, key: key, conditionExpression: check, expressionAttributeValues: values(check),
            returnValuesOnConditionCheckFailure: .allOld))
      }
    }
    return TransactWriteItemsInput(items: items)
  }

  private mutating func query() -> QueryInput {
    let isIndex = chance(40)
    let sort = isIndex ? "#rank" : "sk"
    let stretch = pick(["", " AND \(sort) > :v", " AND \(sort) <= :v", " AND \(sort) BETWEEN :low AND :high", " AND \(sort) = :v"])
    var values = values(stretch)
    values[":p"] = .string("\(prefix)-\(isIndex ? pick(["red", "green"]) : pick(["0", "1"]))")
    return QueryInput(
      tableName: ConformanceTables.ranged.name, indexName: isIndex ? "by-color" : nil,
      keyConditionExpression: (isIndex ? "color" : "pk") + " = :p" + stretch,
      expressionAttributeNames: isIndex && !stretch.isEmpty ? ["#rank": "rank"] : [:], expressionAttributeValues: values,
      // Items of an index that share a sort key have no order between them, so that a page of it may be any.
      scanIndexForward: chance(70) || isIndex, limit: isIndex ? nil : pick([nil, 1, 2, 3]), consistentRead: !isIndex,
      select: isIndex ? .count : nil)
  }
}

/// SplitMix64: the same numbers everywhere.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
