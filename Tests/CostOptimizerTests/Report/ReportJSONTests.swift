import AgentKit
import CostOptimizer
import Glibc
import JSON
import Testing

struct ReportJSONTests {
  @Test(arguments: SampleReport.allCases) func readsWhatItWrote(_ sample: SampleReport) throws {
    #expect(try CostReport(json: sample.report.json) == sample.report)
  }

  @Test func everyReportComesBackAsItWas() throws {
    for seed in 0..<300 as Range<UInt64> {
      var random = RandomReport(seed: seed)
      let report = random.report()
      let read = try CostReport(json: report.json)
      #expect(read == report, "seed \(seed)")
      #expect(Self.departure(read.json, report.json) == nil, "seed \(seed)")
    }
  }

  /// Where two texts part; nil when they are the same.
  private static func departure(_ one: [UInt8], _ other: [UInt8]) -> String? {
    guard one != other else { return nil }
    let place = zip(one, other).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(one.count, other.count)
    func around(_ bytes: [UInt8]) -> String { String(decoding: bytes[max(0, place - 80)..<min(bytes.count, place + 40)], as: UTF8.self) }
    return "\(around(one)) is not \(around(other))"
  }

  @Test func everyReportIsOfThePublishedSchema() throws {
    let schema = try PublishedSchema.compiled()
    for report in SampleReport.allCases.map(\.report) {
      #expect(schema.validate(try JSONValue(parsing: report.json)) == [])
    }
    for seed in 0..<300 as Range<UInt64> {
      var random = RandomReport(seed: seed)
      #expect(schema.validate(try JSONValue(parsing: random.report().json)) == [], "seed \(seed)")
    }
  }

  @Test func schemaRefusesWhatTheReaderRefuses() throws {
    let schema = try PublishedSchema.compiled()
    for (_, _, damage) in Self.damages {
      let value = damage(try JSONValue(parsing: SampleReport.shop.json))
      #expect(schema.validate(value) != [], "\(value.text.prefix(200))")
    }
  }

  @Test func moneyIsDecimalTextAndCents() throws {
    let report = try JSONValue(parsing: SampleReport.shop.json)
    let impact = report["recommendations"]?[3]?["impact"]
    #expect(impact?["monthlyBefore"] == "50.4167675")
    #expect(impact?["monthlyBeforeCents"] == 5042)
    #expect(impact?["savedCents"] == 2521)
    #expect(report["totals"]?["savedMonthly"] == "304.91")
    #expect(report["totals"]?["savedMonthlyCents"] == 30491)
    #expect(report["totals"]?["savedYearlyCents"] == 365_892)
    #expect(report["createdAt"] == "2026-11-20T07:19:00.000Z")
    // Unknown is not nothing.
    #expect(report["recommendations"]?[11]?["impact"]?["savedCents"] == .null)
  }

  @Test func unknownMembersArePassedOver() throws {
    func adding(_ value: JSONValue) -> JSONValue {
      switch value {
      case .object(let object):
        var changed = JSONObject(object.members.map { ($0.key, adding($0.value)) })
        changed["ofTomorrow"] = ["deep": [1, "two", nil]]
        return .object(changed)
      case .array(let elements): return .array(elements.map(adding))
      default: return value
      }
    }
    let value = adding(try JSONValue(parsing: SampleReport.shop.json))
    #expect(try CostReport(json: value.bytes) == SampleReport.shop)
  }

  /// The member that is wrong, what the error says of it, and how it became wrong.
  private static let damages: [(String, String, @Sendable (JSONValue) -> JSONValue)] = [
    ("schemaVersion", "use the program that wrote the report", { set($0, ["schemaVersion"], 2) }),
    ("schemaVersion", "a whole number", { set($0, ["schemaVersion"], nil) }),
    ("currency", "\"USD\"", { set($0, ["currency"], "EUR") }),
    ("sessionId", "a string, not a number", { set($0, ["sessionId"], 7) }),
    ("createdAt", "a time such as", { set($0, ["createdAt"], "yesterday") }),
    ("window.to", "a string", { set($0, ["window", "to"], nil) }),
    ("recommendations", "an array, not an object", { set($0, ["recommendations"], [:]) }),
    (
      "recommendations[2].impact.monthlyBefore", "a decimal number",
      { set($0, ["recommendations", 2, "impact", "monthlyBefore"], "12,50") }
    ),
    ("recommendations[0].risk", "one of \"low\", \"medium\", \"high\"", { set($0, ["recommendations", 0, "risk"], "none") }),
    ("recommendations[0].change.kind", "one of \"removeFunction\"", { set($0, ["recommendations", 0, "change", "kind"], "explode") }),
    ("recommendations[3].change.toMegabytes", "a whole number", { set($0, ["recommendations", 3, "change", "toMegabytes"], "512") }),
    ("recommendations[1].steps[1]", "a string", { set($0, ["recommendations", 1, "steps", 1], 5) }),
    ("gaps[1].kind", "one of", { set($0, ["gaps", 1, "kind"], "boredom") }),
    ("evidence[0].resource.service", "one of", { set($0, ["evidence", 0, "resource", "service"], "EC2") }),
    ("phases[7].phase", "one of", { set($0, ["phases", 7, "phase"], "Tea") }),
    ("unchanged[0].resource", "an object", { set($0, ["unchanged", 0, "resource"], "cart-api") }),
  ]

  @Test func wrongMembersAreNamed() throws {
    for (field, expected, damage) in Self.damages {
      let bytes = damage(try JSONValue(parsing: SampleReport.shop.json)).bytes
      let error = #expect(throws: JSONError.self, "\(field)") { try CostReport(json: bytes) }
      #expect(error?.field == field)
      #expect(error?.description.contains(expected) == true, "\(error.map(String.init(describing:)) ?? "")")
    }
  }

  @Test(arguments: ["", "[]", "null", "7", "{", "{}", "{\"schemaVersion\": 1}", "<html>"])
  func otherFilesAreRefused(_ text: String) {
    #expect(throws: JSONError.self) { try CostReport(json: Array(text.utf8)) }
  }

  private enum Step: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    case member(String)
    case index(Int)
    init(stringLiteral name: String) { self = .member(name) }
    init(integerLiteral index: Int) { self = .index(index) }
  }

  /// The value with one part of it replaced, or without it.
  private static func set(_ value: JSONValue, _ path: [Step], _ part: JSONValue?) -> JSONValue {
    guard let step = path.first else { return part ?? .null }
    let rest = Array(path.dropFirst())
    switch (step, value) {
    case (.member(let name), .object(var object)):
      object[name] = rest.isEmpty ? part : set(object[name] ?? .null, rest, part)
      return .object(object)
    case (.index(let index), .array(var elements)):
      elements[index] = set(elements[index], rest, part)
      return .array(elements)
    default: return value
    }
  }
}

/// docs/schemas/cost-report.schema.json.
enum PublishedSchema {
  static func compiled() throws -> JSONSchema {
    let root = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
    let path = "\(root)/docs/schemas/cost-report.schema.json"
    guard let file = fopen(path, "rb") else { throw Golden.Unreadable(path: path) }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return try JSONSchema(compiling: try JSONValue(parsing: Array(bytes[..<count])))
  }
}
