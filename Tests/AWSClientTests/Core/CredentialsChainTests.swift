import Testing

@testable import AWSClient

/// The order of the sources and what each needs: no file, no network.
struct CredentialsChainTests {
  private static let keys = ["AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "env secret"]

  private func source(
    _ environment: [String: String] = [:], config: String = "", credentials: String = "", profile: String? = nil
  ) throws -> CredentialsSource {
    let shared = SharedConfiguration(
      config: try ProfileFile(parsing: Array(config.utf8)), credentials: try ProfileFile(parsing: Array(credentials.utf8)))
    return try CredentialsChain(try ConfigurationSettings(Environment(environment), shared: shared, profile: profile)).source()
  }

  private func message(
    _ environment: [String: String] = [:], config: String = "", credentials: String = "", profile: String? = nil
  ) -> String {
    let error = #expect(throws: AWSError.self) {
      try source(environment, config: config, credentials: credentials, profile: profile)
    }
    #expect(error?.code == "InvalidConfiguration")
    return error?.message ?? ""
  }

  /// A profile in which everything is set; the later tests take one after the other away.
  private static let everything = """
    [default]
    role_arn = arn:aws:iam::123456789012:role/r
    credential_source = Environment
    sso_account_id = 123456789012
    sso_role_name = reader
    sso_start_url = https://example.awsapps.com/start
    sso_region = eu-west-1
    login_session = somebody
    credential_process = keys
    aws_access_key_id = CONFIG
    aws_secret_access_key = config secret
    """

  @Test func theOrderIsThatOfEveryTool() throws {
    let file = "[default]\naws_access_key_id = FILE\naws_secret_access_key = file secret\n"
    var config = CredentialsChainTests.everything
    func without(_ names: String...) {
      config = config.split(separator: "\n").filter { line in !names.contains { line.hasPrefix($0) } }.joined(separator: "\n")
    }
    #expect(try source(CredentialsChainTests.keys, config: config, credentials: file).method == "env")
    #expect(try source(CredentialsChainTests.keys, config: config, credentials: file, profile: "default").method == "assume-role")
    let webIdentity = ["AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/w"]
    without("role_arn", "credential_source")
    #expect(try source(webIdentity, config: config, credentials: file).method == "assume-role-with-web-identity")
    #expect(try source(webIdentity, config: config, credentials: file, profile: "default").method == "sso")
    #expect(try source(config: config, credentials: file).method == "sso")
    without("sso_")
    #expect(try source(config: config, credentials: file).method == "shared-credentials-file")
    #expect(try source(config: config).method == "login")
    without("login_session")
    #expect(try source(config: config).method == "custom-process")
    without("credential_process")
    #expect(try source(config: config).method == "config-file")
    without("aws_")
    #expect(try source(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1/"], config: config).method == "container-role")
    #expect(try source(config: config).method == "iam-role")
  }

  @Test func theEnvironmentsKeysGoBeforeAProfileThatItNames() throws {
    let config = "[profile work]\ncredential_process = keys\n"
    #expect(try source(CredentialsChainTests.keys.merging(["AWS_PROFILE": "work"]) { $1 }, config: config).method == "env")
    #expect(try source(["AWS_PROFILE": "work"], config: config).method == "custom-process")
    #expect(try source(["AWS_DEFAULT_PROFILE": "work", "AWS_PROFILE": "other"], config: config).method == "custom-process")
    #expect(try source(CredentialsChainTests.keys, config: config, profile: "work").method == "custom-process")
  }

  @Test func aProfileThatIsNowhereIsNamed() {
    #expect(message(["AWS_PROFILE": "nobody"], config: "[profile work]\n").contains("no profile 'nobody'"))
    #expect(message(profile: "nobody").contains("[profile nobody]"))
  }

  @Test func aRoleIsAssumedWithTheRoleOfAnotherProfile() throws {
    let config = """
      [profile top]
      role_arn = arn:top
      source_profile = middle
      role_session_name = me
      external_id = 42
      duration_seconds = 900
      [profile middle]
      role_arn = arn:middle
      source_profile = base
      [profile base]
      credential_process = keys
      """
    guard case .role(let top, source: .role(let middle, source: .process(let command))) = try source(config: config, profile: "top") else {
      Issue.record("not a chain of roles")
      return
    }
    #expect(
      top
        == CredentialsSource.AssumedRole(
          profile: "top", arn: "arn:top", sessionName: "me", externalID: "42", durationSeconds: 900))
    #expect(middle.arn == "arn:middle")
    #expect(command == "keys")
  }

  @Test func keysBesideARoleServeItAndWhoNamesItsProfile() throws {
    let config = "[profile a]\nrole_arn = arn:a\nsource_profile = a\n[profile b]\nrole_arn = arn:b\nsource_profile = a\n"
    let file = "[a]\naws_access_key_id = A\naws_secret_access_key = s\naws_session_token = t\n"
    for name in ["a", "b"] {
      guard case .role(_, source: .sharedCredentialsFile(let keys)) = try source(config: config, credentials: file, profile: name) else {
        Issue.record("no role with keys")
        continue
      }
      #expect(keys == Credentials(accessKeyID: "A", secretAccessKey: "s", sessionToken: "t"))
    }
  }

  @Test(
    arguments: [
      "[profile a]\nrole_arn = a\nsource_profile = a\n",
      "[profile a]\nrole_arn = a\nsource_profile = b\n[profile b]\nrole_arn = b\nsource_profile = a\n",
      "[profile a]\nrole_arn = a\nsource_profile = b\n[profile b]\nrole_arn = b\nsource_profile = c\n[profile c]\nrole_arn = c\nsource_profile = b\n",
    ]) func rolesInACircleAreFound(config: String)
  {
    #expect(message(config: config, profile: "a").contains("in a circle"))
  }

  @Test func sourcesThatARoleNamesAreTakenByName() throws {
    let config = "[profile a]\nrole_arn = a\ncredential_source = WORD\n"
    func method(_ word: String, _ environment: [String: String]) throws -> String? {
      guard
        case .role(_, let source) = try source(environment, config: config.replacing("WORD", by: word), profile: "a")
      else { return nil }
      return source.method
    }
    #expect(try method("Environment", CredentialsChainTests.keys) == "env")
    #expect(try method("EcsContainer", ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"]) == "container-role")
    #expect(try method("Ec2InstanceMetadata", [:]) == "iam-role")
    #expect(message(config: config, profile: "a").contains("expected one of Environment"))
    for word in ["Environment", "EcsContainer"] {
      #expect(message(config: config.replacing("WORD", by: word), profile: "a").contains("is \(word), and"))
    }
  }

  @Test(
    arguments: [
      ("[default]\nrole_arn = a\n", "nothing to assume it with"),
      ("[default]\nrole_arn = a\nsource_profile = b\ncredential_source = Environment\n", "both source_profile and credential_source"),
      ("[default]\nrole_arn = a\nsource_profile = b\n", "no such profile"),
      ("[default]\nrole_arn = a\nsource_profile = b\n[profile b]\nregion = us-east-1\n", "has no credentials"),
      ("[default]\nrole_arn = a\nsource_profile = b\nmfa_serial = arn:device\n", "arn:device"),
      ("[default]\nrole_arn = a\ncredential_source = Ec2InstanceMetadata\nduration_seconds = long\n", "duration_seconds"),
      ("[default]\nweb_identity_token_file = /token\n", "AWS_ROLE_ARN"),
      ("[default]\naws_access_key_id = A\n", "no aws_secret_access_key"),
      ("[default]\nsso_role_name = r\nsso_region = eu-west-1\n", "lacks sso_account_id, sso_start_url"),
      ("[default]\nsso_role_name = r\nsso_account_id = 1\nsso_session = s\n", "no [sso-session s]"),
      (
        "[default]\nsso_role_name = r\nsso_account_id = 1\nsso_session = s\n[sso-session s]\nsso_region = eu-west-1\n",
        "lacks sso_start_url"
      ),
      (
        "[default]\nsso_role_name = r\nsso_account_id = 1\nsso_session = s\nsso_region = eu-west-1\n[sso-session s]\nsso_region = us-west-2\n"
          + "sso_start_url = https://x\n", "sso_region differs"
      ),
      ("[default]\nsso_role_name = r\nsso_account_id = 1\nsso_start_url = https://x\nsso_region = evil.example/\n", "evil.example/"),
    ]) func whatIsMissingIsNamed(config: String, text: String)
  {
    let message = message(config: config)
    #expect(message.contains(text), "\(message)")
  }

  @Test func halfAPairOfKeysIsAnError() {
    #expect(message(["AWS_ACCESS_KEY_ID": "A"]).contains("AWS_SECRET_ACCESS_KEY is not"))
    #expect(message(["AWS_SECRET_ACCESS_KEY": "very secret"]).contains("very secret") == false)
    #expect(message(credentials: "[default]\naws_access_key_id = A\n").contains("~/.aws/credentials"))
  }

  @Test func aSessionsSettingsAreTheProfilesToo() throws {
    let config = """
      [profile dev]
      sso_session = corp
      sso_account_id = 123456789012
      sso_role_name = reader
      [sso-session corp]
      sso_region = eu-central-1
      sso_start_url = https://corp.awsapps.com/start
      sso_registration_scopes = sso:account:access
      """
    guard case .sso(let profile) = try source(config: config, profile: "dev") else {
      Issue.record("no sign-on")
      return
    }
    #expect(
      profile
        == CredentialsSource.SSOProfile(
          profile: "dev", accountID: "123456789012", roleName: "reader", startURL: "https://corp.awsapps.com/start", region: "eu-central-1",
          session: "corp"))
  }

  @Test func aWebIdentityComesFromVariablesBeforeTheProfile() throws {
    let config = "[profile w]\nweb_identity_token_file = /profile\nrole_arn = arn:profile\nrole_session_name = profile\n"
    let variables = [
      "AWS_WEB_IDENTITY_TOKEN_FILE": "/variable", "AWS_ROLE_ARN": "arn:variable", "AWS_ROLE_SESSION_NAME": "variable", "AWS_PROFILE": "w",
    ]
    func identity(_ environment: [String: String], _ profile: String?) throws -> CredentialsSource.WebIdentity? {
      if case .webIdentity(let identity) = try source(environment, config: config, profile: profile) { identity } else { nil }
    }
    #expect(
      try identity(variables, nil)
        == CredentialsSource.WebIdentity(roleARN: "arn:variable", tokenFile: "/variable", sessionName: "variable"))
    #expect(
      try identity(variables, "w") == CredentialsSource.WebIdentity(roleARN: "arn:profile", tokenFile: "/profile", sessionName: "profile"))
  }
}
