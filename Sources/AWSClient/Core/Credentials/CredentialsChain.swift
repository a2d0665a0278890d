/// The order in which AWS's tools look for credentials, as botocore has it: pure, from the variables and the text of the files.
///
/// Environment (unless the program names a profile), then the profile: a role to assume, a web identity (which variables can set too), a
/// sign-on session, keys of the credentials file, `aws login`, a process, keys of the config file; then a container, then the instance.
struct CredentialsChain {
  let settings: ConfigurationSettings
  private var environment: Environment { settings.environment }
  private var shared: SharedConfiguration { settings.shared }

  init(_ settings: ConfigurationSettings) { self.settings = settings }

  /// The first source that is set up.
  /// - Throws: `AWSError` with code `InvalidConfiguration` for one that is set up and lacks something.
  func source() throws -> CredentialsSource {
    if !settings.isProfileExplicit, try EnvironmentCredentials.areSet(environment) { return .environment }
    let name = settings.profileName
    if CredentialsChain.isRole(settings.profile) { return try role(name, settings.profile, visited: [name]) }
    if let source = try profileSource(name, settings.profile, readsVariables: !settings.isProfileExplicit) { return source }
    return ContainerCredentialsProvider.isConfigured(environment) ? .container : .instanceMetadata
  }

  private static func isRole(_ profile: ProfileFile.Section) -> Bool {
    profile["role_arn"] != nil && profile["web_identity_token_file"] == nil
  }

  private static func hasKeys(_ profile: ProfileFile.Section) -> Bool {
    profile["aws_access_key_id"] != nil || profile["aws_secret_access_key"] != nil
  }

  private func failure(_ message: String) -> AWSError { AWSError.configuration(message) }

  // MARK: A role

  /// - Parameter visited: the profiles on the way to this one, itself the last.
  private func role(_ name: String, _ profile: ProfileFile.Section, visited: [String]) throws -> CredentialsSource {
    guard let arn = profile.text("role_arn"), !arn.isEmpty else { throw failure("role_arn of the profile '\(name)' is empty") }
    if let serial = profile.text("mfa_serial") {
      throw failure(
        "the role of the profile '\(name)' wants a code of the device \(serial) (mfa_serial), which nothing here can ask for: sign in with "
          + "another tool, and give its temporary credentials in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN or through "
          + "credential_process")
    }
    var role = CredentialsSource.AssumedRole(profile: name, arn: arn)
    role.sessionName = profile.text("role_session_name")
    role.externalID = profile.text("external_id")
    if let text = profile.text("duration_seconds") {
      guard let seconds = Int(text), seconds > 0 else {
        throw failure("duration_seconds of the profile '\(name)' is '\(text)': expected an integer, 900 to 43200")
      }
      role.durationSeconds = seconds
    }
    switch (profile.text("credential_source"), profile.text("source_profile")) {
    case (_?, _?):
      throw failure("the profile '\(name)' has both source_profile and credential_source: leave one of the two")
    case (nil, nil):
      throw failure(
        "the profile '\(name)' has a role_arn and nothing to assume it with: add source_profile = NAME, or credential_source with one of "
          + "Environment, Ec2InstanceMetadata, EcsContainer")
    case (let word?, nil): return .role(role, source: try namedSource(word, of: name))
    case (nil, let sourceName?): return .role(role, source: try sourceProfile(sourceName, of: name, visited: visited))
    }
  }

  private func namedSource(_ word: String, of name: String) throws -> CredentialsSource {
    switch word {
    case "Environment":
      guard try EnvironmentCredentials.areSet(environment) else {
        throw failure("credential_source of the profile '\(name)' is Environment, and AWS_ACCESS_KEY_ID is not set")
      }
      return .environment
    case "EcsContainer":
      guard ContainerCredentialsProvider.isConfigured(environment) else {
        throw failure(
          "credential_source of the profile '\(name)' is EcsContainer, and neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "
            + "AWS_CONTAINER_CREDENTIALS_FULL_URI is set")
      }
      return .container
    case "Ec2InstanceMetadata": return .instanceMetadata
    default:
      throw failure(
        "credential_source of the profile '\(name)' is '\(word)': expected one of Environment, Ec2InstanceMetadata, EcsContainer")
    }
  }

  private func sourceProfile(_ sourceName: String, of name: String, visited: [String]) throws -> CredentialsSource {
    guard let profile = shared.profile(sourceName) else {
      throw failure(
        "source_profile of the profile '\(name)' is '\(sourceName)', and there is no such profile in \(shared.configPath) or \(shared.credentialsPath)"
      )
    }
    // A profile may name itself when its keys stand beside its role.
    if visited.contains(sourceName), sourceName != name || !CredentialsChain.hasKeys(profile) {
      throw failure(
        "the profiles \((visited + [sourceName]).map { "'\($0)'" }.joined(separator: ", ")) name one another as source_profile in a circle: "
          + "one of them must have credentials of its own")
    }
    if CredentialsChain.hasKeys(profile) || !CredentialsChain.isRole(profile) {
      guard let source = try profileSource(sourceName, profile, readsVariables: false) else {
        throw failure("the profile '\(sourceName)', which is the source_profile of '\(name)', has no credentials")
      }
      return source
    }
    return try role(sourceName, profile, visited: visited + [sourceName])
  }

  // MARK: A profile's own credentials

  /// What a profile has other than a role; nil when it has nothing.
  private func profileSource(
    _ name: String, _ profile: ProfileFile.Section, readsVariables: Bool
  ) throws -> CredentialsSource? {
    if let identity = try webIdentity(name, profile, readsVariables: readsVariables) { return .webIdentity(identity) }
    if let sso = try sso(name, profile) { return .sso(sso) }
    if let section = shared.credentialsProfiles[name], let keys = try keys(name, section, shared.credentialsPath) {
      return .sharedCredentialsFile(keys)
    }
    if let session = profile.text("login_session") { return .login(session: session) }
    if let command = profile.text("credential_process") { return .process(command: command) }
    if let section = shared.configProfiles[name], let keys = try keys(name, section, shared.configPath) { return .configFile(keys) }
    return nil
  }

  private func webIdentity(
    _ name: String, _ profile: ProfileFile.Section, readsVariables: Bool
  ) throws -> CredentialsSource.WebIdentity? {
    func value(_ variable: String, _ key: String) -> String? { (readsVariables ? environment[variable] : nil) ?? profile.text(key) }
    guard let file = value("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file"), !file.isEmpty else { return nil }
    guard let arn = value("AWS_ROLE_ARN", "role_arn"), !arn.isEmpty else {
      throw failure(
        "a web identity token is set up without a role: set AWS_ROLE_ARN beside AWS_WEB_IDENTITY_TOKEN_FILE, or role_arn in the profile '\(name)'"
      )
    }
    return CredentialsSource.WebIdentity(
      roleARN: arn, tokenFile: file, sessionName: value("AWS_ROLE_SESSION_NAME", "role_session_name"))
  }

  private func sso(_ name: String, _ profile: ProfileFile.Section) throws -> CredentialsSource.SSOProfile? {
    guard profile["sso_role_name"] != nil || profile["sso_account_id"] != nil else { return nil }
    var settings = profile
    let session = profile.text("sso_session")
    if let session {
      guard let section = shared.ssoSessions[session] else {
        throw failure(
          "sso_session of the profile '\(name)' is '\(session)', and there is no [sso-session \(session)] in \(shared.configPath)")
      }
      for (key, value) in section {
        guard settings[key] == nil || settings[key] == value else {
          throw failure("\(key) differs between the profile '\(name)' and [sso-session \(session)]: leave it to the session")
        }
        settings[key] = value
      }
    }
    let needed = ["sso_role_name", "sso_account_id", "sso_start_url", "sso_region"]
    let missing = needed.filter { settings.text($0)?.isEmpty != false }
    guard missing.isEmpty, let roleName = settings.text("sso_role_name"), let accountID = settings.text("sso_account_id"),
      let startURL = settings.text("sso_start_url"), let region = settings.text("sso_region")
    else {
      throw failure("the profile '\(name)' is set up for single sign-on and lacks \(missing.joined(separator: ", "))")
    }
    // It becomes part of a host's name.
    guard Partition.isRegionName(region) else {
      throw failure("sso_region of the profile '\(name)' is '\(region)': expected a region such as 'us-east-1'")
    }
    return CredentialsSource.SSOProfile(
      profile: name, accountID: accountID, roleName: roleName, startURL: startURL, region: region, session: session)
  }

  private func keys(_ name: String, _ section: ProfileFile.Section, _ path: String) throws -> Credentials? {
    guard let id = section.text("aws_access_key_id") else { return nil }
    guard let secret = section.text("aws_secret_access_key") else {
      throw failure("the profile '\(name)' in \(path) has aws_access_key_id and no aws_secret_access_key: write both")
    }
    return Credentials(
      accessKeyID: id, secretAccessKey: secret, sessionToken: section.text("aws_security_token") ?? section.text("aws_session_token"))
  }
}
