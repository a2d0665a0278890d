import AWSClient
import JSON

extension SimulatedBuckets {
  private static let maximumKeys = 1_000
  private static let namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

  /// Where a listing goes on: after a key, or after all keys of a common prefix. As text, it is a token of Base64.
  private struct Marker {
    var text: String
    var isPrefix: Bool

    var token: String { Base64.encode(Array(((isPrefix ? "p" : "k") + text).utf8)) }

    init(_ text: String, isPrefix: Bool = false) {
      self.text = text
      self.isPrefix = isPrefix
    }

    init?(token: String) {
      guard let bytes = Base64.decode(token), let first = bytes.first, first == UInt8(ascii: "p") || first == UInt8(ascii: "k"),
        let text = String(validating: bytes.dropFirst(), as: UTF8.self)
      else { return nil }
      self.init(text, isPrefix: first == UInt8(ascii: "p"))
    }
  }

  func list(_ bucket: StoredBucket, _ asked: BucketRequest) throws(Refusal) -> HTTPResponse {
    var limit = SimulatedBuckets.maximumKeys
    if let text = asked["max-keys"] {
      guard let number = Int(text), number >= 0 else {
        throw Refusal(400, "InvalidArgument", "Argument maxKeys must be an integer between 0 and 2147483647")
      }
      limit = min(number, limit)
    }
    if let encoding = asked["encoding-type"], encoding != "url" {
      throw Refusal(400, "InvalidArgument", "Invalid Encoding Method specified in Request")
    }
    let prefix = asked["prefix"] ?? ""
    let delimiter = asked["delimiter"].flatMap { $0.isEmpty ? nil : $0 }
    var marker = asked["start-after"].map { Marker($0) }
    if let token = asked["continuation-token"] {
      guard let decoded = Marker(token: token) else {
        throw Refusal(400, "InvalidArgument", "The continuation token provided is incorrect")
      }
      marker = decoded
    }
    return page(bucket, asked, prefix: prefix, delimiter: delimiter, after: marker, limit: limit)
  }

  private func page(
    _ bucket: StoredBucket, _ asked: BucketRequest, prefix: String, delimiter: String?, after marker: Marker?, limit: Int
  ) -> HTTPResponse {
    let isEncoded = asked["encoding-type"] != nil
    func written(_ text: String) -> String {
      isEncoded ? PercentEncoding.encode(text, keepsSlashes: true) : XMLText.escaped(text)
    }
    var contents: [UInt8] = []
    var commonPrefixes: [String] = []
    var count = 0
    var last: Marker?
    var isTruncated = false
    var position = SimulatedBuckets.start(in: bucket, prefix: prefix, after: marker)
    while position < bucket.objects.count {
      let object = bucket.objects[position]
      guard object.key.utf8.starts(with: prefix.utf8) else { break }
      guard count < limit else {
        isTruncated = limit > 0
        break
      }
      count += 1
      if let common = delimiter.flatMap({ SimulatedBuckets.commonPrefix(of: object.key, prefix: prefix, delimiter: $0) }) {
        commonPrefixes.append(common)
        last = Marker(common, isPrefix: true)
        position = SimulatedBuckets.start(in: bucket, prefix: prefix, after: last)
      } else {
        contents += "<Contents><Key>".utf8
        contents += written(object.key).utf8
        contents += "</Key><LastModified>".utf8
        contents += ISO8601.text(milliseconds: object.modifiedMilliseconds / 1_000 * 1_000).utf8
        contents += "</LastModified><ETag>&quot;".utf8
        contents += object.eTag.utf8.dropFirst().dropLast()
        contents += "&quot;</ETag><Size>".utf8
        contents += String(object.bytes.count).utf8
        contents += "</Size><StorageClass>STANDARD</StorageClass></Contents>".utf8
        last = Marker(object.key)
        position += 1
      }
    }
    var text = XMLText.declaration
    text += "<ListBucketResult xmlns=\"\(SimulatedBuckets.namespace)\"><Name>\(bucket.name)</Name><Prefix>\(written(prefix))</Prefix>"
    if let delimiter { text += "<Delimiter>\(written(delimiter))</Delimiter>" }
    if let start = asked["start-after"] { text += "<StartAfter>\(written(start))</StartAfter>" }
    if let token = asked["continuation-token"] { text += "<ContinuationToken>\(XMLText.escaped(token))</ContinuationToken>" }
    if isTruncated, let last { text += "<NextContinuationToken>\(last.token)</NextContinuationToken>" }
    text += "<KeyCount>\(count)</KeyCount><MaxKeys>\(limit)</MaxKeys>"
    if isEncoded { text += "<EncodingType>url</EncodingType>" }
    text += "<IsTruncated>\(isTruncated)</IsTruncated>"
    var body = Array(text.utf8) + contents
    for common in commonPrefixes { body += "<CommonPrefixes><Prefix>\(written(common))</Prefix></CommonPrefixes>".utf8 }
    body += "</ListBucketResult>".utf8
    return HTTPResponse(status: 200, headers: ["content-type": "application/xml"], body: body)
  }

  /// Where a page begins among the objects.
  private static func start(in bucket: StoredBucket, prefix: String, after marker: Marker?) -> Int {
    let first = bucket.position(of: prefix.utf8)
    guard let marker else { return first }
    var position = bucket.position(of: marker.text.utf8)
    if marker.isPrefix {
      // No byte of UTF-8 is FF, so that this key would be behind all that begin so.
      position = bucket.position(of: Array(marker.text.utf8) + [0xFF])
    } else if position < bucket.objects.count, bucket.objects[position].key.utf8.elementsEqual(marker.text.utf8) {
      position += 1
    }
    return max(first, position)
  }

  /// What a key is rolled up into: all of it up to the first delimiter after the prefix; nil without one.
  private static func commonPrefix(of key: String, prefix: String, delimiter: String) -> String? {
    let rest = key.utf8.dropFirst(prefix.utf8.count)
    var index = rest.startIndex
    while index < rest.endIndex {
      if rest[index...].starts(with: delimiter.utf8) {
        let end = rest.index(index, offsetBy: delimiter.utf8.count)
        return String(decoding: key.utf8[..<end], as: UTF8.self)
      }
      index = rest.index(after: index)
    }
    return nil
  }

  // MARK: Deleting many

  /// Deletes up to 1000 objects; keys that do not exist are deleted as well.
  func deleteObjects(of bucket: StoredBucket, _ request: HTTPRequest, _ now: Int64) throws(Refusal) -> HTTPResponse {
    let hasDigest = request.headers.fields.contains { $0.name == "content-md5" || $0.name.hasPrefix("x-amz-checksum-") }
    guard hasDigest else { throw Refusal(400, "InvalidRequest", "Missing required header for this request: Content-MD5") }
    try SimulatedBuckets.checkDigests(of: request)
    guard let root = try? XMLElement(parsing: request.body), root.name == "Delete" else { throw Refusal.malformedXML }
    let keys = root.children.filter { $0.name == "Object" }.map { $0["Key"]?.text ?? "" }
    guard (1...SimulatedBuckets.maximumKeys).contains(keys.count), !keys.contains("") else { throw Refusal.malformedXML }
    var text = XMLText.declaration + "<DeleteResult xmlns=\"\(SimulatedBuckets.namespace)\">"
    for key in keys {
      if chance.occurs(.entryRefused) {
        text += "<Error><Key>\(XMLText.escaped(key))</Key><Code>InternalError</Code>"
        text += "<Message>We encountered an internal error. Please try again.</Message></Error>"
        continue
      }
      remove(key, from: bucket, now)
      if root["Quiet"]?.text != "true" { text += "<Deleted><Key>\(XMLText.escaped(key))</Key></Deleted>" }
    }
    text += "</DeleteResult>"
    return HTTPResponse(status: 200, headers: ["content-type": "application/xml"], body: Array(text.utf8))
  }
}

extension Refusal {
  static let malformedXML = Refusal(
    400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
}
