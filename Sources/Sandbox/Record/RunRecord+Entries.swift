public import JSON

extension RunRecord.Entry: JSONEncodable {
  /// `{"call": 1, "function", "name"?, "input"?}`, `{"call": 1, "unreadable": text}`, `{"answer": 1, "value"}`,
  /// `{"refusal": 1, "code", "message"}` or `{"log": level, "message"}`.
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    switch self {
    case .call(let call):
      writer.member("call", call.id)
      writer.member("function", call.function.rawValue)
      writer.member(ifPresent: "name", call.name)
      if let input = call.input {
        writer.key("input")
        writer.raw(input)
      }
    case .unreadableCall(let id, let payload):
      writer.member("call", id)
      writer.member("unreadable", payload)
    case .answer(let id, let json):
      writer.member("answer", id)
      writer.key("value")
      writer.raw(json)
    case .refusal(let id, let error):
      writer.member("refusal", id)
      writer.member("code", error.code)
      writer.member("message", error.message)
    case .log(let level, let message):
      writer.member("log", level)
      writer.member("message", message)
    }
    writer.endObject()
  }

  /// Reads all entries of a record, which must fit together: calls are numbered as they come, and each has one answer at most, after it.
  static func readAll(from reader: inout JSONReader) throws(JSONError) -> [RunRecord.Entry] {
    var entries: [RunRecord.Entry] = []
    var calls = 0
    var open: Set<Int> = []
    try reader.beginArray()
    while try reader.nextElement() {
      let offset = reader.valueOffset()
      let field = "entries[\(entries.count)]"
      let entry = try Members(from: &reader).entry(field, offset)
      switch entry {
      case .call, .unreadableCall:
        calls += 1
        guard entry.call == calls else {
          throw JSONError(.invalidValue, byteOffset: offset, expected: "call \(calls), the next one", field: field)
        }
        open.insert(calls)
      case .answer(let id, _), .refusal(let id, _):
        guard open.remove(id) != nil else {
          throw JSONError(.invalidValue, byteOffset: offset, expected: "the answer to a call above that has none yet", field: field)
        }
      case .log: break
      }
      entries.append(entry)
    }
    return entries
  }

  private struct Members: JSONDecodable {
    private var call: Int?
    private var answer: Int?
    private var refusal: Int?
    private var function: String?
    private var name: String?
    private var input: [UInt8]?
    private var value: [UInt8]?
    private var unreadable: String?
    private var code: String?
    private var message: String?
    private var log: String?

    init(from reader: inout JSONReader) throws(JSONError) {
      try reader.beginObject()
      while let key = try reader.nextMember() {
        switch key {
        case "call": call = try reader.readInt()
        case "answer": answer = try reader.readInt()
        case "refusal": refusal = try reader.readInt()
        case "function": function = try reader.readString()
        case "name": name = try reader.readString()
        case "input": input = try reader.readRaw()
        case "value": value = try reader.readRaw()
        case "unreadable": unreadable = try reader.readString()
        case "code": code = try reader.readString()
        case "message": message = try reader.readString()
        case "log": log = try reader.readString()
        default: try reader.skipValue()
        }
      }
    }

    func entry(_ field: String, _ offset: Int) throws(JSONError) -> RunRecord.Entry {
      func damaged(_ expected: String) -> JSONError { JSONError(.invalidValue, byteOffset: offset, expected: expected, field: field) }
      switch (call, answer, refusal, log) {
      case (let id?, nil, nil, nil):
        if let unreadable { return .unreadableCall(id: id, payload: unreadable) }
        guard let function = function.flatMap(HostCall.Function.init(rawValue:)) else {
          throw damaged("a call of callTool, converse or now")
        }
        guard (name != nil) == (function == .callTool) else { throw damaged("the tool's name with callTool, and nowhere else") }
        guard (input != nil) == (function != .now) else { throw damaged("an input, but for now") }
        return .call(HostCall(id: id, function: function, name: name, input: input))
      case (nil, let id?, nil, nil):
        guard let value else { throw damaged("an answer with its value") }
        return .answer(id: id, value)
      case (nil, nil, let id?, nil):
        guard let code, let message else { throw damaged("a refusal with code and message") }
        return .refusal(id: id, HostCallError(code, message))
      case (nil, nil, nil, let level?):
        guard let message else { throw damaged("a log line with its message") }
        return .log(level: level, message: message)
      default: throw damaged("one of call, answer, refusal and log")
      }
    }
  }
}

extension RunRecord.Outcome: JSONEncodable, JSONDecodable {
  /// `{"result": text}`, the text being JSON, so that nothing that lays out the record anew changes a byte of it; or `{"failure": {…}}`.
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    switch self {
    case .result(let json): writer.member("result", String(decoding: json, as: UTF8.self))
    case .failure(let failure): writer.member("failure", failure)
    }
    writer.endObject()
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    var outcome: RunRecord.Outcome?
    let begin = reader.valueOffset()
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "result": outcome = .result(Array(try reader.readString().utf8))
      case "failure": outcome = .failure(try SandboxFailure(from: &reader))
      default: try reader.skipValue()
      }
    }
    guard let outcome else { throw .missing("outcome.result", expected: "result or failure", at: begin) }
    self = outcome
  }
}
