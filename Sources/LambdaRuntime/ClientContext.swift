public import JSON

/// Who called, as Amazon Cognito knows them.
public struct CognitoIdentity: Sendable, Equatable {
  public let identityID: String
  public let identityPoolID: String
}

/// What a client sent along: the AWS Mobile SDK, or whoever sets ClientContext of Invoke.
public struct ClientContext: Sendable, Equatable {
  /// The application, as the mobile SDK describes it; empty for other callers.
  public struct Client: Sendable, Equatable {
    public let installationID: String?
    public let appTitle: String?
    public let appVersionName: String?
    public let appVersionCode: String?
    public let appPackageName: String?
  }

  public let client: Client?
  /// Values of the application's own.
  public let custom: JSONObject
  /// Facts about the device.
  public let environment: JSONObject
  /// The W3C trace context of the caller, by field: "traceparent", "tracestate", "baggage".
  public let traceContext: [String: String]
}

extension LambdaContext {
  /// The caller of `cognitoIdentity`; nil when there is none. Read anew at each use.
  /// - Throws: `InvalidEventError` for what is no JSON object.
  public var decodedCognitoIdentity: CognitoIdentity? {
    get throws(InvalidEventError) {
      guard let object = try Self.object(cognitoIdentity, "the Cognito identity") else { return nil }
      // AWS's runtimes read the first names; its guide for custom runtimes shows the others.
      func text(_ names: String...) -> String? { names.lazy.compactMap { object[$0]?.stringValue }.first }
      guard let identity = text("cognitoIdentityId", "identity_id"), let pool = text("cognitoIdentityPoolId", "identity_pool_id") else {
        return nil
      }
      return CognitoIdentity(identityID: identity, identityPoolID: pool)
    }
  }

  /// The parts of `clientContext`; nil when there is none. Read anew at each use.
  /// - Throws: `InvalidEventError` for what is no JSON object.
  public var decodedClientContext: ClientContext? {
    get throws(InvalidEventError) {
      guard let object = try Self.object(clientContext, "the client context") else { return nil }
      let client = object["client"]?.objectValue.map { client in
        ClientContext.Client(
          installationID: client["installation_id"]?.stringValue, appTitle: client["app_title"]?.stringValue,
          appVersionName: client["app_version_name"]?.stringValue, appVersionCode: client["app_version_code"]?.stringValue,
          appPackageName: client["app_package_name"]?.stringValue)
      }
      var traceContext: [String: String] = [:]
      for name in ["traceparent", "tracestate", "baggage"] { traceContext[name] = object["w3c"]?[name]?.stringValue }
      return ClientContext(
        client: client, custom: object["custom"]?.objectValue ?? JSONObject(), environment: object["env"]?.objectValue ?? JSONObject(),
        traceContext: traceContext)
    }
  }

  private static func object(_ text: String?, _ what: String) throws(InvalidEventError) -> JSONObject? {
    guard let text else { return nil }
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue(parsing: text) } catch { throw InvalidEventError("\(what) is no JSON: \(error)") }
    guard let object = value.objectValue else { throw InvalidEventError("\(what) is \(value.kindDescription); expected an object") }
    return object
  }
}
