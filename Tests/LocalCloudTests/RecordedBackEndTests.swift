import Glibc
import JSON
import LocalCloud
import Testing

struct RecordedBackEndTests {
  /// The path of a new file that does not exist yet.
  private static func temporaryPath() -> String { "/tmp/arbiter-recording-\(getpid())-\(UInt64.random(in: 0...UInt64.max))" }

  private static func read(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { return [] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    return Array(bytes[..<fread(&bytes, 1, bytes.count, file)])
  }

  /// Captures what `calls` asks of a scripted model.
  private static func capture(_ scenario: String, _ calls: (inout ModelServerFixture) throws -> Void) throws -> [UInt8] {
    let path = temporaryPath()
    defer { unlink(path) }
    let scripted = ScriptedBackEnd(try Scenario(json: Array(scenario.utf8)))
    var model = try ModelServerFixture(RecordingBackEnd(scripted, path: path))
    try calls(&model)
    return read(path)
  }

  @Test func replaysWhatWasCaptured() throws {
    var captured: [JSONValue] = []
    let scenario = #"{"rules":[{"times":1,"reply":{"toolUses":[{"name":"east"}]}},{"reply":{"text":"later"}}]}"#
    let recording = try Self.capture(scenario) { model in
      for _ in 0..<2 { captured.append(try model.converse(ask("x", tools: ["east"])).json) }
    }
    var model = try ModelServerFixture(RecordedBackEnd(recording: recording))
    for expected in captured + [captured[1]] { #expect(try model.converse(ask("x", tools: ["east"])).json == expected) }
  }

  @Test func replaysStreamsAndFailures() throws {
    let scenario = #"{"rules":[{"reply":{"text":"streamed"}}],"faults":[{"kind":"throttling","when":{"user":"busy"}}]}"#
    var stream: [UInt8] = []
    let recording = try Self.capture(scenario) { model in
      stream = try model.send("POST", "/model/m/converse-stream", ask("x")).body
      _ = try model.converse(ask("busy"))
    }
    var model = try ModelServerFixture(RecordedBackEnd(recording: recording))
    #expect(try model.send("POST", "/model/m/converse-stream", ask("x")).body == stream)
    let busy = try model.converse(ask("busy"))
    #expect(busy.status == 429)
    #expect(busy.headers["x-amzn-ErrorType"] == "ThrottlingException")
  }

  @Test func aMismatchSaysWhereTheNearestCaptureDiffers() throws {
    let recording = try Self.capture(anyReply) { model in _ = try model.converse(ask("go", system: "Be kind.")) }
    var model = try ModelServerFixture(RecordedBackEnd(recording: recording))
    let other = try model.converse(ask("go", system: "Be brief."))
    #expect(other.status == 400)
    #expect(try other.message.contains("system[0].text"))
    #expect(try other.message.contains("Be kind."))
    #expect(try model.converse(ask("go", system: "Be kind."), model: "another").message.contains("no Converse of model 'another'"))
    #expect(try model.statistics()["unmatched"] == 2)
  }

  @Test func requestMetadataMayDiffer() throws {
    func request(_ run: String) -> JSONValue {
      var object = ask("go").objectValue ?? [:]
      object["requestMetadata"] = ["orchestration": .string(run)]
      return .object(object)
    }
    let recording = try Self.capture(anyReply) { model in _ = try model.converse(request("one")) }
    var model = try ModelServerFixture(RecordedBackEnd(recording: recording))
    #expect(try model.converse(request("two")).status == 200)
  }

  @Test(arguments: [("", "is empty"), ("{", "line 1 of the recording is not JSON"), ("{\"operation\":\"Invoke\"}", "has no 'operation'")])
  func badRecordingsNameTheLine(_ text: String, _ expected: String) {
    let error = #expect(throws: LocalCloudError.self) { try RecordedBackEnd(recording: Array(text.utf8)) }
    #expect(error?.message.contains(expected) ?? false, "\(error?.message ?? "")")
  }
}
