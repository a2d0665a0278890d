/// Which model to call for a requested one: "*" stands for every other, and without it the name goes through.
public struct ModelMap: Sendable {
  private var models: [String: String] = [:]

  public init() {}

  /// - Parameter pairs: texts "FROM=TO".
  /// - Throws: `LocalCloudError` of code `invalidFile` that names the pair.
  public init(_ pairs: [String]) throws(LocalCloudError) {
    for pair in pairs {
      guard let equals = pair.lastIndex(of: "="), equals != pair.startIndex, pair.index(after: equals) != pair.endIndex else {
        throw LocalCloudError(.invalidFile, "the model '\(pair)' is not FROM=TO")
      }
      models[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
    }
  }

  public subscript(model: String) -> String { models[model] ?? models["*"] ?? model }

  /// "a → b, * → c"; empty without pairs.
  var summary: String { models.sorted { $0.key < $1.key }.map { "\($0.key) → \($0.value)" }.joined(separator: ", ") }
}
