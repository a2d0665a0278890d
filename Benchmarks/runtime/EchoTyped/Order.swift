internal import JSON

/// The event of the benchmark: the shape that every peer decodes and encodes again.
struct OrderBatch: JSONDecodable, JSONEncodable {
  struct Order {
    let id: String
    let kind: String
    let number: Int
    let price: Double
    let isActive: Bool
    let tags: [String]
    let body: String
  }

  let source: String
  let records: [Order]
}

extension OrderBatch {
  init(from reader: inout JSONReader) throws(JSONError) {
    var source: String?
    var records: [Order] = []
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "source": source = try reader.readString()
      case "records":
        try reader.beginArray()
        while try reader.nextElement() { records.append(try Order(from: &reader)) }
      default: try reader.skipValue()
      }
    }
    guard let source else { throw JSONError.missing("source", expected: "a string") }
    self.init(source: source, records: records)
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("source", source)
    writer.member("records", records)
    writer.endObject()
  }
}

extension OrderBatch.Order: JSONDecodable, JSONEncodable {
  init(from reader: inout JSONReader) throws(JSONError) {
    var id: String?
    var kind = ""
    var number = 0
    var price = 0.0
    var isActive = false
    var tags: [String] = []
    var body = ""
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "id": id = try reader.readString()
      case "kind": kind = try reader.readString()
      case "n": number = try reader.readInt()
      case "price": price = try reader.readDouble()
      case "active": isActive = try reader.readBool()
      case "tags":
        try reader.beginArray()
        while try reader.nextElement() { tags.append(try reader.readString()) }
      case "body": body = try reader.readString()
      default: try reader.skipValue()
      }
    }
    guard let id else { throw JSONError.missing("records[].id", expected: "a string") }
    self.init(id: id, kind: kind, number: number, price: price, isActive: isActive, tags: tags, body: body)
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("id", id)
    writer.member("kind", kind)
    writer.member("n", number)
    writer.member("price", price)
    writer.member("active", isActive)
    writer.member("tags", tags)
    writer.member("body", body)
    writer.endObject()
  }
}
