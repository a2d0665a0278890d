import AWSClient
import JSON

/// What a request to a model is about, as far as it says so itself.
struct Question {
  enum Asker: Equatable {
    case supervisor
    /// A prompt agent at a task: the round is the plan's, from 1.
    case agent(toolUseID: String, round: Int)
    /// Somebody whose request names no run.
    case stranger
  }

  let asker: Asker
  /// Empty for a stranger.
  let run: String
  /// Replies with tool uses that the conversation has.
  let rounds: Int
  /// No more than the tokens of the request, since none is shorter than a byte.
  let byteCount: Int
  let maxTokens: Int

  /// How the worker begins the first message to a prompt agent's model.
  private static let agentBeginning = "Your input, as JSON:\n"
  /// Where the names stand in a first message, however long it is.
  private static let headBytes = 600

  init(_ request: ConverseRequest) {
    let first = request.messages.first?.content.first?.text ?? ""
    var head = Array(first.utf8.prefix(Self.headBytes))
    // The last letter may have been cut in two.
    if head.count == Self.headBytes, let start = head.lastIndex(where: { $0 & 0xC0 != 0x80 }) { head.removeSubrange(start...) }
    if head.starts(with: Self.agentBeginning.utf8) {
      let names = TaskNames(inputBeginningWith: Array(head.dropFirst(Self.agentBeginning.utf8.count)))
      run = names?.run ?? ""
      asker = names.map { .agent(toolUseID: $0.toolUseID, round: $0.round) } ?? .stranger
    } else if head.first == UInt8(ascii: "["), let end = head.firstIndex(of: UInt8(ascii: "]")) {
      run = String(decoding: head[1..<end], as: UTF8.self)
      asker = .supervisor
    } else {
      run = ""
      asker = .stranger
    }
    var rounds = 0
    var bytes = 0
    for message in request.messages {
      var usesTools = false
      for block in message.content {
        bytes += 10 + Self.textBytes(block)
        if block.kind == "toolUse" { usesTools = true }
      }
      if usesTools, message.role == .assistant { rounds += 1 }
    }
    for block in request.system { bytes += block.text?.utf8.count ?? 0 }
    self.rounds = rounds
    byteCount = bytes
    maxTokens = request.inferenceConfiguration?.maxTokens ?? 2_048
  }

  /// The long part of a block, where worlds have one.
  private static func textBytes(_ block: ContentBlock) -> Int {
    guard let member = block.object.members.first else { return 0 }
    switch member.key {
    case "text": return member.value.stringValue?.utf8.count ?? 0
    case "toolUse": return member.value["input"]?["text"]?.stringValue?.utf8.count ?? 0
    case "toolResult":
      let content = member.value["content"]?[0]
      return (content?["text"] ?? content?["json"]?["data"])?.stringValue?.utf8.count ?? 0
    default: return 0
    }
  }
}

/// The names by which an agent's input says which task of which plan it is.
struct TaskNames: Equatable {
  let run: String
  /// From 1.
  let round: Int
  let toolUseID: String

  init(run: String, round: Int, toolUseID: String) {
    self.run = run
    self.round = round
    self.toolUseID = toolUseID
  }

  init?(_ input: JSONValue) {
    guard let run = input["run"]?.stringValue, let toolUseID = input["task"]?.stringValue else { return nil }
    self.init(run: run, round: input["round"]?.intValue ?? 0, toolUseID: toolUseID)
  }

  /// Reads an input whose long member, which is the last, may be cut off.
  fileprivate init?(inputBeginningWith bytes: [UInt8]) {
    var run: String?
    var toolUseID: String?
    var round = 0
    // What follows the names is left unread, and half of it may be missing: an error then says nothing about them.
    try? JSONReader.withReader(bytes) { (reader: inout JSONReader) throws(JSONError) in
      try reader.beginObject()
      while run == nil || toolUseID == nil, let name = try reader.nextMember() {
        switch name {
        case "round": round = try reader.readInt()
        case "run": run = try reader.readString()
        case "task": toolUseID = try reader.readString()
        default: try reader.skipValue()
        }
      }
    }
    guard let run, let toolUseID else { return nil }
    self.init(run: run, round: round, toolUseID: toolUseID)
  }

  /// The input that a model writes for the task: its names first, and in the order of the alphabet, which the ledger may put them in.
  func input(text: String) -> JSONValue {
    ["round": .number(round), "run": .string(run), "task": .string(toolUseID), "text": .string(text)]
  }
}
