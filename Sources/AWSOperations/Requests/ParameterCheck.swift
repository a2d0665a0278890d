import AWSClient
import JSON

/// Compares parameters with an operation's model before anything is sent, and names each member that does not fit.
struct ParameterCheck {
  let model: ServiceModel
  let operation: OperationModel
  private var problems: [String] = []
  /// As many are told; whoever has more is far off.
  private static let maximumProblems = 5
  /// Deeper is no parameter of AWS's.
  private static let maximumDepth = 32

  private init(_ model: ServiceModel, _ operation: OperationModel) {
    self.model = model
    self.operation = operation
  }

  /// - Throws: `AWSError` with code `InvalidInput`.
  static func check(_ parameters: JSONValue, for operation: OperationModel, of model: ServiceModel) throws(AWSError) {
    var check = ParameterCheck(model, operation)
    if case .object(let members) = parameters {
      if let input = operation.input {
        check.value(parameters, .shape(input), "", depth: 0)
      } else if let name = members.keys.first {
        check.problems.append("'\(name.prefix(80))' is unknown to \(operation.name), which takes no parameters")
      }
    } else {
      check.problems.append("the parameters are \(parameters.kindDescription), expected an object")
    }
    guard check.problems.isEmpty else {
      throw AWSError.input(check.problems.joined(separator: "; "), service: model.service, operation: operation.name)
    }
  }

  private mutating func add(_ problem: String) { if problems.count < Self.maximumProblems { problems.append(problem) } }

  private mutating func mismatch(_ value: JSONValue, _ expected: String, _ path: String) {
    add("'\(path)' is \(value.kindDescription), expected \(expected)")
  }

  private mutating func value(_ value: JSONValue, _ type: ValueType, _ path: String, depth: Int) {
    switch type {
    case .text: if value.stringValue == nil { mismatch(value, "a string", path) }
    case .boolean: if value.boolValue == nil { mismatch(value, "a boolean", path) }
    case .decimal: if value.numberValue == nil { mismatch(value, "a number", path) }
    case .integer:
      if value.numberValue == nil {
        mismatch(value, "an integer", path)
      } else if value.int64Value == nil {
        add("'\(path)' is \(value.text.prefix(40)), expected an integer")
      }
    case .bytes:
      guard let text = value.stringValue else { return mismatch(value, "bytes as base64 in a string", path) }
      if Base64.decode(text) == nil { add("'\(path)' is no base64") }
    case .json: break
    case .timestamp:
      let expected = "seconds since the Unix epoch or ISO 8601 text such as '2026-11-20T07:19:00Z'"
      switch value {
      case .number: break
      case .string(let text): if ISO8601.milliseconds(text) == nil { add("'\(path)' is '\(text.prefix(60))', expected \(expected)") }
      default: mismatch(value, expected, path)
      }
    case .shape(let number):
      guard model.shapes.indices.contains(number), depth < Self.maximumDepth else { return add("'\(path)' is nested too deeply") }
      shape(value, model.shapes[number], path, depth: depth)
    }
  }

  private mutating func shape(_ value: JSONValue, _ shape: Shape, _ path: String, depth: Int) {
    switch shape {
    case .structure(let members, let isUnion):
      guard let object = value.objectValue else { return mismatch(value, "an object", path) }
      structure(object, members, isUnion: isUnion, path, depth: depth)
    case .list(let type, _, _):
      guard let elements = value.arrayValue else { return mismatch(value, "an array", path) }
      for (index, element) in elements.enumerated() { self.value(element, type, "\(path)[\(index)]", depth: depth + 1) }
    case .map(let type, _, _, _):
      guard let object = value.objectValue else { return mismatch(value, "an object", path) }
      for (name, element) in object { self.value(element, type, "\(path).\(name.prefix(80))", depth: depth + 1) }
    }
  }

  private mutating func structure(_ object: JSONObject, _ members: [Shape.Member], isUnion: Bool, _ path: String, depth: Int) {
    let prefix = path.isEmpty ? "" : "\(path)."
    for (name, value) in object {
      guard let member = members.first(where: { $0.name == name }) else {
        let near = members.first { $0.name.lowercased() == name.lowercased() }?.name
        let hint = near.map { "; did you mean '\(prefix)\($0)'?" } ?? "; known: \(members.map(\.name).joined(separator: ", "))"
        add("'\(prefix)\(name.prefix(80))' is unknown to \(operation.name)\(hint)")
        continue
      }
      self.value(value, member.type, prefix + name, depth: depth + 1)
      if !member.flags.isDisjoint(with: [.label, .greedyLabel]), let label = value.stringValue { self.label(label, prefix + name) }
    }
    for member in members where member.flags.contains(.required) && object[member.name] == nil {
      add("'\(prefix)\(member.name)' is missing")
    }
    if isUnion, object.count != 1 {
      add("'\(path)' has \(object.count) members, expected exactly one of \(members.map(\.name).joined(separator: ", "))")
    }
  }

  /// A part of the address. Whoever follows "." and ".." reaches another operation by it, such as one that is refused: no name of AWS's is either.
  private mutating func label(_ text: String, _ path: String) {
    if text.isEmpty { return add("'\(path)' is empty, and is part of the address") }
    let steps = text.utf8.split(separator: UInt8(ascii: "/")).map(Array.init)
    guard steps.contains([UInt8(ascii: ".")]) || steps.contains([UInt8(ascii: "."), UInt8(ascii: ".")]) else { return }
    add("'\(path)' is '\(text.prefix(80))', which would lead to another address")
  }
}
