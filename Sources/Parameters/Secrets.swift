public import AWSClient

/// What reads secrets; `SecretsManagerClient` does, and a test brings its own.
public protocol SecretReader: Sendable {
  func getSecretValue(_ input: GetSecretValueInput) async throws -> GetSecretValueOutput
}

extension SecretsManagerClient: SecretReader {}

/// Secrets of Secrets Manager, kept for a while.
/// ```swift
/// let secrets = Secrets(SecretsManagerClient(client))
/// let login = try await secrets.value("prod/database").decoded(as: Login.self)
/// ```
/// Make one for the process, and ask it in each invocation. A secret that was rotated is read when the kept one is too old; whoever is refused with
/// it before asks again with `isForced`.
public final class Secrets: Sendable {
  private let reader: any SecretReader
  private let cache: ValueCache

  /// - Parameter clock: time; a test brings its own.
  public init(_ reader: any SecretReader, policy: CachePolicy = CachePolicy(), clock: any AWSClock = SystemClock()) {
    self.reader = reader
    cache = ValueCache(policy: policy, clock: clock)
  }

  /// The value of a secret.
  /// - Parameters:
  ///   - id: the secret's name or ARN.
  ///   - versionStage: "AWSPREVIOUS" for the value before the last rotation; nil for the current one.
  ///   - isForced: fetches it anew, whatever is kept.
  /// - Throws: `ParameterError.notFound`; what the reader throws otherwise.
  public func value(_ id: String, versionStage: String? = nil, isForced: Bool = false) async throws -> ParameterValue {
    let values = try await cache.values("\(versionStage ?? "") \(id)", isForced: isForced) { [reader] in
      do {
        let output = try await reader.getSecretValue(GetSecretValueInput(secretID: id, versionStage: versionStage))
        guard let bytes = output.secretString.map({ Array($0.utf8) }) ?? output.secretBinary else { return [:] }
        return [id: ParameterValue(name: id, bytes: bytes, version: output.versionID)]
      } catch let error as AWSError where error.code == "ResourceNotFoundException" {
        throw ParameterError.notFound(names: [id])
      }
    }
    guard let value = values[id] else { throw ParameterError.notFound(names: [id]) }
    return value
  }

  /// Forgets all that is kept.
  public func removeAll() { cache.removeAll() }
}
