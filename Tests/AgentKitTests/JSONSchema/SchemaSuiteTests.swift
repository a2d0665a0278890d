import AgentKit
import Foundation
import JSON
import Testing

/// The official JSON Schema Test Suite, draft 2020-12: the mandatory part, and the optional parts that are not about `format`.
@Suite("JSON Schema Test Suite")
struct SchemaSuiteTests {
  private static let optionalFiles = [
    "anchor", "bignum", "cross-draft", "dependencies-compatibility", "dynamicRef", "ecmascript-regex", "float-overflow", "id", "no-schema",
    "non-bmp-regex", "refOfUnknownKeyword", "unknownKeyword",
  ]

  /// How many groups of each file use what the validator refuses, and by which keywords. Nothing else may be refused, and nothing less.
  private static let refused: [String: (count: Int, keywords: Set<String>)] = [
    "anchor.json": (4, ["$id", "$ref"]),
    "defs.json": (1, ["$ref"]),
    "dynamicRef.json": (20, ["$dynamicAnchor", "$dynamicRef", "$id", "$ref"]),
    "not.json": (1, ["unevaluatedProperties"]),
    "optional/anchor.json": (1, ["$anchor"]),
    "optional/cross-draft.json": (1, ["$ref"]),
    "optional/dependencies-compatibility.json": (7, ["dependencies"]),
    "optional/dynamicRef.json": (1, ["$ref"]),
    "optional/id.json": (1, ["$id"]),
    "optional/refOfUnknownKeyword.json": (2, ["unknown-keyword"]),
    "optional/unknownKeyword.json": (1, ["array_of_schemas"]),
    "ref.json": (14, ["$id", "$ref", "unevaluatedProperties"]),
    "refRemote.json": (15, ["$id", "$ref"]),
    "unevaluatedItems.json": (27, ["$ref", "unevaluatedItems"]),
    "unevaluatedProperties.json": (41, ["$ref", "unevaluatedProperties"]),
    "vocabulary.json": (2, ["$schema"]),
  ]

  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: ".build/test-data/json-schema-2020-12")

  @Test("Every case of the suite passes, or its schema is refused by name")
  func suite() throws {
    let mandatory = try? FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { $0.hasSuffix(".json") }.sorted()
    let files = try #require(mandatory, "the suite is not there: run Scripts/fetch-test-data.sh")
    #expect(files.count == 46)
    var cases = 0
    for file in files + Self.optionalFiles.map({ "optional/\($0).json" }) {
      let groups = try JSONValue(parsing: [UInt8](Data(contentsOf: Self.folder.appending(path: file))))
      var refusals: [JSONSchemaError] = []
      for group in groups.arrayValue ?? [] {
        let name = "\(file): \(group["description"]?.stringValue ?? "")"
        do throws(JSONSchemaError) {
          let schema = try JSONSchema(compiling: group["schema"] ?? .null)
          for test in group["tests"]?.arrayValue ?? [] {
            let violations = schema.validate(test["data"] ?? .null)
            #expect(violations.isEmpty == test["valid"]?.boolValue, "\(name): \(test["description"]?.stringValue ?? ""): \(violations)")
            cases += 1
          }
        } catch {
          #expect(error.code == .unsupportedKeyword, "\(name): \(error)")
          refusals.append(error)
        }
      }
      let expected = Self.refused[file] ?? (0, [])
      #expect(refusals.count == expected.count, "\(file): \(refusals)")
      #expect(Set(refusals.map(\.keyword)) == expected.keywords, "\(file)")
    }
    #expect(cases == 1_049)
  }
}
