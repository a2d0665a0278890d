import AWSClient
import JSON

/// `arbiter credentials`: whose credentials every command uses.
enum CredentialsCommand {
  static let specification = CommandSpecification(
    name: "credentials", summary: "Shows which AWS credentials the commands use, and when they end.",
    discussion: """
      They are found as every AWS tool finds them: the environment, the profile (AWS_PROFILE) with its role, sign-on session or
      credential process, a container, an instance. Secrets are shown with --export only, as lines for a shell to evaluate.
      """,
    options: [.flag("export", "print 'export' lines with the keys and the region")]
  ) { arguments in
    let variables = Environment.current.variables
    guard arguments.has("export") else {
      let (configuration, credentials) = try await CallerCredentials.find(variables)
      Terminal.standard.print("access key  \(credentials.accessKeyID)")
      Terminal.standard.print("region      \(configuration.region)")
      if let end = credentials.expirationMilliseconds { Terminal.standard.print("until       \(ISO8601.text(milliseconds: end))") }
      return .success
    }
    for line in exports(try await CallerCredentials.added(to: variables)) { Terminal.standard.print(line) }
    return .success
  }

  /// One line a variable. What is not there is taken away: an older token, also under the name that AWS's tools read first, and the end of
  /// older keys would be taken for those of the new ones.
  static func exports(_ variables: [String: String]) -> [String] {
    let names = [
      "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_REGION",
    ]
    return names.map { name in
      guard let value = variables[name] else { return "unset \(name)" }
      return "export \(name)='\(value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
    }
  }
}
