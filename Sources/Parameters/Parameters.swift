public import AWSClient

/// What reads parameters; `SSMClient` does, and a test brings its own.
public protocol ParameterReader: Sendable {
  func getParameter(_ input: GetParameterInput) async throws -> GetParameterOutput
  func getParameters(_ input: GetParametersInput) async throws -> GetParametersOutput
  func getParametersByPath(_ input: GetParametersByPathInput) async throws -> GetParametersByPathOutput
}

extension SSMClient: ParameterReader {}

/// Parameters of Systems Manager's parameter store, kept for a while.
/// ```swift
/// let parameters = Parameters(SSMClient(client))
/// let limit = try await parameters.value("/shop/order-limit").text
/// let prices = try await parameters.value("/shop/prices").json()
/// ```
/// Make one for the process, and ask it in each invocation. Those who ask for the same at the same time share a call. Values are decrypted unless
/// asked otherwise; that needs kms:Decrypt beside ssm:GetParameter for keys of one's own.
public final class Parameters: Sendable {
  private let reader: any ParameterReader
  private let cache: ValueCache
  private let decrypts: Bool

  /// - Parameters:
  ///   - decrypts: whether the values of "SecureString" parameters are clear text.
  ///   - clock: time; a test brings its own.
  public init(
    _ reader: any ParameterReader, policy: CachePolicy = CachePolicy(), decrypts: Bool = true, clock: any AWSClock = SystemClock()
  ) {
    self.reader = reader
    self.decrypts = decrypts
    cache = ValueCache(policy: policy, clock: clock)
  }

  /// The value of one parameter.
  /// - Parameters:
  ///   - name: name or ARN; with ":" and a version or a label after it, that version.
  ///   - isForced: fetches it anew, whatever is kept: after a secret was refused, for example.
  /// - Throws: `ParameterError.notFound`; what the reader throws otherwise.
  public func value(_ name: String, isForced: Bool = false) async throws -> ParameterValue {
    let values = try await cache.values(key(name), isForced: isForced) { [self] in
      do {
        let parameter = try await reader.getParameter(GetParameterInput(name: name, withDecryption: decrypts)).parameter
        return [name: ParameterValue(name: name, text: parameter.value, version: parameter.version.map(String.init))]
      } catch let error as AWSError where error.code == "ParameterNotFound" || error.code == "ParameterVersionNotFound" {
        throw ParameterError.notFound(names: [name])
      }
    }
    guard let value = values[name] else { throw ParameterError.notFound(names: [name]) }
    return value
  }

  /// The values of several parameters, by the names that were given; ten in a call.
  /// - Throws: `ParameterError.notFound` with all names that there are no parameters of; what the reader throws otherwise.
  public func values(_ names: [String], isForced: Bool = false) async throws -> [String: ParameterValue] {
    let asked = isForced ? cache.nextFetch : 0
    var values: [String: ParameterValue] = [:]
    var missing: [String] = []
    for name in Set(names).sorted() {
      if !isForced, let value = cache.fresh(key(name))?[name] { values[name] = value } else { missing.append(name) }
    }
    var unknown: [String] = []
    for start in stride(from: 0, to: missing.count, by: 10) {
      let batch = Array(missing[start...].prefix(10))
      let fetched = try await cache.values("names " + batch.joined(separator: " "), isForced: isForced, keeps: false) { [self] in
        try await fetch(batch)
      }
      for name in batch {
        guard let value = fetched[name] else {
          unknown.append(name)
          continue
        }
        values[name] = value
        cache.keep([name: value], as: key(name), asked: asked)
      }
    }
    guard unknown.isEmpty else { throw ParameterError.notFound(names: unknown) }
    return values
  }

  /// The values of the parameters below a path, by what their names have after it: of "/shop/db/user" below "/shop", "db/user".
  /// - Parameter isRecursive: takes all levels below the path, not only the next one.
  public func values(
    below path: String, isRecursive: Bool = true, isForced: Bool = false
  ) async throws -> [String: ParameterValue] {
    try await cache.values("path \(isRecursive) \(path)", isForced: isForced) { [self] in
      var values: [String: ParameterValue] = [:]
      var input = GetParametersByPathInput(path: path, recursive: isRecursive, withDecryption: decrypts, maxResults: 10)
      while true {
        let page = try await reader.getParametersByPath(input)
        for parameter in page.parameters {
          let rest = parameter.name.utf8.count > path.utf8.count ? parameter.name.dropFirst(path.count) : parameter.name[...]
          let name = String(rest.drop { $0 == "/" })
          values[name] = ParameterValue(name: parameter.name, text: parameter.value, version: parameter.version.map(String.init))
        }
        guard let token = page.nextToken, !token.isEmpty else { return values }
        input.nextToken = token
      }
    }
  }

  /// Forgets all that is kept.
  public func removeAll() { cache.removeAll() }

  private func key(_ name: String) -> String { "name \(name)" }

  private func fetch(_ names: [String]) async throws -> [String: ParameterValue] {
    let output = try await reader.getParameters(GetParametersInput(names: names, withDecryption: decrypts))
    var values: [String: ParameterValue] = [:]
    for parameter in output.parameters {
      let selector = parameter.selector ?? ""
      // Whoever asked by ARN knows the value by it.
      for name in [parameter.name + selector, (parameter.arn ?? "") + selector] where names.contains(name) {
        values[name] = ParameterValue(name: name, text: parameter.value, version: parameter.version.map(String.init))
      }
    }
    return values
  }
}
