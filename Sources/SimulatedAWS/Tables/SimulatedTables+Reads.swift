import AWSClient
import JSON

extension SimulatedTables {
  /// GetItem.
  func getItem(_ request: ItemRequest) throws(TableFailure) -> [UInt8] {
    if chance.occurs(.throttling) { throw .throttled }
    var attributes = request.attributes
    let projection = try bind(request.projectionExpression, .projection, &attributes)
    try attributes.checkUse(hasExpressions: projection != nil, slots: "ProjectionExpression is null")
    let table = try table(request.tableName)
    guard let keyAttributes = request.key else { throw .wrongKey }
    let key = try table.definition.key(keyAttributes)
    guard let item = visible(key, in: table, isConsistent: request.isConsistent) else { return Array("{}".utf8) }
    var writer = JSONWriter(capacity: item.size + item.size / 2 + 64)
    writer.beginObject()
    writer.key("Item")
    if let projection { writer.ordered(ItemProjection(projection.projectedPaths).apply(item.attributes)) } else { writer.raw(item.json) }
    writer.endObject()
    return writer.bytes
  }

  /// The item that a read sees: a read that may be behind may see the item before its last change, if that is not long ago.
  func visible(_ key: ItemKey, in table: Table, isConsistent: Bool) -> StoredItem? {
    if table.isSettling(key, nowMilliseconds: nowMilliseconds), let earlier = table.earlier[key] { return earlier.item }
    if !isConsistent, let earlier = table.earlier[key],
      nowMilliseconds - earlier.changedAtMilliseconds <= Table.stalenessMilliseconds, chance.occurs(.staleRead)
    {
      return earlier.item
    }
    return table.items[key]
  }

  // MARK: Query and Scan

  private static let maximumBytes = 1_048_576

  /// An item that a page looks at.
  private struct Candidate {
    let position: ScanPosition
    let item: StoredItem
    /// The place in an index.
    var indexPartition: KeyValue?
    var indexSort: KeyValue?
  }

  /// One page of Query or Scan.
  func page(_ request: PageRequest, isQuery: Bool) throws(TableFailure) -> [UInt8] {
    if chance.occurs(.throttling) { throw .throttled }
    var attributes = request.attributes
    try attributes.admit()
    let keyExpression = isQuery ? try bind(request.keyConditionExpression, .keyCondition, &attributes) : nil
    let filter = try bind(request.filterExpression, .filter, &attributes)
    let projection = try bind(request.projectionExpression, .projection, &attributes)
    try attributes.checkUse(
      hasExpressions: keyExpression != nil || filter != nil || projection != nil,
      slots: isQuery ? "FilterExpression and KeyConditionExpression are null" : "FilterExpression is null")
    if let limit = request.limit, limit < 1 {
      throw .validation(
        "1 validation error detected: Value '\(limit)' at 'limit' failed to satisfy constraint: "
          + "Member must have value greater than or equal to 1")
    }
    let table = try table(request.tableName)
    let index = try request.indexName.map { name throws(TableFailure) in try table.index(named: name) }
    if index != nil, request.isConsistent { throw .validation("Consistent reads are not supported on global secondary indexes") }
    try checkSelect(request, projection, index)
    let partitionKey = index?.definition.partitionKey ?? table.definition.partitionKey
    let sortKey = index == nil ? table.definition.sortKey : index?.definition.sortKey
    let limit = min(request.limit ?? .max, maximumItemsOfPage)
    let candidates: [Candidate]
    if isQuery {
      guard let keyExpression else {
        throw .validation("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
      }
      let condition = try KeyCondition(keyExpression, partitionKey: partitionKey, sortKey: sortKey)
      if let filter { try checkFilter(filter, keys: [partitionKey.name] + (sortKey.map { [$0.name] } ?? [])) }
      if let index {
        candidates = try self.candidates(index, table, condition, request, limit)
      } else {
        candidates = try self.candidates(table, condition, request, limit)
      }
    } else {
      try checkSegments(request)
      if let index {
        candidates = try scanned(index, table, request, limit)
      } else {
        candidates = try scanned(table, request, limit)
      }
    }
    return assemble(candidates, request, filter, projection, table, index, limit)
  }

  private func assemble(
    _ candidates: [Candidate], _ request: PageRequest, _ filter: BoundExpression?, _ projection: BoundExpression?, _ table: Table,
    _ index: TableIndex?, _ limit: Int
  ) -> [UInt8] {
    let parts = projection.map { ItemProjection($0.projectedPaths) }
    let isCount = request.select == "COUNT"
    var writer = JSONWriter(capacity: 1_024)
    writer.beginObject()
    if !isCount {
      writer.key("Items")
      writer.beginArray()
    }
    var count = 0
    var scanned = 0
    var bytes = 0
    var last: Candidate?
    for candidate in candidates {
      let item = candidate.item
      if scanned > 0, bytes + item.size > Self.maximumBytes { break }
      bytes += item.size
      scanned += 1
      if filter?.isMet(by: item.attributes) ?? true {
        count += 1
        if !isCount {
          if let parts { writer.ordered(parts.apply(item.attributes)) } else { writer.raw(item.json) }
        }
      }
      last = candidate
      if scanned >= limit || bytes >= Self.maximumBytes { break }
    }
    if !isCount { writer.endArray() }
    writer.member("Count", count)
    writer.member("ScannedCount", scanned)
    if let last, scanned < candidates.count || scanned >= limit || bytes >= Self.maximumBytes {
      writer.key("LastEvaluatedKey")
      writer.ordered(startKey(last, table, index))
    }
    writer.endObject()
    return writer.bytes
  }

  private func startKey(_ candidate: Candidate, _ table: Table, _ index: TableIndex?) -> [String: AttributeValue] {
    var key = table.definition.attributes(of: candidate.position.key)
    if let index {
      if let partition = candidate.indexPartition { key[index.definition.partitionKey.name] = partition.attribute }
      if let sort = candidate.indexSort, let sortKey = index.definition.sortKey { key[sortKey.name] = sort.attribute }
    }
    return key
  }

  // MARK: Checks

  private func checkSelect(_ request: PageRequest, _ projection: BoundExpression?, _ index: TableIndex?) throws(TableFailure) {
    switch request.select {
    case nil, "COUNT"?: break
    case "SPECIFIC_ATTRIBUTES"?:
      if projection == nil {
        throw .invalid("Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES")
      }
    case "ALL_ATTRIBUTES"?:
      if let index, index.projectedNames != nil {
        throw .invalid(
          "Select type ALL_ATTRIBUTES is not supported for global secondary index \(index.definition.name) "
            + "because its projection type is not ALL")
      }
    case "ALL_PROJECTED_ATTRIBUTES"?:
      if index == nil { throw .invalid("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName") }
    case let text?:
      throw .validation(
        "1 validation error detected: Value '\(text)' at 'select' failed to satisfy constraint: Member must satisfy enum value set: "
          + "[SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]")
    }
    if let projection {
      if let select = request.select, select != "SPECIFIC_ATTRIBUTES" {
        throw .invalid("Cannot specify the ProjectionExpression when choosing to get \(select == "COUNT" ? "only the Count" : select)")
      }
      if let index, let names = index.projectedNames {
        let missing = projection.projectedPaths.compactMap { path in
          if case .name(let name)? = path.first, !names.contains(name) { name } else { nil }
        }
        if !missing.isEmpty {
          throw .invalid(
            "Global secondary index \(index.definition.name) does not project [\(missing.joined(separator: ", "))]")
        }
      }
    }
  }

  private func checkFilter(_ filter: BoundExpression, keys: [String]) throws(TableFailure) {
    if let name = filter.conditionNames.first(where: { keys.contains($0) }) {
      throw .validation("Filter Expression can only contain non-primary key attributes: Primary key attribute: \(name)")
    }
  }

  private func checkSegments(_ request: PageRequest) throws(TableFailure) {
    switch (request.segment, request.totalSegments) {
    case (nil, nil): break
    case (.some, nil):
      throw .validation("The TotalSegments parameter is required but was not present in the request when Segment parameter is present")
    case (nil, .some):
      throw .validation("The Segment parameter is required but was not present in the request when parameter TotalSegments is present")
    case (.some(let segment), .some(let total)):
      guard (1...1_000_000).contains(total), segment >= 0 else {
        throw .validation("1 validation error detected: Value at 'totalSegments' or 'segment' failed to satisfy constraint")
      }
      guard segment < total else {
        throw .validation(
          "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
            + "Segment: \(segment) is not less than TotalSegments: \(total)")
      }
    }
  }

  private static let wrongStart = TableFailure.validation("The provided starting key is invalid")

  private func start(_ attributes: [String: AttributeValue], _ table: Table) throws(TableFailure) -> ScanPosition {
    guard let key = try? table.definition.key(attributes) else { throw Self.wrongStart }
    return ScanPosition(key)
  }

  /// Where a page of an index begins: its keys and the table's.
  private func start(
    _ attributes: [String: AttributeValue], _ table: Table, _ index: TableIndex
  ) throws(TableFailure) -> (partition: KeyValue, sort: KeyValue?, position: ScanPosition) {
    var rest = attributes
    func take(_ key: KeyAttribute) throws(TableFailure) -> KeyValue {
      guard var value = attributes[key.name], value.typeName == key.kind.rawValue else { throw Self.wrongStart }
      try value.admit()
      let isTableKey = key.name == table.definition.partitionKey.name || key.name == table.definition.sortKey?.name
      if !isTableKey { rest[key.name] = nil }
      guard let canonical = KeyValue(value) else { throw Self.wrongStart }
      return canonical
    }
    let partition = try take(index.definition.partitionKey)
    let sort = try index.definition.sortKey.map { key throws(TableFailure) in try take(key) }
    return (partition, sort, try start(rest, table))
  }

  // MARK: Candidates

  /// The items of the table's partition, as a read sees them, in their order.
  private func candidates(
    _ table: Table, _ condition: KeyCondition, _ request: PageRequest, _ limit: Int
  ) throws(TableFailure) -> [Candidate] {
    let begin = try request.exclusiveStartKey.map { key throws(TableFailure) in try start(key, table) }
    if let begin, begin.key.partition != condition.partition { throw Self.wrongStart }
    guard table.definition.sortKey != nil else {
      let key = ItemKey(partition: condition.partition, sort: nil)
      guard begin == nil, let item = visible(key, in: table, isConsistent: request.isConsistent) else { return [] }
      return [Candidate(position: ScanPosition(key), item: item)]
    }
    if let sort = begin?.key.sort, let stretch = condition.stretch, !stretch.contains(sort) {
      throw .validation("The provided starting key does not match the range key predicate")
    }
    let behind = behindKeys(table, request.isConsistent).filter { $0.key.key.partition == condition.partition }
    var rows = table.partitions[condition.partition] ?? []
    for (position, _) in behind.sorted(by: { $0.key < $1.key }) where table.items[position.key] == nil {
      guard let sort = position.key.sort else { continue }
      rows.insert(Table.Row(sort: sort, key: position.key), at: rows.firstPlace { !($0.sort < sort) })
    }
    let first = condition.stretch.map { stretch in rows.firstPlace { !stretch.isAfter($0.sort) } } ?? 0
    var end = first
    if let stretch = condition.stretch {
      end = first + rows[first...].firstPlaceOfSlice { !stretch.contains($0.sort) }
    } else {
      end = rows.count
    }
    var range = first..<end
    if let sort = begin?.key.sort {
      if request.isForward {
        range = min(max(first, rows.firstPlace { sort < $0.sort }), end)..<end
      } else {
        range = first..<max(first, min(end, rows.firstPlace { !($0.sort < sort) }))
      }
    }
    var result: [Candidate] = []
    var place = request.isForward ? range.lowerBound : range.upperBound - 1
    while range.contains(place), result.count <= limit {
      let key = rows[place].key
      place += request.isForward ? 1 : -1
      let position = ScanPosition(key)
      if let item = behind[position] ?? table.items[key] { result.append(Candidate(position: position, item: item)) }
    }
    return result
  }

  /// The items that a read that may be behind sees as they were before, or not at all.
  private func behindKeys(_ table: Table, _ isConsistent: Bool) -> [ScanPosition: StoredItem?] {
    guard !isConsistent, !table.earlier.isEmpty else { return [:] }
    let recent = table.earlier.filter { nowMilliseconds - $0.value.changedAtMilliseconds <= Table.stalenessMilliseconds }
    guard !recent.isEmpty else { return [:] }
    var result: [ScanPosition: StoredItem?] = [:]
    for position in recent.keys.map(ScanPosition.init).sorted() where chance.occurs(.staleRead) {
      result.updateValue(recent[position.key]?.item, forKey: position)
    }
    return result
  }

  private func scanned(_ table: Table, _ request: PageRequest, _ limit: Int) throws(TableFailure) -> [Candidate] {
    let begin = try request.exclusiveStartKey.map { key throws(TableFailure) in try start(key, table) }
    let behind = behindKeys(table, request.isConsistent)
    var positions = table.positions
    if !behind.isEmpty {
      positions += behind.keys.filter { table.items[$0.key] == nil }
      positions.sort()
    }
    var result: [Candidate] = []
    for position in positions[(begin.map { begin in positions.firstPlace { begin < $0 } } ?? 0)...]
    where isInSegment(position.place, request) {
      if result.count > limit { break }
      let item = if let earlier = behind[position] { earlier } else { table.items[position.key] }
      if let item { result.append(Candidate(position: position, item: item)) }
    }
    return result
  }

  private func isInSegment(_ place: UInt64, _ request: PageRequest) -> Bool {
    guard let segment = request.segment, let total = request.totalSegments else { return true }
    return place % UInt64(total) == UInt64(segment)
  }

  private func candidates(
    _ index: TableIndex, _ table: Table, _ condition: KeyCondition, _ request: PageRequest, _ limit: Int
  ) throws(TableFailure) -> [Candidate] {
    index.settle(nowMilliseconds: nowMilliseconds)
    let begin = try request.exclusiveStartKey.map { key throws(TableFailure) in try start(key, table, index) }
    if let begin, begin.partition != condition.partition { throw Self.wrongStart }
    if let sort = begin?.sort, let stretch = condition.stretch, !stretch.contains(sort) {
      throw .validation("The provided starting key does not match the range key predicate")
    }
    let entries = index.partitions[condition.partition] ?? []
    var range = entries.startIndex..<entries.endIndex
    if let stretch = condition.stretch {
      let first = entries.firstPlace { entry in entry.sort.map { !stretch.isAfter($0) } ?? true }
      range = first..<(first + entries[first...].firstPlaceOfSlice { entry in entry.sort.map { !stretch.contains($0) } ?? true })
    }
    if let begin {
      let place = (begin.sort, begin.position)
      if request.isForward {
        let next = entries.firstPlace { TableIndex.precedes(place, ($0.sort, $0.position)) }
        range = min(max(range.lowerBound, next), range.upperBound)..<range.upperBound
      } else {
        let last = entries.firstPlace { !TableIndex.precedes(($0.sort, $0.position), place) }
        range = range.lowerBound..<max(range.lowerBound, min(range.upperBound, last))
      }
    }
    var result: [Candidate] = []
    var place = request.isForward ? range.lowerBound : range.upperBound - 1
    while range.contains(place), result.count <= limit {
      let entry = entries[place]
      place += request.isForward ? 1 : -1
      result.append(
        Candidate(position: entry.position, item: entry.item, indexPartition: condition.partition, indexSort: entry.sort))
    }
    return result
  }

  private func scanned(
    _ index: TableIndex, _ table: Table, _ request: PageRequest, _ limit: Int
  ) throws(TableFailure) -> [Candidate] {
    index.settle(nowMilliseconds: nowMilliseconds)
    let begin = try request.exclusiveStartKey.map { key throws(TableFailure) in try start(key, table, index) }
    let partitions = index.partitions.keys.map { ScanPosition(ItemKey(partition: $0, sort: nil)) }.sorted()
    let first = begin.map { ScanPosition(ItemKey(partition: $0.partition, sort: nil)) }
    var result: [Candidate] = []
    for partition in partitions where isInSegment(partition.place, request) {
      if let first, partition < first { continue }
      for entry in index.partitions[partition.key.partition] ?? [] {
        if result.count > limit { return result }
        if let begin, let first, partition.key == first.key,
          !TableIndex.precedes((begin.sort, begin.position), (entry.sort, entry.position))
        {
          continue
        }
        result.append(
          Candidate(position: entry.position, item: entry.item, indexPartition: partition.key.partition, indexSort: entry.sort))
      }
    }
    return result
  }
}

extension ArraySlice {
  /// How many elements stand before the first that meets a condition that all after it meet as well.
  fileprivate func firstPlaceOfSlice(where condition: (Element) -> Bool) -> Int { Array(self).firstPlace(where: condition) }
}
