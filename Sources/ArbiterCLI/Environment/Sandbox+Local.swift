import AWSClient
import Sandbox

extension Sandbox {
  /// The sandbox of this machine: this program again, as the child.
  /// - Throws: `CommandError` for a SANDBOX_LOCKS that is none of the two.
  static func local(_ variables: [String: String] = Environment.current.variables) throws(CommandError) -> Sandbox {
    guard let text = Deployment.value("SANDBOX_LOCKS", variables) else { return Sandbox(lockPolicy: .required) }
    guard let policy = LockPolicy(rawValue: text) else {
      throw .usage("SANDBOX_LOCKS is '\(text)': use required, or available to do without locks that this machine does not have")
    }
    return Sandbox(lockPolicy: policy)
  }
}
