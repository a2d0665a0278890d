internal import AWSClient
public import JSON

/// The value of a parameter or a secret. Its description leaves the value out, so that no log gets it by accident.
public struct ParameterValue: Sendable, Hashable {
  /// The parameter's or the secret's name, as it was asked for.
  public let name: String
  /// The value as it is kept: text in UTF-8, or the bytes of a binary secret.
  public let bytes: [UInt8]
  /// A parameter's number, or a secret's version id; nil when the service does not say.
  public let version: String?

  public init(name: String, bytes: [UInt8], version: String? = nil) {
    self.name = name
    self.bytes = bytes
    self.version = version
  }

  public init(name: String, text: String, version: String? = nil) { self.init(name: name, bytes: Array(text.utf8), version: version) }

  /// The value as text; bytes that are no UTF-8 become replacement characters.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The values of a "StringList", which stand with commas between them.
  public var list: [String] { text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }

  /// The value as JSON.
  /// - Throws: `ParameterError.notJSON`, which says where, and not what stands there.
  public func json() throws(ParameterError) -> JSONValue {
    do throws(JSONError) { return try JSONValue(parsing: bytes) } catch {
      throw .notJSON(name: name, byteOffset: error.byteOffset ?? 0)
    }
  }

  /// The value, which is JSON, as a wire type.
  /// - Throws: `ParameterError.notJSON` or `unexpected`, neither of which shows the value.
  public func json<Value: JSONDecodable>(as type: Value.Type) throws(ParameterError) -> Value {
    _ = try json()
    do throws(JSONError) { return try Value(json: bytes) } catch {
      throw .unexpected(name: name, type: "\(type)", field: error.field)
    }
  }

  /// The value, which is JSON, as a `Codable` type.
  /// - Throws: as `json(as:)`.
  public func decoded<Value: Decodable>(as type: Value.Type) throws(ParameterError) -> Value {
    _ = try json()
    do { return try CodableReader.decode(type, from: bytes) } catch {
      throw .unexpected(name: name, type: "\(type)", field: Self.field(of: error))
    }
  }

  /// The bytes that the value has in Base64.
  /// - Throws: `ParameterError.notBase64`.
  public func base64() throws(ParameterError) -> [UInt8] {
    guard let decoded = Base64.decode(text) else { throw .notBase64(name: name) }
    return decoded
  }

  /// Where a decoding error lies; what it says of the value may hold parts of it.
  private static func field(of error: any Error) -> String? {
    guard let error = error as? DecodingError else { return nil }
    switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      return context.codingPath.map(\.stringValue).joined(separator: ".")
    case .keyNotFound(let key, let context): return (context.codingPath + [key]).map(\.stringValue).joined(separator: ".")
    @unknown default: return nil
    }
  }
}

extension ParameterValue: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "ParameterValue(\(name), version \(version ?? "unknown"), \(bytes.count) bytes, not shown)" }
  public var debugDescription: String { description }
  /// Without the value, so that `dump` and the description of whatever holds this do not show it either.
  public var customMirror: Mirror { Mirror(self, children: ["name": name, "version": version as Any]) }
}

/// Why a parameter cannot be used. It never shows a value.
public enum ParameterError: Error, Hashable, CustomStringConvertible {
  case notFound(names: [String])
  case notJSON(name: String, byteOffset: Int)
  case unexpected(name: String, type: String, field: String?)
  case notBase64(name: String)

  public var description: String {
    switch self {
    case .notFound(let names): "there is no parameter \(names.map { "'\($0)'" }.joined(separator: ", "))"
    case .notJSON(let name, let offset): "the value of '\(name)' is not JSON, from byte \(offset) on"
    case .unexpected(let name, let type, let field):
      "the value of '\(name)' is no \(type)\(field.map { $0.isEmpty ? "" : ": see its field '\($0)'" } ?? "")"
    case .notBase64(let name): "the value of '\(name)' is not Base64"
    }
  }
}
