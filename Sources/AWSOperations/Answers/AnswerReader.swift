import AWSClient
import JSON

/// Makes an answer's JSON of what came over the wire: members with botocore's names, secrets blotted out.
struct AnswerReader {
  let model: ServiceModel
  let operation: OperationModel

  /// What stands in a secret's place.
  static let replacement: JSONValue = "(redacted)"

  /// - Throws: `AWSError` with code `InvalidResponse`.
  func answer(_ response: HTTPResponse) throws(AWSError) -> JSONValue {
    var members: [Shape.Member] = []
    if let output = operation.output, case .structure(let all, _) = model.shapes[output] { members = all }
    var answer: JSONObject
    if let payload = members.first(where: { $0.flags.contains(.payload) }) {
      answer = [:]
      if !response.body.isEmpty { answer[payload.name] = secret(try payloadValue(response, payload), payload.flags) }
    } else {
      answer = try body(response, members)
    }
    for member in members where !member.flags.isDisjoint(with: .elsewhere) {
      if let value = headerValue(member, response) { answer[member.name] = secret(value, member.flags) }
    }
    return .object(answer)
  }

  private func body(_ response: HTTPResponse, _ members: [Shape.Member]) throws(AWSError) -> JSONObject {
    switch model.wire {
    case .json, .restJSON:
      if response.body.isEmpty { return [:] }
      guard case .object(let object) = try parsed(response) else { throw invalid("the body is no JSON object") }
      return JSONAnswer(model: model).structure(object, members)
    case .restXML:
      guard members.contains(where: { $0.flags.isDisjoint(with: .elsewhere) }), !response.body.isEmpty else { return [:] }
      let root = try element(response)
      // The one answer of S3 whose root is the member itself.
      if operation.name == "GetBucketLocation" { return root.text.isEmpty ? [:] : ["LocationConstraint": .string(root.text)] }
      return XMLAnswer(model: model).structure(root, members)
    case .query:
      guard let wrapper = operation.wrapper else { return [:] }
      let root = try element(response)
      guard let result = root.name == wrapper ? root : root[wrapper] else { throw invalid("it has no '\(wrapper)'") }
      return XMLAnswer(model: model).structure(result, members)
    }
  }

  private func payloadValue(_ response: HTTPResponse, _ payload: Shape.Member) throws(AWSError) -> JSONValue {
    switch payload.type {
    case .text: return .string(String(decoding: response.body, as: UTF8.self))
    case .bytes: return .string(Base64.encode(response.body))
    default:
      switch model.wire {
      case .json, .restJSON: return JSONAnswer(model: model).value(try parsed(response), payload.type)
      case .restXML, .query: return XMLAnswer(model: model).value(try element(response), payload.type)
      }
    }
  }

  private func headerValue(_ member: Shape.Member, _ response: HTTPResponse) -> JSONValue? {
    if member.flags.contains(.status) { return .number(response.status) }
    if member.flags.contains(.headers) {
      let prefix = member.wire.lowercased()
      let found = response.headers.fields.filter { $0.name.hasPrefix(prefix) }
      return found.isEmpty ? nil : .object(JSONObject(found.map { (String($0.name.dropFirst(prefix.count)), .string($0.value)) }))
    }
    return response.headers[member.wire.lowercased()].map { XMLAnswer.scalar($0, member.type) }
  }

  private func parsed(_ response: HTTPResponse) throws(AWSError) -> JSONValue {
    do throws(JSONError) { return try JSONValue(parsing: response.body) } catch { throw invalid("\(error)") }
  }

  private func element(_ response: HTTPResponse) throws(AWSError) -> XMLElement {
    do throws(XMLElement.ParsingError) { return try XMLElement(parsing: response.body) } catch { throw invalid("\(error)") }
  }

  private func secret(_ value: JSONValue, _ flags: MemberFlags) -> JSONValue { flags.contains(.secret) ? Self.redacted(value) : value }

  private func invalid(_ reason: String) -> AWSError {
    AWSError(
      code: AWSError.invalidResponseCode, message: "the answer could not be read: \(reason)", service: model.service.serviceID,
      operation: operation.name)
  }

  /// A secret's stand-in: of a map, the names stay.
  static func redacted(_ value: JSONValue) -> JSONValue {
    switch value {
    case .null: .null
    case .object(let members): .object(JSONObject(members.map { ($0.key, redacted($0.value)) }))
    default: replacement
    }
  }
}

/// Answers in JSON: what is not in the table stays as it is.
struct JSONAnswer {
  let model: ServiceModel

  func structure(_ object: JSONObject, _ members: [Shape.Member]) -> JSONObject {
    guard !members.isEmpty else { return object }
    return JSONObject(
      object.map { entry in
        guard let member = members.first(where: { $0.wire == entry.key && $0.flags.isDisjoint(with: .elsewhere) }) else {
          return (entry.key, entry.value)
        }
        let value = value(entry.value, member.type)
        return (member.name, member.flags.contains(.secret) ? AnswerReader.redacted(value) : value)
      })
  }

  func value(_ value: JSONValue, _ type: ValueType) -> JSONValue {
    guard case .shape(let number) = type else { return value }
    switch (model.shapes[number], value) {
    case (.structure(let members, _), .object(let object)): return .object(structure(object, members))
    case (.list(let type, let flags, _), .array(let elements)):
      return .array(elements.map { flags.contains(.secret) ? AnswerReader.redacted($0) : self.value($0, type) })
    case (.map(let type, let flags, _, _), .object(let object)):
      return .object(
        JSONObject(object.map { ($0.key, flags.contains(.secret) ? AnswerReader.redacted($0.value) : self.value($0.value, type)) }))
    default: return value
    }
  }
}
