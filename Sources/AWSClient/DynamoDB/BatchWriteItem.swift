public import JSON

/// Writes and deletes up to 25 items, in one table or several; each by itself, and without conditions.
public struct BatchWriteItemInput: Sendable, Hashable, JSONEncodable {
  /// What to do, by table name: 1 to 25 requests in all, no two about the same item, 16 MB together.
  public var requestItems: [String: [WriteRequest]]

  public init(requestItems: [String: [WriteRequest]]) { self.requestItems = requestItems }

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("RequestItems")
    writer.beginObject()
    for (table, requests) in requestItems.inOrder {
      writer.key(table)
      writer.beginArray()
      for request in requests { request.write(to: &writer) }
      writer.endArray()
    }
    writer.endObject()
    writer.endObject()
  }
}

/// One write of a batch.
public enum WriteRequest: Sendable, Hashable, JSONEncodable, JSONDecodable {
  /// Writes an item, over one that has the same key.
  case put([String: AttributeValue])
  /// Deletes the item of a key; one that does not exist is deleted as well.
  case delete(key: [String: AttributeValue])

  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    switch self {
    case .put(let item):
      writer.key("PutRequest")
      writer.beginObject()
      writer.member("Item", item)
    case .delete(let key):
      writer.key("DeleteRequest")
      writer.beginObject()
      writer.member("Key", key)
    }
    writer.endObject()
    writer.endObject()
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    let begin = reader.valueOffset()
    var request: WriteRequest?
    try reader.beginObject()
    while let kind = try reader.nextKey() {
      if try reader.readIfNull() { continue }
      guard kind == "PutRequest" || kind == "DeleteRequest" else {
        try reader.skipValue()
        continue
      }
      try reader.beginObject()
      while let key = try reader.nextKey() {
        switch key {
        case "Item": request = .put(try reader.readAttributes())
        case "Key": request = .delete(key: try reader.readAttributes())
        default: try reader.skipValue()
        }
      }
    }
    guard let request else { throw .missing("PutRequest", expected: "a PutRequest or a DeleteRequest", at: begin) }
    self = request
  }
}

public struct BatchWriteItemOutput: Sendable, Hashable, JSONDecodable {
  /// What DynamoDB did not get to; the client sends it again and leaves it empty.
  public var unprocessedItems: [String: [WriteRequest]]

  public init(unprocessedItems: [String: [WriteRequest]] = [:]) { self.unprocessedItems = unprocessedItems }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init()
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "UnprocessedItems":
        if try reader.readIfNull() { continue }
        try reader.beginObject()
        while let table = try reader.nextKey() { unprocessedItems[table] = try reader.readArray(of: WriteRequest.self) }
      default: try reader.skipValue()
      }
    }
  }
}
