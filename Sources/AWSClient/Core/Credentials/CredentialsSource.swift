/// Where a caller's credentials come from; decided by names and settings alone, before anything is fetched.
indirect enum CredentialsSource: Sendable {
  /// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
  case environment
  /// A role, assumed with the credentials of another source.
  case role(AssumedRole, source: CredentialsSource)
  case webIdentity(WebIdentity)
  case sso(SSOProfile)
  /// Keys that stand in a file.
  case sharedCredentialsFile(Credentials)
  case configFile(Credentials)
  /// What `aws login` has left; the session's name.
  case login(session: String)
  /// The command that prints them.
  case process(command: String)
  case container
  case instanceMetadata

  /// A role of a profile with `role_arn`.
  struct AssumedRole: Sendable, Hashable {
    var profile: String
    var arn: String
    var sessionName: String?
    var externalID: String?
    var durationSeconds: Int?
  }

  struct WebIdentity: Sendable, Hashable {
    var roleARN: String
    var tokenFile: String
    var sessionName: String?
  }

  /// A role of IAM Identity Center.
  struct SSOProfile: Sendable, Hashable {
    var profile: String
    var accountID: String
    var roleName: String
    var startURL: String
    var region: String
    /// The name of an [sso-session], whose token can be renewed; nil for a profile that holds the sign-on's settings itself.
    var session: String?
  }

  /// The name of the source in botocore (`Credentials.method`), by which users know it.
  var method: String {
    switch self {
    case .environment: "env"
    case .role: "assume-role"
    case .webIdentity: "assume-role-with-web-identity"
    case .sso: "sso"
    case .sharedCredentialsFile: "shared-credentials-file"
    case .configFile: "config-file"
    case .login: "login"
    case .process: "custom-process"
    case .container: "container-role"
    case .instanceMetadata: "iam-role"
    }
  }
}
