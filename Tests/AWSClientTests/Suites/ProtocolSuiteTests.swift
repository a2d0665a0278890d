import JSON
import Testing

@testable import AWSClient

/// botocore's protocol tests. This client has hand-written types and no shapes at run time; so the test walks the suite's shapes and reads and
/// writes each value with the codecs that those types use: numbers, timestamps, blobs, labels, queries, header fields, XML and errors.
struct ProtocolSuiteTests {
  /// A file of the suite, how many of its cases must have run, and why the others did not.
  struct Suite: Sendable, CustomTestStringConvertible {
    var file: String
    var cases: Int
    var skipped: [String: Int] = [:]
    var testDescription: String { file }
  }

  static let outputs = [
    Suite(file: "json", cases: 58), Suite(file: "json_1_0", cases: 32), Suite(file: "json_1_0-query-compatible", cases: 2),
    Suite(file: "rest-json", cases: 84, skipped: ["lists in header fields": 7]),
    Suite(file: "rest-xml", cases: 71, skipped: ["lists in header fields": 5, "attributes of XML elements": 2]),
    Suite(file: "query", cases: 38),
  ]

  @Test(arguments: outputs) func answersAreRead(_ suite: Suite) async throws {
    try await run(suite, "output") { shapes, metadata, test in
      let response = try ProtocolSuiteTests.response(test)
      let `protocol` = metadata["protocol"]?.stringValue ?? ""
      if test["error"] != nil {
        var request = ServiceRequest(AWSService(serviceID: "Test", endpointPrefix: "test"), "Test", endpoint: Endpoint(authority: "x"))
        request.errorFormat = `protocol` == "rest-xml" || `protocol` == "query" ? .xml : .json
        let error = ServiceErrorParser.error(from: response, of: request)
        #expect(error.code == test["errorCode"]?.stringValue ?? "", "\(test["id"]?.stringValue ?? "")")
        if let message = test["errorMessage"]?.stringValue, !message.isEmpty { #expect(error.message == message) }
        return
      }
      let found = try ProtocolSuiteTests.read(response, test, `protocol`, shapes)
      let expected = test["result"] ?? [:]
      #expect(ProtocolShapes.isSame(found, expected), "\(test["id"]?.stringValue ?? ""): \(found), expected \(expected)")
    }
  }

  static let inputs = [
    Suite(
      file: "json", cases: 48, skipped: ["prefixes of host names": 3, "compression of requests": 2, "requests with HTTP dates": 1]),
    Suite(file: "json_1_0", cases: 16, skipped: ["prefixes of host names": 3, "compression of requests": 2]),
    Suite(file: "json_1_0-query-compatible", cases: 1),
    Suite(
      file: "rest-json", cases: 92,
      skipped: [
        "Content-MD5": 1, "JSON in header fields": 1, "lists in header fields": 7, "prefixes of host names": 3,
        "requests with HTTP dates": 4,
        "values that have no text": 2, "tokens that the client fills in": 1, "compression of requests": 2,
      ]),
    Suite(
      file: "rest-xml", cases: 33,
      skipped: [
        "lists in header fields": 5, "prefixes of host names": 3, "compression of requests": 2, "requests with HTTP dates": 2,
        "values that have no text": 2, "XML bodies of requests": 46, "tokens that the client fills in": 1,
      ]),
  ]

  @Test(arguments: inputs) func requestsAreWritten(_ suite: Suite) async throws {
    try await run(suite, "input") { shapes, metadata, test in
      let expected = try #require(test["serialized"])
      if expected["host"] != nil { throw Unsupported("prefixes of host names") }
      let encoding = expected["headers"]?["Content-Encoding"]?.stringValue ?? ""
      if encoding.hasSuffix("gzip") { throw Unsupported("compression of requests") }
      if expected["headers"]?["Content-MD5"] != nil { throw Unsupported("Content-MD5") }
      let request = try await ProtocolSuiteTests.request(test, metadata, shapes)
      let title: Comment = "\(test["id"]?.stringValue ?? "")"
      #expect(request.method == expected["method"]?.stringValue, title)
      let authority = request.url.dropFirst("https://".count).prefix { $0 != "/" }
      let parts = request.url.dropFirst("https://".count + authority.count).split(separator: "?", maxSplits: 1)
      let wanted = (expected["uri"]?.stringValue ?? "/").split(separator: "?", maxSplits: 1)
      #expect(parts.first == wanted.first, title)
      let query = (parts.dropFirst().first ?? "").split(separator: "&").sorted()
      // A name without a value has no '=' in the suite.
      let wantedQuery = (wanted.dropFirst().first ?? "").split(separator: "&").map { $0.contains("=") ? String($0) : "\($0)=" }.sorted()
      #expect(query.map(String.init) == wantedQuery, title)
      for header in expected["headers"]?.objectValue ?? [:] {
        #expect(request.headers[header.key.lowercased()] == header.value.stringValue, "\(test["id"]?.stringValue ?? "") \(header.key)")
      }
      for name in expected["forbidHeaders"]?.arrayValue ?? [] {
        #expect(request.headers[name.stringValue?.lowercased() ?? ""] == nil, title)
      }
      let body = expected["body"]?.stringValue ?? ""
      let sent = String(decoding: request.body, as: UTF8.self)
      if let wanted = try? JSONValue(parsing: Array(body.utf8)), let json = try? JSONValue(parsing: request.body) {
        #expect(ProtocolShapes.isSame(json, wanted), "\(test["id"]?.stringValue ?? ""): \(sent), expected \(body)")
      } else if test["given"]?["input"] == nil, body.isEmpty {
        // Where an operation has no input the suite says nothing of the empty object that the JSON protocols want.
        #expect(sent == "{}" || sent.isEmpty, title)
      } else {
        #expect(sent == body, title)
      }
    }
  }

  // MARK: Running

  private func run(
    _ suite: Suite, _ folder: String, _ body: (ProtocolShapes, JSONValue, JSONValue) async throws -> Void
  ) async throws {
    let groups = try #require(try TestData.json("aws-protocols/\(folder)/\(suite.file).json").arrayValue)
    var run = 0
    var skipped: [String: Int] = [:]
    for group in groups {
      for test in group["cases"]?.arrayValue ?? [] {
        do {
          try await body(ProtocolShapes(shapes: group["shapes"] ?? [:]), group["metadata"] ?? [:], test)
          run += 1
        } catch let unsupported as Unsupported {
          skipped[unsupported.reason, default: 0] += 1
        } catch {
          Issue.record("\(test["id"]?.stringValue ?? ""): \(error)")
        }
      }
    }
    #expect(run == suite.cases, "\(folder)/\(suite.file)")
    #expect(skipped == suite.skipped, "\(folder)/\(suite.file)")
  }

  private static func response(_ test: JSONValue) throws -> HTTPResponse {
    let answer = try #require(test["response"])
    var headers = HTTPHeaders()
    for header in answer["headers"]?.objectValue ?? [:] { headers.append(header.key, header.value.stringValue ?? "") }
    return HTTPResponse(
      status: answer["status_code"]?.intValue ?? 200, headers: headers, body: Array((answer["body"]?.stringValue ?? "").utf8))
  }

  private static func read(
    _ response: HTTPResponse, _ test: JSONValue, _ protocol: String, _ shapes: ProtocolShapes
  ) throws -> JSONValue {
    guard let reference = test["given"]?["output"] else { return [:] }
    let output = try shapes.shape(reference)
    var members = `protocol`.hasPrefix("rest") ? try shapes.read(response, output) : []
    var body = output
    var payloadName: String?
    if let name = output.definition["payload"]?.stringValue {
      payloadName = name
      body = try shapes.shape(output.definition["members"]?[name] ?? [:])
      if body.isSet("eventstream") { throw Unsupported("event streams, which have a suite of their own") }
      if body.type == "blob" || (body.type == "string" && !body.isSet("document")) {
        if !response.body.isEmpty { members.append((name, .string(String(decoding: response.body, as: UTF8.self)))) }
        return .object(JSONObject(members))
      }
    }
    var value: JSONValue?
    if !response.body.isEmpty {
      if `protocol` == "rest-xml" || `protocol` == "query" {
        var root = try XMLElement(parsing: response.body)
        if `protocol` == "query", let result = root["\(test["given"]?["name"]?.stringValue ?? "")Result"] { root = result }
        value = try shapes.read(root, body)
      } else {
        value = try ProtocolSuiteTests.json(response.body) { reader in try shapes.read(&reader, body) }
      }
    }
    if let payloadName {
      if let value { members.append((payloadName, value)) }
    } else {
      for member in value?.objectValue ?? [:] { members.append((member.key, member.value)) }
    }
    return .object(JSONObject(members))
  }

  /// Reads JSON with a closure that throws what it likes.
  private static func json(_ bytes: [UInt8], _ read: (inout JSONReader) throws -> JSONValue) throws -> JSONValue {
    let result: Result<JSONValue, any Error> = try JSONReader.withReader(bytes) { reader throws(JSONError) in
      do {
        return .success(try read(&reader))
      } catch let error as JSONError {
        throw error
      } catch {
        while try reader.nextKey() != nil { try reader.skipValue() }
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// What the client sends for a case, as the transport gets it.
  private static func request(_ test: JSONValue, _ metadata: JSONValue, _ shapes: ProtocolShapes) async throws -> HTTPRequest {
    let transport = FakeTransport([.json("{}")])
    let client = AWSClient.fake(transport)
    let service = AWSService(serviceID: "Test", endpointPrefix: "test")
    let name = test["given"]?["name"]?.stringValue ?? ""
    let input = try test["given"]?["input"].map { try shapes.shape($0) }
    let parameters = test["params"] ?? [:]
    if let version = metadata["jsonVersion"]?.stringValue, metadata["protocol"]?.stringValue == "json" {
      let body = try input.map { try encoded(parameters, $0, shapes) } ?? Array("{}".utf8)
      let isQueryCompatible = metadata["awsQueryCompatible"] != nil
      let _: IgnoredOutput = try await client.callJSON(
        isQueryCompatible ? .sqs : service, name,
        target: "\(metadata["targetPrefix"]?.stringValue ?? "").\(name)", contentType: "application/x-amz-json-\(version)",
        RawJSON(bytes: body))
      return try #require(transport.requests.first)
    }
    let http = try #require(test["given"]?["http"])
    var request = ServiceRequest(service, name, endpoint: try client.configuration.endpoint(of: service))
    request.method = http["method"]?.stringValue ?? "POST"
    let target = (http["requestUri"]?.stringValue ?? "/").split(separator: "?", maxSplits: 1)
    var path = String(target[0])
    for pair in target.dropFirst().first?.split(separator: "&") ?? [] {
      let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
      request.query.append((sides[0], sides.count > 1 ? sides[1] : ""))
    }
    if let input {
      for (name, member) in try shapes.members(input) {
        if member.isSet("idempotencyToken"), parameters[name] == nil { throw Unsupported("tokens that the client fills in") }
        guard let value = parameters[name] else { continue }
        try place(value, name, member, shapes, &path, &request)
      }
      try setBody(of: &request, parameters, input, shapes, isXML: metadata["protocol"]?.stringValue == "rest-xml")
    }
    request.path = path
    _ = try await client.perform(request)
    return try #require(transport.requests.first)
  }

  /// Puts a member into the path, the query or a header field.
  private static func place(
    _ value: JSONValue, _ name: String, _ member: ProtocolShapes.Shape, _ shapes: ProtocolShapes, _ path: inout String,
    _ request: inout ServiceRequest
  ) throws {
    let wire = member.locationName ?? name
    switch member.location {
    case "uri":
      let text = try shapes.text(value, member, timestamps: "iso8601")
      path = path.replacing("{\(wire)+}", by: PercentEncoding.encode(text, keepsSlashes: true)).replacing(
        "{\(wire)}", by: PercentEncoding.encode(text))
    case "querystring":
      switch value {
      case .array(let values):
        for value in values { request.query.append((wire, try shapes.text(value, try shapes.element(member), timestamps: "iso8601"))) }
      case .object(let object):
        for entry in object where !request.query.contains(where: { $0.name == entry.key }) {
          for value in entry.value.arrayValue ?? [entry.value] { request.query.append((entry.key, value.stringValue ?? "")) }
        }
      default: request.query.append((wire, try shapes.text(value, member, timestamps: "iso8601")))
      }
    case "header":
      if member.isSet("jsonvalue") { throw Unsupported("JSON in header fields") }
      if member.type == "list" { throw Unsupported("lists in header fields") }
      request.header(wire.lowercased(), try shapes.text(value, member, timestamps: "rfc822"))
    case "headers":
      for entry in value.objectValue ?? [:] { request.header((wire + entry.key).lowercased(), entry.value.stringValue) }
    default: break
    }
  }

  private static func setBody(
    of request: inout ServiceRequest, _ parameters: JSONValue, _ input: ProtocolShapes.Shape, _ shapes: ProtocolShapes, isXML: Bool
  ) throws {
    var shape = input
    var value: JSONValue? = parameters
    if let name = input.definition["payload"]?.stringValue {
      shape = try shapes.shape(input.definition["members"]?[name] ?? [:])
      value = parameters[name]
      if shape.type == "blob" || (shape.type == "string" && !shape.isSet("document")) {
        guard let text = value?.stringValue else { return }
        request.body = Array(text.utf8)
        if request.headers["content-type"] == nil {
          request.header("content-type", shape.type == "blob" ? "application/octet-stream" : "text/plain")
        }
        return
      }
    } else if try !shapes.members(input).contains(where: { $0.shape.location == nil }) {
      return
    }
    if isXML { throw Unsupported("XML bodies of requests") }
    guard let value else {
      request.header("content-type", "application/json")
      if !shape.isSet("union") { request.body = Array("{}".utf8) }
      return
    }
    request.header("content-type", "application/json")
    request.body = try encoded(value, shape, shapes)
  }

  private static func encoded(_ value: JSONValue, _ shape: ProtocolShapes.Shape, _ shapes: ProtocolShapes) throws -> [UInt8] {
    var writer = JSONWriter()
    try shapes.write(value, shape, to: &writer)
    return writer.bytes
  }

  private struct RawJSON: JSONEncodable {
    let bytes: [UInt8]
    func write(to writer: inout JSONWriter) { writer.raw(bytes) }
  }
}
