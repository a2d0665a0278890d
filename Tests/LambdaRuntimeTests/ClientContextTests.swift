import JSON
import Testing

@testable import LambdaRuntime

@Suite struct ClientContextTests {
  func context(client: String? = nil, identity: String? = nil) -> LambdaContext {
    LambdaContext(requestID: "request-1", clientContext: client, cognitoIdentity: identity)
  }

  @Test func theCallerOfCognitoIsRead() throws {
    let identity = #"{"cognitoIdentityId":"eu-west-1:1234","cognitoIdentityPoolId":"eu-west-1:pool","more":1}"#
    #expect(
      try context(identity: identity).decodedCognitoIdentity
        == CognitoIdentity(identityID: "eu-west-1:1234", identityPoolID: "eu-west-1:pool"))
    #expect(
      try context(identity: #"{"identity_id":"a","identity_pool_id":"b"}"#).decodedCognitoIdentity
        == CognitoIdentity(identityID: "a", identityPoolID: "b"))
  }

  @Test func thePartsOfAClientContextAreRead() throws {
    let text = """
      {"client":{"installation_id":"i","app_title":"Shop","app_version_name":"2.1","app_version_code":"21","app_package_name":"com.shop"},
      "custom":{"basket":[1,2]},"env":{"locale":"de_DE"},
      "w3c":{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","tracestate":7}}
      """
    let client = try #require(try context(client: text).decodedClientContext)
    #expect(
      client.client
        == ClientContext.Client(
          installationID: "i", appTitle: "Shop", appVersionName: "2.1", appVersionCode: "21", appPackageName: "com.shop"))
    #expect(client.custom["basket"] == [1, 2])
    #expect(client.environment["locale"] == "de_DE")
    #expect(client.traceContext == ["traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"])
  }

  @Test func whatIsNotThereIsNil() throws {
    #expect(try context().decodedClientContext == nil)
    #expect(try context().decodedCognitoIdentity == nil)
    #expect(try context(identity: "{}").decodedCognitoIdentity == nil)
    let empty = try #require(try context(client: "{}").decodedClientContext)
    #expect(empty.client == nil)
    #expect(empty.custom.isEmpty)
  }

  @Test(arguments: ["", "[1]", "\"text\"", "{\"client\":", "null"])
  func whatIsNoObjectIsAnErrorAndTheTextIsKept(text: String) {
    #expect(throws: InvalidEventError.self) { try context(client: text).decodedClientContext }
    #expect(throws: InvalidEventError.self) { try context(identity: text).decodedCognitoIdentity }
    #expect(context(client: text).clientContext == text)
  }
}
