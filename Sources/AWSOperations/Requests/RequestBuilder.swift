import AWSClient
import JSON

/// Makes the request of an operation from checked parameters.
struct RequestBuilder {
  let model: ServiceModel
  let operation: OperationModel
  let configuration: AWSConfiguration
  /// The region to call.
  let region: String

  private var wire: WireValue { WireValue(model: model) }

  private var members: [Shape.Member] {
    guard let input = operation.input, case .structure(let members, _) = model.shapes[input] else { return [] }
    return members
  }

  /// - Throws: `AWSError` for an address that cannot be made, such as of a bucket whose name is none.
  func request(_ parameters: JSONObject) throws(AWSError) -> ServiceRequest {
    var parameters = parameters
    var uri = operation.uri
    var request: ServiceRequest
    if model.service == .s3, let bucket = parameters["Bucket"]?.stringValue, uri.hasPrefix("/{Bucket}") {
      // Buckets are addressed by rules of their own, and are no label of the path.
      parameters["Bucket"] = nil
      uri = String(uri.dropFirst("/{Bucket}".count))
      let address = try bucketAddress(bucket)
      request = ServiceRequest(model.service, operation.name, endpoint: address.endpoint.signing(for: region, client: configuration))
      request.path = address.bucketPath
    } else {
      request = ServiceRequest(model.service, operation.name, endpoint: try model.endpoint(configuration, region: region))
      request.path = ""
    }
    request.method = operation.method
    switch model.wire {
    case .json: writeJSON(parameters, &request)
    case .query: writeForm(parameters, &request)
    case .restJSON, .restXML: writeRest(parameters, uri, &request)
    }
    if request.path.isEmpty { request.path = "/" }
    request.errorFormat = model.wire == .json || model.wire == .restJSON ? .json : .xml
    if model.service == .s3 { request.region = region }
    return request
  }

  private func bucketAddress(_ bucket: String) throws(AWSError) -> S3Endpoint {
    var regional = configuration
    regional.region = region
    let address: S3Endpoint
    do throws(AWSError) { address = try S3Endpoint(bucket: bucket, configuration: regional) } catch {
      throw AWSError.input(error.message, service: model.service, operation: operation.name)
    }
    // It becomes part of a host name or a path, so that nothing but a bucket's name may be in it.
    let isName = (3...255).contains(bucket.utf8.count) && !bucket.hasPrefix(".") && !bucket.hasSuffix(".")
    guard isName, bucket.utf8.allSatisfy(Self.isBucketByte) else {
      throw AWSError.input(
        "'Bucket' is '\(bucket.prefix(80))': expected 3 to 255 letters, digits, '-', '_' and '.'", service: model.service,
        operation: operation.name)
    }
    return address
  }

  private static func isBucketByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
    default: false
    }
  }

  // MARK: Protocols

  private func writeJSON(_ parameters: JSONObject, _ request: inout ServiceRequest) {
    request.header("content-type", "application/x-amz-json-\(model.jsonVersion)")
    request.header("x-amz-target", "\(model.targetPrefix).\(operation.name)")
    // Asks for the error codes of the older query protocol, which everybody knows.
    if model.hasQueryMode { request.header("x-amzn-query-mode", "true") }
    request.body = JSONValue.object(wire.body(parameters, members)).bytes
  }

  private func writeForm(_ parameters: JSONObject, _ request: inout ServiceRequest) {
    request.header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
    var fields: [(name: String, value: String)] = [("Action", operation.name), ("Version", model.apiVersion)]
    if let input = operation.input { wire.form(.object(parameters), .shape(input), "", &fields) }
    request.body = Array(
      fields.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }.joined(separator: "&").utf8)
  }

  private func writeRest(_ parameters: JSONObject, _ uri: String, _ request: inout ServiceRequest) {
    let halves = TableText(uri.utf8).split("?", keepsEmpty: true)
    request.path += path(halves.first?.text ?? "", parameters)
    for pair in halves.at(1)?.split("&") ?? [] {
      let parts = pair.split("=", keepsEmpty: true).map(\.text)
      request.query.append((parts[0], parts.at(1) ?? ""))
    }
    // Without it, API Gateway answers in HAL.
    if model.service.signingName == "apigateway" { request.header("accept", "application/json") }
    var bodyMembers: [Shape.Member] = []
    for member in members {
      guard member.flags.isDisjoint(with: .elsewhere) else {
        if let value = parameters[member.name] { place(value, member, &request) }
        continue
      }
      bodyMembers.append(member)
    }
    guard !bodyMembers.isEmpty else { return }
    writeBody(parameters, bodyMembers, &request)
  }

  private func writeBody(_ parameters: JSONObject, _ members: [Shape.Member], _ request: inout ServiceRequest) {
    if let payload = members.first(where: { $0.flags.contains(.payload) }) {
      guard let value = parameters[payload.name] else { return }
      request.header("content-type", model.wire == .restJSON ? "application/json" : "application/xml")
      if model.wire == .restJSON {
        request.body = wire.json(value, payload.type).bytes
      } else {
        var text = ""
        wire.xml(value, payload.type, named: payload.wire, flags: [], &text)
        request.body = Array(text.utf8)
      }
    } else if model.wire == .restJSON {
      request.header("content-type", "application/json")
      request.body = JSONValue.object(wire.body(parameters, members)).bytes
    } else if let root = operation.root, members.contains(where: { parameters[$0.name] != nil }) {
      request.header("content-type", "application/xml")
      var text = root.namespace.isEmpty ? "<\(root.name)>" : "<\(root.name) xmlns=\"\(root.namespace)\">"
      wire.xml(parameters, members, &text)
      request.body = Array("\(text)</\(root.name)>".utf8)
    }
  }

  /// The path with its labels filled in.
  private func path(_ template: String, _ parameters: JSONObject) -> String {
    var path = ""
    for (index, part) in TableText(template.utf8).split("{", keepsEmpty: true).enumerated() {
      let halves = part.split("}", keepsEmpty: true).map(\.text)
      guard index > 0, let label = halves.first, halves.count > 1 else {
        path += part.text
        continue
      }
      let isGreedy = label.hasSuffix("+")
      let name = isGreedy ? String(label.dropLast()) : label
      let member = members.first { !$0.flags.isDisjoint(with: [.label, .greedyLabel]) && $0.wire == name }
      if let member, let value = parameters[member.name] {
        path += PercentEncoding.encode(wire.text(value, member.type), keepsSlashes: isGreedy)
      }
      path += halves[1]
    }
    return path
  }

  /// A member of the query or of the header.
  private func place(_ value: JSONValue, _ member: Shape.Member, _ request: inout ServiceRequest) {
    if member.flags.contains(.query) {
      guard case .shape(let number) = member.type else {
        return request.query.append((member.wire, wire.text(value, member.type)))
      }
      switch (model.shapes[number], value) {
      case (.list(let type, _, _), .array(let elements)):
        for element in elements { request.query.append((member.wire, wire.text(element, type))) }
      case (.map(let type, _, _, _), .object(let object)):
        for entry in object {
          let values = entry.value.arrayValue ?? [entry.value]
          for value in values { request.query.append((entry.key, wire.text(value, type))) }
        }
      default: break
      }
    } else if member.flags.contains(.header) {
      if case .shape(let number) = member.type, case .list(let type, _, _) = model.shapes[number], let elements = value.arrayValue {
        request.header(member.wire.lowercased(), elements.map { wire.text($0, type) }.joined(separator: ","))
      } else {
        request.header(member.wire.lowercased(), wire.text(value, member.type))
      }
    } else if member.flags.contains(.headers), let object = value.objectValue {
      for entry in object { request.headers.append(member.wire + entry.key, entry.value.stringValue ?? entry.value.text) }
    }
  }
}
