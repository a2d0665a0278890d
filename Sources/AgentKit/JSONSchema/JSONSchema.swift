public import JSON

/// A compiled JSON Schema, draft 2020-12: what an agent or a tool accepts as input.
///
/// Understood are the keywords that tool schemas use. A keyword that is not understood is an error when the schema is compiled: a rule that
/// its author wrote and nobody checks is worse than none. `format` is an annotation, as the draft has it.
/// Source: https://json-schema.org/draft/2020-12/json-schema-validation
public struct JSONSchema: Sendable {
  let nodes: [SchemaNode]
  let root: Int

  /// Compiles a schema: an object or a boolean.
  /// - Throws: `JSONSchemaError` that names the keyword and its place.
  public init(compiling schema: JSONValue) throws(JSONSchemaError) {
    var compiler = SchemaCompiler(schema)
    root = try compiler.compile(pointer: "")
    try compiler.refuseEndlessReferences()
    nodes = compiler.nodes
  }

  /// The rules that a value breaks, at most `limit` of them; empty when the value is valid.
  ///
  /// A value that takes too much work to be checked breaks the rule "too_complex": schemas that refer to themselves can make a check last
  /// for ever, and everybody else waits for it.
  public func validate(_ value: JSONValue, limit: Int = 10) -> [Violation] {
    var validator = SchemaValidator(schema: self, limit: limit)
    return validator.violations(of: value)
  }

  /// A rule that a value breaks.
  public struct Violation: Sendable, Hashable, CustomStringConvertible {
    /// Where in the value, as a JSON pointer; empty for the whole value.
    public let path: String
    /// The keyword of the schema.
    public let keyword: String
    /// What is wrong, with the value and the rule.
    public let message: String

    public var description: String { (path.isEmpty ? "the value" : "'\(path)'") + ": " + message }
  }
}

/// Why a schema cannot be compiled.
public struct JSONSchemaError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of the error; open to additions.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    private enum Base: String {
      case unsupportedKeyword, invalidKeyword, invalidSchema, unresolvedReference, endlessReference, unsupportedPattern
    }
    private let base: Base
    private init(_ base: Base) { self.base = base }
    /// A keyword that this validator does not check.
    public static let unsupportedKeyword = Code(.unsupportedKeyword)
    /// A keyword whose value has the wrong form.
    public static let invalidKeyword = Code(.invalidKeyword)
    /// A schema that is neither an object nor a boolean, or is nested too deeply.
    public static let invalidSchema = Code(.invalidSchema)
    /// A `$ref` that leads nowhere inside the schema.
    public static let unresolvedReference = Code(.unresolvedReference)
    /// A `$ref` that leads back to itself without going deeper into the value.
    public static let endlessReference = Code(.endlessReference)
    /// A regular expression that is broken, or uses what the matcher cannot do.
    public static let unsupportedPattern = Code(.unsupportedPattern)
    public var description: String { base.rawValue }
  }

  public let code: Code
  /// Where in the schema, as a JSON pointer in the form of a fragment: "#/properties/size".
  public let pointer: String
  /// The keyword; empty when the error is about the schema as a whole.
  public let keyword: String
  public let message: String

  init(_ code: Code, pointer: String, keyword: String = "", _ message: String) {
    self.code = code
    self.pointer = "#" + pointer
    self.keyword = keyword
    self.message = message
  }

  public var description: String { "schema at '\(pointer)': \(message)" }
}
