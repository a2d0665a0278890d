public import JSON

extension AttributeValue {
  /// The attributes of an item in DynamoDB's own JSON, `{"id":{"S":"o-1"}}`, as the records of a stream have it.
  /// - Throws: `JSONError` when a value is none of DynamoDB's.
  public static func attributes(ofImage image: JSONObject) throws(JSONError) -> [String: AttributeValue] {
    try JSONReader.withReader(JSONValue.object(image).bytes) { (reader: inout JSONReader) throws(JSONError) in
      try reader.readAttributes()
    }
  }
}
