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
    let text = String(decoding: bytes.prefix(4_096), as: UTF8.self).trimmed
    let line = String(decoding: text.prefix { !$0.isNewline }.utf8.prefix(200), as: UTF8.self)
    var said = ""
    var word = ""
    func isOfKey(_ character: Character) -> Bool {
      character.isASCII && (character.isLetter || character.isNumber || "+/=_-".contains(character))
    }
    for character in line + "\n" {
      if isOfKey(character) {
        word.append(character)
        continue
      }
      said += word.utf8.count >= 16 ? "(not shown)" : word
      word = ""
      if character != "\n" { said.append(character) }
    }
    return said
  }
}
