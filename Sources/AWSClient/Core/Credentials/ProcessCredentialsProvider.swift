import JSON

/// Credentials that a program of the user's prints (`credential_process`).
final class ProcessCredentialsProvider: CredentialsProvider {
  private let arguments: [String]
  private let profile: String
  private let environment: Environment
  private let kept = RefreshingCredentials()

  /// - Parameter command: split as a shell splits it, and run without one.
  init(command: String, profile: String, environment: Environment) throws {
    self.profile = profile
    self.environment = environment
    do throws(ShellWords.Failure) {
      arguments = try ShellWords.split(command)
    } catch {
      let reason = error == .openQuote ? "a quote in it is not closed" : "it ends with a backslash"
      throw AWSError.configuration("credential_process of the profile '\(profile)' cannot be read: \(reason)")
    }
    guard !arguments.isEmpty else { throw AWSError.configuration("credential_process of the profile '\(profile)' is empty") }
  }

  /// Long enough for a person to answer a prompt of the program's own.
  static let timeoutMilliseconds: Int64 = 60_000

  func credentials(using transport: any HTTPTransport, clock: any AWSClock) async throws -> Credentials {
    try await kept.credentials(clock: clock) { [self] in try await run() }
  }

  private func run() async throws -> Credentials {
    // The program's name is no secret; its arguments may be.
    func failure(_ what: String) -> AWSError {
      .noCredentials("credential_process of the profile '\(profile)' ('\(arguments[0])' and its arguments) \(what)")
    }
    let outcome = await CredentialProcess.run(
      arguments, environment: environment.variables, timeoutMilliseconds: ProcessCredentialsProvider.timeoutMilliseconds)
    switch outcome {
    case .notStarted(let reason): throw failure("could not be started: \(reason)")
    case .timedOut:
      throw failure("did not end within \(ProcessCredentialsProvider.timeoutMilliseconds / 1_000) s")
    case .tooMuch: throw failure("wrote more than \(CredentialProcess.maximumBytes) bytes")
    case .ended(let status, let output, let error):
      guard status == 0 else {
        let said = ProcessCredentialsProvider.withoutSecrets(error)
        throw failure("ended with status \(status)\(said.isEmpty ? " and said nothing" : ": \(said)")")
      }
      guard let json = try? JSONValue(parsing: output), json.objectValue != nil else { throw failure("wrote what is no JSON object") }
      guard json["Version"]?.intValue == 1 else {
        throw failure("wrote the version \(json["Version"].map { String($0.text.prefix(20)) } ?? "(none)"): expected 1")
      }
      do throws(JSONError) {
        return try Credentials(json: output)
      } catch {
        throw failure("wrote what are no credentials: \(error)")
      }
    }
  }

  /// The first line of what a program says of its failure, at most 200 bytes, in which words as long as a key are blotted out.
  static func withoutSecrets(_ bytes: [UInt8]) -> String {
    let line = bytes.drop { $0 <= 0x20 }.prefix { $0 != 0x0A && $0 != 0x0D }.prefix(200)
    func isOfKey(_ byte: UInt8) -> Bool {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: "+/=_-".utf8.contains(byte)
      }
    }
    var said = ""
    var rest = line[...]
    while !rest.isEmpty {
      let word = rest.prefix(while: isOfKey)
      said += word.count >= 16 ? "(not shown)" : String(decoding: word, as: UTF8.self)
      rest = rest[word.endIndex...]
      let between = rest.prefix { !isOfKey($0) }
      said += String(decoding: between, as: UTF8.self)
      rest = rest[between.endIndex...]
    }
    return said
  }
}
