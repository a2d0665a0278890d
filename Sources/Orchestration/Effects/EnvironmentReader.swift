public import AWSClient
public import AgentKit
import JSON

/// A variable of the environment that is missing or wrong.
public struct EnvironmentError: Error, Sendable, Equatable, CustomStringConvertible {
  public let problem: WireError
  public init(_ problem: WireError) { self.problem = problem }
  public var description: String { "environment variable \(problem)" }
}

/// Reads typed values from the environment; an empty variable counts as absent.
public struct EnvironmentReader {
  let variables: Environment

  public init(variables: Environment) { self.variables = variables }

  public func text(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }

  public func required(_ name: String, _ expected: String) throws(EnvironmentError) -> String {
    guard let text = text(name) else { throw EnvironmentError(WireError(field: name, value: "absent", expected: expected)) }
    return text
  }

  public func integer(_ name: String, _ standard: Int, in range: ClosedRange<Int>) throws(EnvironmentError) -> Int {
    guard let text = text(name) else { return standard }
    guard let number = Int(text), range.contains(number) else {
      throw EnvironmentError(
        WireError(field: name, value: text, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)"))
    }
    return number
  }

  /// Whom tools read the Web through.
  public func webReader() throws(EnvironmentError) -> WebReader {
    do throws(HTTPAllowList.Problem) { return try WebReader(environment: variables) } catch { throw Self.environmentError(error) }
  }

  /// Only the hosts of `webReader`.
  public func webHosts() throws(EnvironmentError) -> HTTPAllowList {
    do throws(HTTPAllowList.Problem) { return try HTTPAllowList(environment: variables) } catch { throw Self.environmentError(error) }
  }

  private static func environmentError(_ problem: HTTPAllowList.Problem) -> EnvironmentError {
    EnvironmentError(
      WireError(
        field: "HTTP_ALLOW_LIST", value: problem.entry,
        expected: "hosts such as 'api.example.com' or '*.example.com', with commas between (\(problem.message))"))
  }

  /// US dollars as millionths.
  public func microUSD(_ name: String, _ standard: Int64) throws(EnvironmentError) -> Int64 {
    guard let text = text(name) else { return standard }
    guard let dollars = Double(text), (0.000001...1_000_000).contains(dollars) else {
      throw EnvironmentError(WireError(field: name, value: text, expected: "US dollars from 0.000001 to 1000000"))
    }
    return Int64((dollars * 1_000_000).rounded())
  }

  /// How freely a model chooses its words, from 0 to 1; nil for "none", which models ask for that refuse the parameter.
  public func temperature(_ name: String, _ standard: Double?) throws(EnvironmentError) -> Double? {
    guard let text = text(name) else { return standard }
    if text == "none" { return nil }
    guard let number = Double(text), (0...1).contains(number) else {
      throw EnvironmentError(WireError(field: name, value: text, expected: "a number from 0 to 1, or 'none'"))
    }
    return number
  }

  public func flag(_ name: String, _ standard: Bool) throws(EnvironmentError) -> Bool {
    switch text(name)?.lowercased() {
    case nil: return standard
    case "true", "1", "on": return true
    case "false", "0", "off": return false
    case let other?: throw EnvironmentError(WireError(field: name, value: other, expected: "true or false"))
    }
  }
}

extension ModelPrices {
  /// The built-in table, with the prices of the variable MODEL_PRICES (JSON) in front of it.
  /// - Throws: `EnvironmentError` when the variable is no price table.
  public init(environment: Environment) throws(EnvironmentError) {
    guard let text = EnvironmentReader(variables: environment).text("MODEL_PRICES") else {
      self = .builtIn
      return
    }
    do throws(JSONError) {
      self = ModelPrices.builtIn.overridden(by: try ModelPrices(configuration: try JSONValue(parsing: text)))
    } catch {
      throw EnvironmentError(WireError(field: "MODEL_PRICES", value: text, expected: "a table of prices (\(error))"))
    }
  }
}
