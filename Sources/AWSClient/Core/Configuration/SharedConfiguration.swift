/// What the two files say that a user's AWS tools share: `~/.aws/config` and `~/.aws/credentials`.
struct SharedConfiguration: Sendable {
  /// The files' paths, for errors.
  var configPath = "~/.aws/config"
  var credentialsPath = "~/.aws/credentials"
  /// What stands in the files; nil where there are none, as on Lambda. By reference, since a dictionary of dictionaries would cost each start of
  /// a function its metadata, a fifth of the start's instructions.
  private let files: Files?

  private final class Files: Sendable {
    let configProfiles: [String: ProfileFile.Section]
    let credentialsProfiles: [String: ProfileFile.Section]
    let ssoSessions: [String: ProfileFile.Section]
    let services: [String: ProfileFile.Section]

    init(config: ProfileFile, credentials: ProfileFile) {
      var profiles: [String: ProfileFile.Section] = [:]
      var sessions: [String: ProfileFile.Section] = [:]
      var services: [String: ProfileFile.Section] = [:]
      for (header, section) in config.sections {
        if header == "default" { profiles[header] = section }
        guard let words = try? ShellWords.split(header), words.count == 2 else { continue }
        switch words[0] {
        case "profile": profiles[words[1]] = section
        case "sso-session": sessions[words[1]] = section
        case "services": services[words[1]] = section
        default: break
        }
      }
      // Either spelling is a header; the shorter one is the one that tools write.
      if let section = config.sections["default"] { profiles["default"] = section }
      configProfiles = profiles
      credentialsProfiles = credentials.sections
      ssoSessions = sessions
      self.services = services
    }
  }

  init() { files = nil }

  init(config: ProfileFile, credentials: ProfileFile) { files = Files(config: config, credentials: credentials) }

  /// Profiles of the config file: [default] and [profile NAME].
  var configProfiles: [String: ProfileFile.Section] { files?.configProfiles ?? [:] }
  /// Profiles of the credentials file, whose sections are named like them.
  var credentialsProfiles: [String: ProfileFile.Section] { files?.credentialsProfiles ?? [:] }
  /// [sso-session NAME]
  var ssoSessions: [String: ProfileFile.Section] { files?.ssoSessions ?? [:] }
  /// [services NAME]
  var services: [String: ProfileFile.Section] { files?.services ?? [:] }

  /// A profile's settings from both files; those of the credentials file win. Nil when neither has it.
  func profile(_ name: String) -> ProfileFile.Section? {
    guard let files else { return nil }
    guard let config = files.configProfiles[name] else { return files.credentialsProfiles[name] }
    return config.merging(files.credentialsProfiles[name] ?? [:]) { $1 }
  }

  /// Reads the files that the environment names, or those of the user's folder; one that is not there is empty.
  /// - Throws: `AWSError` with code `InvalidConfiguration`, which names file and line.
  static func load(_ environment: Environment) throws -> SharedConfiguration {
    let config = path("AWS_CONFIG_FILE", "~/.aws/config", environment)
    let credentials = path("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials", environment)
    // A function of Lambda has neither a folder of its own nor such files: nothing is looked for.
    guard config != nil || credentials != nil else { return SharedConfiguration() }
    // Nor has a server as a rule. The dictionaries of files would be a quarter of a function's start, empty or not.
    if isMissing(config), isMissing(credentials) { return SharedConfiguration(configPath: config, credentialsPath: credentials) }
    var shared = SharedConfiguration(config: try file(config), credentials: try file(credentials))
    if let config { shared.configPath = config }
    if let credentials { shared.credentialsPath = credentials }
    return shared
  }

  private init(configPath: String?, credentialsPath: String?) {
    files = nil
    if let configPath { self.configPath = configPath }
    if let credentialsPath { self.credentialsPath = credentialsPath }
  }

  private static func isMissing(_ path: String?) -> Bool {
    guard let path else { return true }
    return FileReader.isMissing(path)
  }

  private static func path(_ variable: String, _ usual: String, _ environment: Environment) -> String? {
    UserPath.expand(environment.value(variable) ?? usual, environment)
  }

  private static func file(_ path: String?) throws -> ProfileFile {
    guard let path else { return ProfileFile() }
    switch FileReader.contents(path) {
    case .missing: return ProfileFile()
    case .unreadable(let reason): throw AWSError.configuration("the file \(path) cannot be read: \(reason)")
    case .bytes(let bytes):
      do throws(ProfileFile.ParsingError) { return try ProfileFile(parsing: bytes) } catch {
        throw AWSError.configuration("\(path), line \(error.line): \(error.reason)")
      }
    }
  }
}

extension ProfileFile.Section {
  /// A setting's text; nil for one that is not there, and for one that is made of settings of its own.
  func text(_ name: String) -> String? { if case .text(let text) = self[name] { text } else { nil } }
}

/// Paths as users write them.
enum UserPath {
  /// The path with a leading '~' and variables (`$NAME`, `${NAME}`) replaced; nil when '~' stands for a folder that nobody knows.
  static func expand(_ path: String, _ environment: Environment) -> String? {
    let path = withVariables(path, environment)
    guard path == "~" || path.hasPrefix("~/") else { return path }
    // Without HOME, the user's folder stands in a database that a static executable cannot read.
    guard let home = environment.value("HOME") else { return nil }
    return home + String(path.dropFirst())
  }

  private static func withVariables(_ path: String, _ environment: Environment) -> String {
    guard path.utf8.contains(UInt8(ascii: "$")) else { return path }
    func isNameByte(_ byte: UInt8) -> Bool {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
      default: false
      }
    }
    var expanded = ""
    var rest = path[...]
    while let dollar = rest.utf8.firstIndex(of: UInt8(ascii: "$")) {
      expanded += rest[..<dollar]
      var name = rest[rest.utf8.index(after: dollar)...]
      var end = name.endIndex
      if name.first == "{", let brace = name.utf8.firstIndex(of: UInt8(ascii: "}")) {
        end = name.utf8.index(after: brace)
        name = name[name.index(after: name.startIndex)..<brace]
      } else {
        name = name[..<(name.utf8.firstIndex { !isNameByte($0) } ?? name.endIndex)]
        end = name.endIndex
      }
      // What is no variable stays as it is, as everywhere in Python.
      expanded += name.isEmpty ? rest[dollar..<end] : (environment[String(name)].map { $0[...] } ?? rest[dollar..<end])
      rest = rest[end...]
    }
    return expanded + rest
  }
}
