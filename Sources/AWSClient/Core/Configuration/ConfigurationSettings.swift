/// One setting after another: from its variable, else from the profile.
struct ConfigurationSettings: Sendable {
  let environment: Environment
  let shared: SharedConfiguration
  let profileName: String
  /// The profile was named in the program, which goes before the environment's keys.
  let isProfileExplicit: Bool
  let profile: ProfileFile.Section

  /// Reads the shared files.
  /// - Parameter profileName: nil for the environment's choice, else "default".
  /// - Throws: `AWSError` with code `InvalidConfiguration`, also for a profile that was asked for and is nowhere.
  init(_ environment: Environment, profile profileName: String? = nil) throws {
    try self.init(environment, shared: .load(environment), profile: profileName)
  }

  init(_ environment: Environment, shared: SharedConfiguration, profile explicit: String? = nil) throws {
    self.environment = environment
    self.shared = shared
    isProfileExplicit = explicit != nil
    let asked = explicit ?? environment.value("AWS_DEFAULT_PROFILE") ?? environment.value("AWS_PROFILE")
    profileName = asked ?? "default"
    guard let section = shared.profile(profileName) else {
      guard asked == nil else {
        throw AWSError.configuration(
          "there is no profile '\(profileName)': expected [profile \(profileName)] in \(shared.configPath) or [\(profileName)] in "
            + "\(shared.credentialsPath); AWS_PROFILE names the profile")
      }
      profile = ProfileFile.Section()
      return
    }
    profile = section
  }

  /// A setting's text and where it stands, for errors; nil when it is set nowhere.
  func text(_ variable: String, _ key: String?) -> (text: String, origin: String)? {
    if let text = environment.value(variable) { return (text, variable) }
    guard let key, let text = profile.text(key), !text.isEmpty else { return nil }
    return (text, origin(key))
  }

  /// How an error names a setting of the profile.
  func origin(_ key: String) -> String { "\(key) of the profile '\(profileName)' (\(shared.configPath))" }

  func flag(_ variable: String, _ key: String) throws -> Bool? {
    guard let (text, origin) = text(variable, key) else { return nil }
    switch text.lowercased() {
    case "false": return false
    case "true": return true
    default: throw AWSError.configuration("\(origin) is '\(text)': expected 'true' or 'false'")
    }
  }

  /// An integer of at least 1.
  func count(_ variable: String, _ key: String) throws -> Int? {
    guard let (text, origin) = text(variable, key) else { return nil }
    guard let count = Int(text), count >= 1 else {
      throw AWSError.configuration("\(origin) is '\(text)': expected an integer of at least 1")
    }
    return count
  }

  /// A time in seconds, such as "1" or "0.5"; in milliseconds.
  func milliseconds(_ variable: String, _ key: String) throws -> Int64? {
    guard let (text, origin) = text(variable, key) else { return nil }
    guard let seconds = Double(text), seconds > 0, seconds <= 3_600 else {
      throw AWSError.configuration("\(origin) is '\(text)': expected a number of seconds above 0 and up to 3600")
    }
    return Int64((seconds * 1_000).rounded(.up))
  }

  /// A word of a few.
  func choice(_ variable: String, _ key: String, among words: [String]) throws -> String? {
    guard let (text, origin) = text(variable, key) else { return nil }
    let word = text.lowercased()
    guard words.contains(word) else {
      throw AWSError.configuration("\(origin) is '\(text)': expected one of \(words.map { "'\($0)'" }.joined(separator: ", "))")
    }
    return word
  }

  // MARK: Endpoints

  /// The endpoint for all services and those for single ones. A variable goes before the profile, even one for all services before a
  /// profile's for one.
  func endpoints() throws -> (all: Endpoint?, single: ServiceEndpoints) {
    var single = ServiceEndpoints()
    if try flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls") == true { return (nil, single) }
    let general = try environment.value("AWS_ENDPOINT_URL").map { try Endpoint(url: $0, source: "AWS_ENDPOINT_URL") }
    if general == nil {
      for (service, url) in try profileServices() { single[service] = url }
    }
    for (name, url) in environment.variables(withPrefix: ConfigurationSettings.endpointVariablePrefix) where !url.isEmpty {
      single[name] = try Endpoint(url: url, source: ConfigurationSettings.endpointVariablePrefix + name)
    }
    if let general { return (general, single) }
    guard let url = profile.text("endpoint_url"), !url.isEmpty else { return (nil, single) }
    return (try Endpoint(url: url, source: origin("endpoint_url")), single)
  }

  private static let endpointVariablePrefix = "AWS_ENDPOINT_URL_"

  /// The endpoints of the section that the profile's `services` names.
  private func profileServices() throws -> [String: Endpoint] {
    guard let name = profile.text("services") else { return [String: Endpoint]() }
    guard let section = shared.services[name] else {
      throw AWSError.configuration("\(origin("services")) is '\(name)', and there is no [services \(name)] in \(shared.configPath)")
    }
    var endpoints: [String: Endpoint] = [:]
    for (service, value) in section {
      guard case .nested(let settings) = value, let url = settings["endpoint_url"], !url.isEmpty else { continue }
      endpoints[service] = try Endpoint(url: url, source: "endpoint_url of \(service) in [services \(name)] (\(shared.configPath))")
    }
    return endpoints
  }
}
