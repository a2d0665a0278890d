/// A type that holds secrets or what leads to them: neither its description nor a `dump` shows any of it.
protocol SecretHolder: CustomStringConvertible, CustomReflectable {}

extension SecretHolder {
  var description: String { "\(Self.self)(not shown)" }
  var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension ConfigurationSettings: SecretHolder {}
extension SharedConfiguration: SecretHolder {}
extension ProfileFile: SecretHolder {}
extension ContainerCredentialsProvider: SecretHolder {}
extension ProcessCredentialsProvider: SecretHolder {}
extension CredentialsChain: SecretHolder {}
extension CredentialsSource: SecretHolder {}
extension SSOToken: SecretHolder {}
extension SSOClient.NewToken: SecretHolder {}

extension DefaultCredentialsProvider: CustomStringConvertible, CustomReflectable {
  public var description: String { "DefaultCredentialsProvider(profile \(profileName))" }
  public var customMirror: Mirror { Mirror(self, children: ["profile": profileName]) }
}

extension Environment: CustomStringConvertible, CustomReflectable {
  /// Without the variables: keys and tokens are among them.
  public var description: String { "Environment(not shown)" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
