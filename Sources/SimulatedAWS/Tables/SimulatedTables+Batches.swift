import AWSClient
import JSON

extension SimulatedTables {
  private static let maximumKeys = 100
  private static let maximumWrites = 25
  private static let maximumBytes = 16_777_216

  private struct Place: Hashable {
    let table: ObjectIdentifier
    let key: ItemKey
  }

  /// Reads the requests of a batch, by table in the order in which they came.
  private func requestItems<Entry>(
    _ body: [UInt8], _ read: (inout JSONReader) throws(JSONError) -> Entry
  ) throws(TableFailure) -> [(table: String, entry: Entry)] {
    do throws(JSONError) {
      return try JSONReader.withReader(body) { (reader: inout JSONReader) throws(JSONError) in
        var entries: [(table: String, entry: Entry)] = []
        try reader.beginObject()
        while let member = try reader.nextKey() {
          guard member == "RequestItems" else {
            try reader.skipValue()
            continue
          }
          try reader.beginObject()
          while let table = try reader.nextKey() { entries.append((table, try read(&reader))) }
        }
        return entries
      }
    } catch {
      throw .serialization(error)
    }
  }

  private func emptyBatch() -> TableFailure {
    .validation(
      "1 validation error detected: Value '{}' at 'requestItems' failed to satisfy constraint: "
        + "Member must have length greater than or equal to 1")
  }

  /// BatchGetItem.
  func batchGet(_ body: [UInt8]) throws(TableFailure) -> [UInt8] {
    if chance.occurs(.throttling) { throw .throttled }
    let requests = try requestItems(body) { (reader: inout JSONReader) throws(JSONError) in try KeysAndAttributes(from: &reader) }
    if requests.isEmpty || requests.contains(where: { $0.entry.keys.isEmpty }) { throw emptyBatch() }
    guard requests.reduce(0, { $0 + $1.entry.keys.count }) <= Self.maximumKeys else {
      throw .validation("Too many items requested for the BatchGetItem call")
    }
    var reads: [(name: String, table: Table, keys: [ItemKey], request: KeysAndAttributes, projection: ItemProjection?)] = []
    var seen: Set<Place> = []
    for (name, request) in requests {
      var attributes = ExpressionAttributes()
      attributes.names = request.expressionAttributeNames.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
      let projection = try bind(request.projectionExpression, .projection, &attributes)
      try attributes.checkUse(hasExpressions: projection != nil, slots: "ProjectionExpression is null")
      let table = try table(name)
      var keys: [ItemKey] = []
      for attributes in request.keys {
        let key = try table.definition.key(attributes)
        guard seen.insert(Place(table: ObjectIdentifier(table), key: key)).inserted else {
          throw .validation("Provided list of item keys contains duplicates")
        }
        keys.append(key)
      }
      reads.append((name, table, keys, request, projection.map { ItemProjection($0.projectedPaths) }))
    }
    var writer = JSONWriter(capacity: 1_024)
    var unprocessed: [(String, KeysAndAttributes)] = []
    var bytes = 0
    writer.beginObject()
    writer.key("Responses")
    writer.beginObject()
    for (name, table, keys, request, projection) in reads {
      var left = request
      left.keys = []
      writer.key(name)
      writer.beginArray()
      for (key, attributes) in zip(keys, request.keys) {
        let item = visible(key, in: table, isConsistent: request.consistentRead ?? false)
        if chance.occurs(.entryRefused) || bytes + (item?.size ?? 0) > Self.maximumBytes {
          left.keys.append(attributes)
          continue
        }
        guard let item else { continue }
        bytes += item.size
        if let projection { writer.ordered(projection.apply(item.attributes)) } else { writer.raw(item.json) }
      }
      writer.endArray()
      if !left.keys.isEmpty { unprocessed.append((name, left)) }
    }
    writer.endObject()
    writer.key("UnprocessedKeys")
    writer.beginObject()
    for (name, request) in unprocessed { writer.member(name, request) }
    writer.endObject()
    writer.endObject()
    return writer.bytes
  }

  /// BatchWriteItem.
  func batchWrite(_ body: [UInt8]) throws(TableFailure) -> [UInt8] {
    if chance.occurs(.throttling) { throw .throttled }
    let requests = try requestItems(body) { (reader: inout JSONReader) throws(JSONError) in try reader.readArray(of: WriteRequest.self) }
    if requests.isEmpty || requests.contains(where: { $0.entry.isEmpty }) { throw emptyBatch() }
    guard requests.reduce(0, { $0 + $1.entry.count }) <= Self.maximumWrites else {
      throw .validation("Too many items requested for the BatchWriteItem call")
    }
    var writes: [(name: String, request: WriteRequest, change: (table: Table, key: ItemKey, new: StoredItem?))] = []
    var seen: Set<Place> = []
    for (name, entries) in requests {
      let table = try table(name)
      for entry in entries {
        let key: ItemKey
        var new: StoredItem?
        switch entry {
        case .put(let item): (key, new) = try admitted(item, to: table)
        case .delete(let attributes): key = try table.definition.key(attributes)
        }
        guard seen.insert(Place(table: ObjectIdentifier(table), key: key)).inserted else {
          throw .validation("Provided list of item keys contains duplicates")
        }
        writes.append((name, entry, (table, key, new)))
      }
    }
    var unprocessed: [(name: String, requests: [WriteRequest])] = []
    for write in writes {
      if chance.occurs(.entryRefused) {
        if unprocessed.last?.name != write.name { unprocessed.append((write.name, [])) }
        unprocessed[unprocessed.count - 1].requests.append(write.request)
        continue
      }
      let (table, key, new) = write.change
      // Each by itself: a batch is no transaction.
      commit([Change(table: table, key: key, old: table.items[key], new: new)])
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("UnprocessedItems")
    writer.beginObject()
    for (name, requests) in unprocessed {
      writer.key(name)
      writer.beginArray()
      for request in requests { request.write(to: &writer) }
      writer.endArray()
    }
    writer.endObject()
    writer.endObject()
    return writer.bytes
  }
}
