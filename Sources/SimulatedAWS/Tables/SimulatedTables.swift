public import AWSClient
import JSON

/// DynamoDB in memory, at the level of HTTP: every operation that `DynamoDBClient` has.
///
/// It follows DynamoDB's documentation, limits and messages included. What DynamoDB may do at its worst and still keep its contract, its
/// `ServiceChance` decides: throttling, internal errors, transactions in the way, indexes and reads that are behind.
/// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/Welcome.html
public final class SimulatedTables: SimulatedService {
  /// Told of each change as soon as it has happened; of the changes of a transaction when all of them have.
  public var onChange: ((TableChange) -> Void)?
  /// How long after its time an item is deleted, in milliseconds; DynamoDB says within a few days.
  public var expiryDelayMilliseconds: ClosedRange<Int64> = 60_000...172_800_000
  /// How much later than its table an index shows a change, in milliseconds, when `ServiceFault.indexLag` occurs.
  public var indexLagMilliseconds: ClosedRange<Int64> = 1...5_000
  /// How long a transaction may take effect, in milliseconds, when `ServiceFault.staleRead` occurs: until then readers may see a part of it.
  public var settlingMilliseconds: ClosedRange<Int64> = 1...400
  /// Items that a page of a query or a scan holds at most, before the filter; 1 or more. DynamoDB has no such limit but that of 1 MB.
  public var maximumItemsOfPage = Int.max

  let chance: any ServiceChance
  let tables: [String: Table]
  /// The tables in the order of their names.
  private let ordered: [Table]
  private var expressions: [ExpressionSlot: [String: ParsedExpression]] = [:]
  var tokens = TransactionTokens()
  private(set) var nowMilliseconds: Int64 = 0
  var answerDelayMilliseconds: Int64 = 0
  private var requestCount = 0

  /// - Parameters:
  ///   - chance: decides what goes wrong.
  public init(_ definitions: [TableDefinition], chance: any ServiceChance = NoFaults()) {
    self.chance = chance
    tables = Dictionary(definitions.map { ($0.name, Table($0)) }, uniquingKeysWith: { $1 })
    ordered = tables.values.sorted { $0.definition.name < $1.definition.name }
  }

  // MARK: Requests

  public func answer(_ request: HTTPRequest, nowMilliseconds: Int64) -> HTTPResponse {
    advance(to: nowMilliseconds)
    requestCount += 1
    var response = HTTPResponse(status: 200)
    do throws(TableFailure) {
      response.body = try perform(request)
    } catch {
      response.status = error.status
      response.body = error.body
    }
    response.headers.reserveCapacity(3)
    response.headers.append(lowercased: "x-amzn-requestid", "SIMULATED\(requestCount)")
    response.headers.append(lowercased: "x-amz-crc32", String(CRC32.checksum(response.body)))
    response.headers.append(lowercased: "content-type", "application/x-amz-json-1.0")
    return response
  }

  /// How long the answer to the last request takes, in milliseconds: 0 but for a transaction that takes effect slowly. Taking it sets it to 0.
  public func takeAnswerDelay() -> Int64 {
    defer { answerDelayMilliseconds = 0 }
    return answerDelayMilliseconds
  }

  private func perform(_ request: HTTPRequest) throws(TableFailure) -> [UInt8] {
    let target = request.headers["x-amz-target"] ?? ""
    let prefix = "DynamoDB_20120810."
    guard target.hasPrefix(prefix) else { throw TableFailure(code: "UnknownOperationException", message: "") }
    let operation = target.dropFirst(prefix.count)
    if chance.occurs(.internalError) { throw .internalError }
    let body = request.body
    switch operation {
    case "GetItem": return try getItem(try decode(body))
    case "PutItem": return try write(.put, try decode(body))
    case "UpdateItem": return try write(.update, try decode(body))
    case "DeleteItem": return try write(.delete, try decode(body))
    case "Query": return try page(try decode(body), isQuery: true)
    case "Scan": return try page(try decode(body), isQuery: false)
    case "BatchGetItem": return try batchGet(body)
    case "BatchWriteItem": return try batchWrite(body)
    case "TransactWriteItems": return try transact(try decode(body))
    default: throw TableFailure(code: "UnknownOperationException", message: "")
    }
  }

  private func decode<Request: JSONDecodable>(_ body: [UInt8]) throws(TableFailure) -> Request {
    do throws(JSONError) { return try Request(json: body) } catch { throw .serialization(error) }
  }

  /// Lets time pass: items whose time is over go.
  private func advance(to milliseconds: Int64) {
    nowMilliseconds = max(nowMilliseconds, milliseconds)
    for table in ordered where table.definition.timeToLiveAttribute != nil {
      for key in table.takeExpired(nowMilliseconds: nowMilliseconds) {
        commit([Change(table: table, key: key, old: table.items[key], new: nil)])
      }
    }
  }

  // MARK: Parts of operations

  func table(_ name: String) throws(TableFailure) -> Table {
    guard let table = tables[name] else {
      if name.isEmpty { throw .validation("The parameter 'TableName' is required but was not present in the request") }
      throw .noTable
    }
    return table
  }

  /// An expression, parsed when it is met first.
  func parsed(_ text: String, _ slot: ExpressionSlot) throws(TableFailure) -> ParsedExpression {
    if let known = expressions[slot]?[text] { return known }
    let expression = try ExpressionParser.parse(text, slot)
    // Texts that are made as the program runs may be of any number.
    if expressions[slot]?.count ?? 0 >= 2_048 { expressions[slot] = [:] }
    expressions[slot, default: [:]][text] = expression
    return expression
  }

  func bind(
    _ text: String?, _ slot: ExpressionSlot, _ attributes: inout ExpressionAttributes
  ) throws(TableFailure) -> BoundExpression? {
    guard let text else { return nil }
    return try attributes.bind(try parsed(text, slot))
  }

  /// One item's change that is decided.
  struct Change {
    let table: Table
    let key: ItemKey
    let old: StoredItem?
    let new: StoredItem?
  }

  /// Makes changes, all of them before anyone is told.
  func commit(_ changes: [Change]) {
    for change in changes where change.old != nil || change.new != nil {
      change.table.write(change.key, change.new, nowMilliseconds: nowMilliseconds) {
        chance.occurs(.indexLag) ? chance.number(in: indexLagMilliseconds) : 0
      }
      if let new = change.new, let expiry = change.table.expiry(of: new), nowMilliseconds - expiry < Self.oldestExpiryMilliseconds {
        let due = max(expiry, nowMilliseconds) + chance.number(in: expiryDelayMilliseconds)
        change.table.expect(change.key, expiryMilliseconds: expiry, dueMilliseconds: due)
      }
    }
    guard let onChange else { return }
    for change in changes where change.old != nil || change.new != nil {
      onChange(
        TableChange(
          table: change.table.definition.name, key: change.table.definition.attributes(of: change.key),
          before: change.old?.attributes, after: change.new?.attributes))
    }
  }

  /// Five years: a time longer ago is taken for a mistake, and the item stays.
  private static let oldestExpiryMilliseconds: Int64 = 5 * 365 * 86_400_000

  // MARK: The operator's console

  /// An item as it is now; nil when there is none.
  /// - Parameter key: the attributes of the table's key.
  public func item(_ key: [String: AttributeValue], in table: String) -> [String: AttributeValue]? {
    guard let table = tables[table], let key = try? table.definition.key(key) else { return nil }
    return table.items[key]?.attributes
  }

  /// The items of a table as they are now, in the order of their keys.
  public func items(of table: String) -> [[String: AttributeValue]] {
    guard let table = tables[table] else { return [] }
    let sorted = table.items.sorted { left, right in
      if left.key.partition != right.key.partition { return left.key.partition < right.key.partition }
      guard let first = left.key.sort, let second = right.key.sort else { return false }
      return first < second
    }
    return sorted.map(\.value.attributes)
  }

  /// Puts an item as an operator does, with no request and no fault.
  /// - Parameter nowMilliseconds: nil for the time of the last request.
  /// - Throws: `AWSError` with what DynamoDB says of an item that it refuses.
  public func put(_ item: [String: AttributeValue], into table: String, nowMilliseconds: Int64? = nil) throws(AWSError) {
    if let nowMilliseconds { advance(to: nowMilliseconds) }
    do throws(TableFailure) {
      let table = try self.table(table)
      let (key, new) = try admitted(item, to: table)
      commit([Change(table: table, key: key, old: table.items[key], new: new)])
    } catch {
      throw AWSError(code: error.code, message: error.message, service: "DynamoDB", operation: "PutItem", httpStatus: error.status)
    }
  }

  /// Deletes an item as an operator does; one that does not exist is deleted as well.
  /// - Throws: `AWSError` for a key that is none of the table's.
  public func delete(_ key: [String: AttributeValue], from table: String, nowMilliseconds: Int64? = nil) throws(AWSError) {
    if let nowMilliseconds { advance(to: nowMilliseconds) }
    do throws(TableFailure) {
      let table = try self.table(table)
      let key = try table.definition.key(key)
      commit([Change(table: table, key: key, old: table.items[key], new: nil)])
    } catch {
      throw AWSError(code: error.code, message: error.message, service: "DynamoDB", operation: "DeleteItem", httpStatus: error.status)
    }
  }
}

extension TableFailure {
  static func serialization(_ error: JSONError) -> TableFailure {
    TableFailure(code: "SerializationException", message: "The request could not be read: \(error)")
  }
}
