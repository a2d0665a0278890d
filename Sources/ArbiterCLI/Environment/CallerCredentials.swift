import AWSClient
import JSON

/// The caller's AWS credentials, also those that only AWS's own tools find.
///
/// Our client reads keys from the environment and a container's endpoint, which is all that Lambda has. On a developer's machine they are in a profile,
/// a sign-on session or behind a credential process; botocore finds them there (Scripts/caller_credentials.py).
enum CallerCredentials {
  /// The variables, with keys (and where they lack one, a region) in them that our client can use.
  /// - Throws: `CommandError` that says what to do, when there are no credentials anywhere.
  static func added(to variables: [String: String], project: Project?) throws(CommandError) -> [String: String] {
    func has(_ name: String) -> Bool { variables[name]?.isEmpty == false }
    let hasKeys =
      has("AWS_ACCESS_KEY_ID") || has("AWS_SECRET_ACCESS_KEY") || has("AWS_CONTAINER_CREDENTIALS_FULL_URI")
      || has("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
    if hasKeys { return variables }
    guard let project, Files.exists(project.python) else {
      throw CommandError(
        "no AWS credentials in the environment: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN). In a checkout, "
          + "'Scripts/setup.sh local' brings what reads profiles too")
    }
    var found = variables
    for (name, value) in try find(variables, project) { found[name] = value }
    return found
  }

  private static func find(_ variables: [String: String], _ project: Project) throws(CommandError) -> [String: String] {
    // A credential process and a sign-on session are the caller's own business, hence the whole environment.
    let (status, output) = try ChildProcess.capture([project.python, project.credentialsScript, "--json"], environment: variables)
    guard status == 0, let object = (try? JSONValue(parsing: output))?.objectValue else {
      throw CommandError("the caller's AWS credentials could not be found, see above")
    }
    var found: [String: String] = [:]
    for (name, value) in object {
      if let text = value.stringValue, variables[name]?.isEmpty != false || name != "AWS_REGION" { found[name] = text }
    }
    return found
  }
}
